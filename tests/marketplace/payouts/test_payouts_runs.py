"""Payout runs: two people, nobody's own money, an exit that needs nobody."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import MONEY, PEOPLE
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.outbox.models import OutboxMessage
from marketplace.payouts import queries, service
from marketplace.payouts.errors import NothingToPay, NotYourOwn, RunMoved, SecondPerson, TotalsDiffer
from marketplace.payouts.models import (
    PAYOUT_MOVES,
    EarningState,
    Payout,
    PayoutAccountState,
    PayoutRun,
    PayoutState,
    RunState,
)
from tests.factories.identity import make_user
from tests.factories.payouts import (
    AMOUNT_MINOR,
    earn,
    earn_available,
    make_account,
    make_approved_payout,
    make_expert,
    make_finance,
    make_payable,
    make_run,
)
from tests.factories.queue import run_promises
from tests.pages import Page, Pages

WHY = "A question about an invoice."
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def test_an_alarm_is_put_right_only_after_the_password(session: Session, pages: Pages) -> None:
    payout = make_approved_payout(session)
    payout.alarm = "two transfers"
    session.flush()
    run_id, payout_id = payout.run_id, payout.id
    desk = pages.enter(make_finance(session), "finance")

    def look_again() -> Page:
        sent = {"reason": "The second transfer was taken back."}
        return desk.post("payout_runs.look_again", sent, run_id=run_id, payout_id=payout_id)

    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert look_again().location == f"/prove?next=/staff/payouts/{run_id}"
    assert session.get_one(Payout, payout_id).alarm == "two transfers"
    assert look_again().location == f"/staff/payouts/{run_id}"
    assert session.get_one(Payout, payout_id).alarm is None


def money_of(session: Session, user: User) -> tuple[int, int]:
    """Available and in transit; ledger, earnings and payouts agree."""
    session.flush()
    assert queries.broken(session) == []
    assert ledger.broken(session) == []
    return ledger.balance(session, Kind.EXPERT_AVAILABLE, user.id), ledger.balance(
        session, Kind.EXPERT_IN_TRANSIT, user.id
    )


def payouts(session: Session, run: PayoutRun) -> list[Payout]:
    return list(session.scalars(select(Payout).where(Payout.run_id == run.id).order_by(Payout.id)))


def promises(session: Session) -> list[str]:
    return [
        row.payload["payout_id"]
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.handler == "payouts.send"))
    ]


def test_a_run_takes_everything_available(session: Session) -> None:
    ada, bob = make_payable(session), make_payable(session)
    earn_available(session, ada, 666)
    earn(session, ada, 5_000)  # still on hold
    run = make_run(session)
    assert run.state is RunState.PREPARED
    assert (run.payout_count, run.total_minor) == (2, 2 * AMOUNT_MINOR + 666)
    assert money_of(session, ada) == (0, AMOUNT_MINOR + 666)
    assert money_of(session, bob) == (0, AMOUNT_MINOR)
    assert {payout.state for payout in payouts(session, run)} == {PayoutState.SCHEDULED}
    assert promises(session) == []  # nothing is sent before somebody approves


def test_nobody_to_pay_makes_no_run(session: Session) -> None:
    with pytest.raises(NothingToPay):
        service.prepare_run(session, by=make_finance(session))


@pytest.mark.parametrize("minor", [MONEY.payout_minimum_minor - 1, MONEY.payout_minimum_minor])
def test_less_than_the_minimum_stays_available(session: Session, minor: int) -> None:
    ada = make_payable(session, amount_minor=minor)
    make_payable(session)
    run = make_run(session)
    paid = minor >= MONEY.payout_minimum_minor
    assert money_of(session, ada) == ((0, minor) if paid else (minor, 0))
    assert run.figures["below"] == ({"people": 0, "minor": 0} if paid else {"people": 1, "minor": minor})


@pytest.mark.parametrize("state", [PayoutAccountState.ONBOARDING, PayoutAccountState.RESTRICTED])
def test_an_account_that_cannot_receive_is_left_out(session: Session, state: PayoutAccountState) -> None:
    ada, bob = make_expert(session), make_expert(session)
    make_account(session, ada, state=state)
    earn_available(session, ada)
    earn_available(session, bob)  # has no account at all
    make_payable(session)
    run = make_run(session)
    assert run.payout_count == 1
    assert run.figures["no_account"] == {"people": 2, "minor": 2 * AMOUNT_MINOR}
    assert money_of(session, ada) == (AMOUNT_MINOR, 0)


def test_a_new_bank_waits_72_hours(session: Session) -> None:
    ada = make_expert(session)
    make_account(session, ada, changed_at=clock.now())
    earn_available(session, ada)
    with pytest.raises(NothingToPay):
        make_run(session)
    with clock.shifted(timedelta(hours=MONEY.bank_change_hours, minutes=1)):
        assert make_run(session).payout_count == 1


def test_a_second_run_finds_nothing(session: Session) -> None:
    make_payable(session)
    make_run(session)
    with pytest.raises(NothingToPay):
        make_run(session)


def test_the_preparer_is_left_for_somebody_else(session: Session) -> None:
    both = make_expert(session, Role.FINANCE)
    make_account(session, both)
    earn_available(session, both)
    with pytest.raises(NothingToPay):
        service.prepare_run(session, by=both)
    make_payable(session)
    run = service.prepare_run(session, by=both)
    session.flush()
    assert run.figures["own"] == {"people": 1, "minor": AMOUNT_MINOR}
    assert money_of(session, both) == (AMOUNT_MINOR, 0)


def test_a_second_person_lets_it_go(session: Session) -> None:
    make_payable(session)
    run = make_run(session)
    second = make_finance(session)
    service.approve_run(session, run, by=second)
    session.flush()
    assert run.state is RunState.APPROVED
    assert run.approved_by_id == second.id
    assert {payout.state for payout in payouts(session, run)} == {PayoutState.APPROVED}
    assert promises(session) == [str(payout.id) for payout in payouts(session, run)]


def test_the_preparer_does_not_approve(session: Session) -> None:
    make_payable(session)
    run = make_run(session)
    with pytest.raises(SecondPerson):
        service.approve_run(session, run, by=run.prepared_by)
    assert promises(session) == []


def test_one_person_under_two_users_is_one_person(session: Session) -> None:
    make_payable(session)
    run = make_run(session)
    name, _, host = run.prepared_by.email.partition("@")
    twin = make_user(session, roles=[Role.FINANCE], email=f"{name}+two@{host}")
    with pytest.raises(SecondPerson):
        service.approve_run(session, run, by=twin)
    (payout,) = payouts(session, run)
    name, _, host = session.get_one(User, payout.user_id).email.partition("@")
    paid = make_user(session, roles=[Role.FINANCE], email=f"{name}+desk@{host}")
    for refused in (service.approve_run, lambda *_, by: service.hold(session, payout.id, by=by, reason=WHY)):
        with pytest.raises(NotYourOwn):
            refused(session, run, by=paid)
    service.hold(session, payout.id, by=twin, reason=WHY)
    service.approve_run(session, run, by=make_finance(session))
    with pytest.raises(SecondPerson):
        service.let_go(session, payout.id, by=twin, reason=WHY)
    assert promises(session) == []


def test_the_database_wants_two_people_too(session: Session) -> None:
    make_payable(session)
    run = make_run(session)
    run.approved_by = run.prepared_by
    with pytest.raises(IntegrityError):
        session.flush()


def test_nobody_approves_their_own_payout(session: Session) -> None:
    both = make_expert(session, Role.FINANCE)
    make_account(session, both)
    earn_available(session, both)
    run = make_run(session)
    with pytest.raises(NotYourOwn):
        service.approve_run(session, run, by=both)
    assert run.state is RunState.PREPARED


def test_approving_twice_is_refused(session: Session) -> None:
    make_payable(session)
    run = make_run(session, approved=True)
    with pytest.raises(RunMoved):
        service.approve_run(session, run, by=make_finance(session))
    with pytest.raises(RunMoved):
        service.cancel_run(session, run, by=make_finance(session))


@pytest.mark.parametrize("what", ["run", "payout", "earning"])
def test_totals_that_differ_stop_the_run(session: Session, what: str) -> None:
    ada = make_payable(session)
    run = make_run(session)
    if what == "run":
        run.total_minor += 1
    elif what == "payout":
        payouts(session, run)[0].amount_minor += 1
    else:
        queries.in_payouts(session, [payout.id for payout in payouts(session, run)])[0].amount_minor += 1
    session.flush()
    with pytest.raises(TotalsDiffer):
        service.approve_run(session, run, by=make_finance(session))
    assert promises(session) == []
    assert ledger.balance(session, Kind.EXPERT_IN_TRANSIT, ada.id) == AMOUNT_MINOR


def test_cancelling_gives_everything_back_once(session: Session) -> None:
    ada = make_payable(session)
    run = make_run(session)
    service.cancel_run(session, run, by=run.prepared_by)
    assert money_of(session, ada) == (AMOUNT_MINOR, 0)
    assert payouts(session, run)[0].state is PayoutState.CANCELLED
    with pytest.raises(RunMoved):
        service.cancel_run(session, run, by=run.prepared_by)
    with pytest.raises(RunMoved):
        service.approve_run(session, run, by=make_finance(session))
    again = make_run(session)
    assert payouts(session, again)[0].id != payouts(session, run)[0].id
    assert money_of(session, ada) == (0, AMOUNT_MINOR)


def test_a_run_that_nobody_approves_is_dropped(session: Session) -> None:
    ada = make_payable(session)
    run = make_run(session)
    with clock.shifted(timedelta(days=MONEY.run_days) - timedelta(minutes=1)):
        service.sweep_runs(session)
        assert run.state is RunState.PREPARED
    with clock.shifted(timedelta(days=MONEY.run_days, minutes=1)):
        service.sweep_runs(session)
        service.sweep_runs(session)
    assert run.state is RunState.CANCELLED
    assert money_of(session, ada) == (AMOUNT_MINOR, 0)
    notice = session.scalars(select(Notice).where(Notice.user_id == run.prepared_by_id)).one()
    assert "dropped" in notice.title


def test_a_run_is_finished_when_every_payout_has_ended(session: Session) -> None:
    make_payable(session)
    make_payable(session)
    run = make_run(session, approved=True)
    first, second = payouts(session, run)
    for payout in (first, second):
        service.sweep_runs(session)
        assert run.state is RunState.APPROVED
        payout.move(PayoutState.CANCELLED)
        session.flush()
    service.sweep_runs(session)
    assert run.state is RunState.FINISHED


def test_a_payout_holds_what_was_taken_out(session: Session) -> None:
    ada = make_payable(session)
    run = make_run(session)
    earn_available(session, ada, 5_000)  # belongs to the next run
    assert money_of(session, ada) == (5_000, AMOUNT_MINOR)
    inside = queries.in_payouts(session, [payouts(session, run)[0].id])
    assert [earning.state for earning in inside] == [EarningState.IN_TRANSIT]


@pytest.mark.parametrize(
    ("start", "to"), [(start, to) for start in PayoutState for to in PayoutState if start is not to]
)
def test_the_table_of_moves_is_kept(start: PayoutState, to: PayoutState) -> None:
    payout = Payout(run=None, user=None, rail=None, destination="", amount_minor=1)  # type: ignore[arg-type]
    payout.state = start
    if to in PAYOUT_MOVES[start]:
        payout.move(to)
        assert payout.state is to
    else:
        with pytest.raises(Conflict):
            payout.move(to)


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 0",
        "state = 'paid'",
        "external_id = 'tr_1'",
        "state = 'sent'",
        "state = 'lost'",
    ],
)
def test_the_database_refuses_a_payout_without_proof(session: Session, change: str) -> None:
    make_payable(session)
    make_run(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text(f"UPDATE payouts SET {change}"))


def test_one_transfer_proves_one_payout(session: Session) -> None:
    make_payable(session)
    make_payable(session)
    make_run(session)
    prove = "UPDATE payouts SET state = 'paid', provider_key = 'k', external_id = 'tr_1'"
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text(prove))


def test_finance_is_told_on_payday_once_and_only_when_somebody_can_be_paid(
    app: Application, session: Session
) -> None:
    finance, payee = make_finance(session), make_payable(session)
    today = clock.now().weekday()
    friday = timedelta(days=(WEEKDAYS.index(MONEY.payout_weekday) - today) % 7)
    for day in (friday - timedelta(days=1), friday, friday):
        with clock.shifted(day):
            service.payday(session)
            run_promises(app, session)
    told = session.scalars(select(Notice).where(Notice.kind == "payday")).all()
    assert [notice.user_id for notice in told].count(finance.id) == 1
    assert payee.id not in {notice.user_id for notice in told}
    assert {notice.title for notice in told} == {"Payday: $43.34 can be paid out"}
    assert "1 person waits" in told[0].body


def test_a_payday_without_anybody_to_pay_is_quiet(app: Application, session: Session) -> None:
    make_finance(session)
    with clock.shifted(timedelta(days=(WEEKDAYS.index(MONEY.payout_weekday) - clock.now().weekday()) % 7)):
        service.payday(session)
        run_promises(app, session)
    assert not session.scalars(select(Notice).where(Notice.kind == "payday")).all()
