"""A payout on request: once a day, from a ready account, and two people stand behind it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import MONEY, PEOPLE
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.payouts import queries, service
from marketplace.payouts.errors import CannotAskNow, NotYourOwn, RunMoved, SecondPerson
from marketplace.payouts.models import PayoutAccountState, PayoutRun, PayoutState, RunState
from marketplace.payouts.queries import sending
from tests.factories.payouts import (
    AMOUNT_MINOR,
    earn_available,
    make_account,
    make_expert,
    make_finance,
    make_payable,
    make_run,
)
from tests.pages import Pages

DAY = timedelta(days=1, seconds=1)


def books(session: Session, user_id: object) -> tuple[int, int]:
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []
    kinds = (Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)
    available, coming = (ledger.balance(session, kind, user_id) for kind in kinds)  # type: ignore[arg-type]
    return available, coming


def test_who_asks_prepares_and_finance_lets_it_go(session: Session) -> None:
    ada, finance = make_payable(session), make_finance(session)
    run = service.ask(session, by=ada)
    assert books(session, ada.id) == (0, AMOUNT_MINOR)
    assert (run.on_request, run.payout_count, run.total_minor) == (True, 1, AMOUNT_MINOR)
    assert session.query(Notice).filter_by(user_id=finance.id, kind="payout.requested").count() == 1
    with pytest.raises(SecondPerson):
        service.approve_run(session, run, by=ada)
    service.approve_run(session, run, by=finance)
    (payout,) = queries.payouts_of(session, ada.id, None).rows
    assert payout.state is PayoutState.APPROVED


def test_once_a_day(session: Session) -> None:
    ada = make_payable(session)
    run = service.ask(session, by=ada)
    service.approve_run(session, run, by=make_finance(session))
    earn_available(session, ada)
    with pytest.raises(CannotAskNow, match="asked today"):
        service.ask(session, by=ada)
    wait = service.may_ask(session, ada.id)
    assert wait is not None
    assert wait.until == run.created_at + timedelta(days=1)
    with clock.shifted(DAY):
        service.ask(session, by=ada)
    assert books(session, ada.id)[0] == 0


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "Set up"),
        (PayoutAccountState.ONBOARDING, "not finished"),
        (PayoutAccountState.RESTRICTED, "not"),
    ],
)
def test_without_a_ready_account_it_waits(
    session: Session, state: PayoutAccountState | None, said: str
) -> None:
    ada = make_expert(session)
    if state is not None:
        make_account(session, ada, state=state)
    earn_available(session, ada)
    with pytest.raises(CannotAskNow, match=said):
        service.ask(session, by=ada)
    assert books(session, ada.id) == (AMOUNT_MINOR, 0)


def test_a_new_bank_waits_here_too(session: Session) -> None:
    ada = make_expert(session)
    make_account(session, ada, changed_at=clock.now())
    earn_available(session, ada)
    with pytest.raises(CannotAskNow, match="bank was changed"):
        service.ask(session, by=ada)
    with clock.shifted(timedelta(hours=MONEY.bank_change_hours, minutes=1)):
        service.ask(session, by=ada)


def test_too_little_waits(session: Session) -> None:
    ada = make_payable(session, amount_minor=MONEY.payout_minimum_minor - 1)
    with pytest.raises(CannotAskNow, match=r"\$9\.99 available, and a payout is \$10\.00 or more"):
        service.ask(session, by=ada)


def test_what_was_asked_can_be_taken_back_by_its_owner_until_it_is_approved(session: Session) -> None:
    ada, bob = make_payable(session), make_payable(session)
    run = service.ask(session, by=ada)
    with pytest.raises(NotFound):
        service.take_back(session, run.id, by=bob)
    service.take_back(session, run.id, by=ada)
    assert books(session, ada.id) == (AMOUNT_MINOR, 0)
    again = service.ask(session, by=ada)  # what was taken back does not count as today's
    service.approve_run(session, again, by=make_finance(session))
    with pytest.raises(RunMoved):
        service.take_back(session, again.id, by=ada)


@pytest.mark.parametrize("times", [1, MONEY.payout_asks_a_day, 5])
def test_asking_and_taking_back_does_not_ring_all_day(
    session: Session, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(sending, "MONEY", MONEY.model_copy(update={"payout_asks_a_day": times}))
    ada = make_payable(session)
    for _ in range(times):
        service.take_back(session, service.ask(session, by=ada).id, by=ada)
    with pytest.raises(CannotAskNow, match="asked today already"):
        service.ask(session, by=ada)
    for run in session.query(PayoutRun).filter_by(prepared_by_id=ada.id):
        run.created_at -= timedelta(days=1)
    session.flush()
    assert service.ask(session, by=ada).total_minor == AMOUNT_MINOR


def test_who_asked_is_told_when_finance_drops_it(session: Session) -> None:
    ada, eve = make_payable(session), make_payable(session)
    service.cancel_run(session, service.ask(session, by=ada), by=make_finance(session))
    service.take_back(session, service.ask(session, by=eve).id, by=eve)
    told = session.query(Notice).filter_by(kind="payout.cancelled").one()
    assert told.user_id == ada.id
    assert "the run was cancelled" in told.body
    assert books(session, ada.id) == (AMOUNT_MINOR, 0)


def test_nobody_takes_a_run_of_finance_back(session: Session) -> None:
    make_payable(session)
    run = make_run(session)
    with pytest.raises(NotFound):
        service.take_back(session, run.id, by=run.prepared_by)


def test_a_request_nobody_looks_at_ends_by_itself(session: Session) -> None:
    ada = make_payable(session)
    run = service.ask(session, by=ada)
    session.flush()
    with clock.shifted(timedelta(days=MONEY.run_days, minutes=1)):
        service.sweep_runs(session)
    assert run.state is RunState.CANCELLED
    assert books(session, ada.id) == (AMOUNT_MINOR, 0)
    told = session.query(Notice).filter_by(user_id=ada.id, kind="payout_run.lapsed").one()
    assert told.title == "$43.34 is back in Available"


def test_on_hold_with_a_reason_and_an_end(session: Session) -> None:
    ada, bob = make_payable(session), make_payable(session)
    run, second = make_run(session), make_finance(session, "Otto Second")
    held = queries.payouts_of(session, ada.id, None).rows[0]
    with pytest.raises(NotYourOwn):
        service.hold(session, held.id, by=ada, reason="I would rather keep this one.")
    service.hold(session, held.id, by=second, reason="Your tax form ended in October.")
    assert session.query(Notice).filter_by(user_id=ada.id, kind="payout.held").count() == 1
    service.approve_run(session, run, by=second)
    session.flush()
    assert held.state is PayoutState.ON_HOLD
    assert queries.payouts_of(session, bob.id, None).rows[0].state is PayoutState.APPROVED
    with pytest.raises(SecondPerson):
        service.let_go(session, held.id, by=run.prepared_by, reason="The form has come in.")
    service.let_go(session, held.id, by=second, reason="The form has come in, thank you.")
    assert (held.state, held.hold_reason, held.held_until) == (PayoutState.APPROVED, "", None)
    assert books(session, ada.id) == (0, AMOUNT_MINOR)


def test_a_hold_that_nobody_settles_ends(session: Session) -> None:
    ada = make_payable(session)
    run = make_run(session)
    held = queries.payouts_of(session, ada.id, None).rows[0]
    service.hold(session, held.id, by=make_finance(session), reason="Your tax form ended in October.")
    service.approve_run(session, run, by=make_finance(session))
    session.flush()
    for days in (MONEY.payout_hold_days - 1, MONEY.payout_hold_days + 1):
        with clock.shifted(timedelta(days=days)):
            service.sweep_runs(session)
    assert held.state is PayoutState.CANCELLED
    assert run.state is RunState.FINISHED
    assert books(session, ada.id) == (AMOUNT_MINOR, 0)
    told = session.query(Notice).filter_by(user_id=ada.id, kind="payout.cancelled").one()
    assert "not settled in time" in told.body


def test_the_page_asks_says_and_takes_back(app: Application, session: Session, pages: Pages) -> None:
    ada = make_payable(session)
    pages.enter(ada)
    assert "Ask for $43.34 now" in pages.get("payouts.earnings").text
    assert pages.post("payouts.ask").location == "/earnings"
    asked = pages.get("payouts.earnings").text
    assert "You have asked for $43.34" in asked
    run = queries.asked_run(session, ada.id)
    assert run is not None
    assert pages.post("payouts.ask").status == 409
    pages.post("payouts.take_back", run_id=run.id)
    assert books(session, ada.id) == (AMOUNT_MINOR, 0)


def test_an_old_sign_in_gives_the_password_first(session: Session, pages: Pages) -> None:
    pages.enter(make_payable(session))
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert pages.post("payouts.ask").location == "/prove?next=/earnings"
        for endpoint in ("payouts.dashboard", "payouts.onboard"):
            assert pages.get(endpoint).location == "/prove?next=/earnings/account"


def test_finance_holds_and_lets_go_on_the_page_of_the_run(session: Session, pages: Pages) -> None:
    ada = make_payable(session)
    run = make_run(session)
    held = queries.payouts_of(session, ada.id, None).rows[0]
    pages.enter(make_finance(session))
    short = pages.post("payout_runs.hold", {"reason": "no"}, run_id=run.id, payout_id=held.id)
    assert short.status == 422
    assert "20" in short.errors()
    reason = "Your tax form ended in October."
    pages.post("payout_runs.hold", {"reason": reason}, run_id=run.id, payout_id=held.id)
    assert reason in pages.get("payout_runs.show", run_id=run.id).text
    assert reason in Pages(pages.app, session).enter(ada).get("payouts.payouts").text
    pages.post("payout_runs.let_go", {"reason": "The form has come in."}, run_id=run.id, payout_id=held.id)
    assert queries.payouts_of(session, ada.id, None).rows[0].state is PayoutState.SCHEDULED
