"""A payout that was our mistake: two people, one reversal at the provider, and the money is available again."""

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.client import asking
from marketplace.gateways.stripe.emulator.faults import Fault, order
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind, classify
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.money import shown
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.payouts import queries, service
from marketplace.payouts.errors import NotReversible, NotYourOwn, ReversalOver, SomebodyElse
from marketplace.payouts.models import REVERSAL_MOVES, EarningState, Payout, Reversal, ReversalState
from marketplace.payouts.service import taking_back
from marketplace.statements import service as statements
from marketplace.statements.policy import Period
from tests.factories.accidents import AMPLE_MINOR, Crash, approved_payout, make_payee
from tests.factories.billing import payments_of
from tests.factories.gateways import fund
from tests.factories.payouts import make_finance, make_payable, make_run
from tests.factories.queue import run_promises
from tests.pages import Pages

V = ReversalState
WHY = "It was meant for another person of the same name."
NOT = "The payout is right: it was earned in October."
DOOR = "/v1/transfers/tr_"  # the one of a transfer, not the one that makes them
LATER = [timedelta(minutes=11 * n) for n in range(1, 9)]  # further apart than a lease and than two searches


@pytest.fixture(autouse=True)
def _no_accident_is_left(app: Application) -> None:
    with payments_of(app).emulator.books() as books:
        books.sql.execute("DELETE FROM faults")


@pytest.fixture
def paid(app: Application, session: Session) -> Payout:
    """A payout that reached a payout account."""
    return make_paid(app, session)


def make_paid(app: Application, session: Session) -> Payout:
    fund(payments_of(app), AMPLE_MINOR)
    payout = approved_payout(session, make_payee(session, payments_of(app)))
    service.send(app.sessions, payments_of(app), payout.id)
    session.refresh(payout)
    assert payout.external_id is not None
    return payout


def propose(session: Session, payout: Payout, by: User | None = None) -> Reversal:
    return service.propose_reversal(session, payout.id, by=by or make_finance(session), reason=WHY)


def approved(session: Session, payout: Payout) -> Reversal:
    reversal = propose(session, payout)
    service.approve_reversal(session, reversal.id, by=make_finance(session, "Otto Second"))
    session.flush()
    return reversal


def take_back(app: Application, session: Session, reversal: Reversal, payments: Any = None) -> Reversal:
    """One try of the worker."""
    session.flush()
    service.send_reversal(app.sessions, payments or payments_of(app), reversal.id)
    session.refresh(reversal)
    return reversal


def at_provider(app: Application, payout: Payout) -> list[tuple[str, int]]:
    assert payout.external_id is not None
    return [(one.id, one.amount_minor) for one in payments_of(app).find_reversals(payout.external_id)]


def broken(session: Session) -> list[str]:
    session.flush()
    return [*ledger.broken(session), *queries.broken(session)]


def available(session: Session, payout: Payout) -> int:
    return ledger.balance(session, Kind.EXPERT_AVAILABLE, payout.user_id)


def spend(app: Application, payout: Payout) -> None:
    """The person's bank has it already."""
    with payments_of(app).emulator.books() as books:
        books.sql.execute("UPDATE balances SET available = 0 WHERE owner = ?", (payout.destination,))


# ---- what it does


def test_two_people_take_it_back_and_it_is_available_again(
    app: Application, session: Session, paid: Payout
) -> None:
    held = ledger.balance(session, Kind.STRIPE_BALANCE, PLATFORM)
    [earning] = queries.in_payouts(session, [paid.id])
    reversal = approved(session, paid)
    assert (available(session, paid), at_provider(app, paid)) == (0, [])
    for _ in range(3):
        take_back(app, session, reversal)
    assert at_provider(app, paid) == [(reversal.external_id, paid.amount_minor)]
    assert (reversal.state, reversal.alarm) == (V.DONE, None)
    session.refresh(earning), session.refresh(paid)
    assert (earning.state, earning.payout_id) == (EarningState.AVAILABLE, None)
    assert available(session, paid) == paid.amount_minor
    assert ledger.balance(session, Kind.STRIPE_BALANCE, PLATFORM) == held + paid.amount_minor
    assert (paid.is_taken_back, paid.standing.value, paid.hold_reason) == (True, "failed", WHY)
    assert broken(session) == []
    entry = ledger.with_keys(session, [f"trr:{reversal.id}"])[f"trr:{reversal.id}"]
    assert (entry.kind, entry.external_id) == ("transfer_reversed", reversal.external_id)
    assert (entry.actor_id, entry.approver_id) == (reversal.by_id, reversal.decided_by_id)
    [notice] = session.query(Notice).filter_by(user_id=paid.user_id, kind="payout.taken_back")
    assert WHY in notice.body


def test_what_was_taken_back_is_paid_by_the_next_run_and_counts_once(
    app: Application, session: Session, pages: Pages
) -> None:
    fund(payments_of(app), AMPLE_MINOR)
    user = make_payable(session, payments_of(app))
    make_run(session, approved=True)
    first = queries.payouts_of(session, user.id, None).rows[0]
    service.send(app.sessions, payments_of(app), first.id)
    session.refresh(first)
    take_back(app, session, approved(session, first))
    start = clock.now() - timedelta(days=400)
    assert queries.paid_since(session, user.id, start) == (0, 0)
    assert statements.payout_statement(session, user, first.id) is None
    make_run(session, approved=True)
    second = queries.payouts_of(session, user.id, None).rows[0]
    service.send(app.sessions, payments_of(app), second.id)
    session.refresh(second)
    assert second.id != first.id
    assert queries.paid_since(session, user.id, start) == (1, second.amount_minor)
    month = statements.period_statement(session, user, Period(clock.now().year))
    sums = {part.title: part.minor for part in month.parts}
    assert (sums["Paid out"], sums["Taken back by us"]) == (-2 * second.amount_minor, second.amount_minor)
    [line] = [line for line in month.lines if line.what == "Taken back by us"]
    assert (line.why, line.minor) == (WHY, first.amount_minor)
    listed = pages.enter(user).get("statements.index")
    sent = shown(first.amount_minor)
    assert f"{sent} {shown(2 * first.amount_minor)} paid out, {sent} taken back by us" in listed.text
    [total] = statements.own_totals(session, user, [clock.now().year], "payer")
    assert (total.gross_minor, total.payments) == (second.amount_minor, 1)
    assert broken(session) == []


# ---- who may, and when


def test_one_person_is_not_two(session: Session, paid: Payout) -> None:
    finance = make_finance(session)
    reversal = propose(session, paid, finance)
    for verb in (
        lambda: service.approve_reversal(session, reversal.id, by=finance),
        lambda: service.refuse_reversal(session, reversal.id, by=finance, reason=NOT),
    ):
        with pytest.raises(SomebodyElse):
            verb()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(Reversal)
            .where(Reversal.id == reversal.id)
            .values(state=V.APPROVED, decided_by_id=finance.id)
        )


def test_nobody_decides_on_their_own_payout(session: Session, paid: Payout) -> None:
    payee = session.get_one(User, paid.user_id)
    with pytest.raises(NotYourOwn):
        propose(session, paid, payee)
    reversal = propose(session, paid)
    with pytest.raises(NotYourOwn):
        service.approve_reversal(session, reversal.id, by=payee)


def test_what_cannot_be_taken_back_says_why(app: Application, session: Session, paid: Payout) -> None:
    waiting = approved_payout(session, make_payee(session, payments_of(app)))
    with pytest.raises(NotReversible, match="Only a payout that was paid"):
        propose(session, waiting)
    with pytest.raises(NotFound):
        service.propose_reversal(session, uuid.uuid4(), by=make_finance(session), reason=WHY)
    with pytest.raises(Invalid):
        service.propose_reversal(session, paid.id, by=make_finance(session), reason="Oops")
    propose(session, paid)
    with pytest.raises(NotReversible, match="already"):
        propose(session, paid)


def test_a_form_sent_twice_proposes_once(session: Session, paid: Payout) -> None:
    finance = make_finance(session)
    assert propose(session, paid, finance).id == propose(session, paid, finance).id


def test_refused_withdrawn_and_lapsed_leave_it_paid(app: Application, session: Session, paid: Payout) -> None:
    first = propose(session, paid)
    service.refuse_reversal(session, first.id, by=make_finance(session), reason=NOT)
    owner = make_finance(session)
    second = propose(session, paid, owner)
    with pytest.raises(NotFound):
        service.withdraw_reversal(session, second.id, by=make_finance(session))
    service.withdraw_reversal(session, second.id, by=owner)
    third = propose(session, paid)
    session.flush()
    with clock.shifted(timedelta(days=MONEY.proposal_days, minutes=1)):
        with pytest.raises(ReversalOver):  # judged on read, before the clock has come round
            service.approve_reversal(session, third.id, by=make_finance(session))
        service.sweep_runs(session)
    for one, state in ((first, V.REFUSED), (second, V.WITHDRAWN), (third, V.LAPSED)):
        assert one.state is state
        take_back(app, session, one)
    assert (at_provider(app, paid), available(session, paid)) == ([], 0)
    assert broken(session) == []
    told = session.query(Notice).filter_by(kind="payout_reversal.ended").all()
    assert [NOT in one.body for one in told] == [True, False]


@pytest.mark.parametrize(("now", "to"), [*itertools.product(V, V)])
def test_every_move_is_in_the_table(now: ReversalState, to: ReversalState) -> None:
    nobody: Any = None
    reversal = Reversal(
        payout=nobody, by=nobody, amount_minor=1, reason=WHY, lapses_at=clock.now(), state=now
    )
    if to in REVERSAL_MOVES[now]:
        reversal.move(to)
        assert reversal.state is to
    else:
        with pytest.raises(Conflict):
            reversal.move(to)


# ---- what the provider answers


def test_a_person_who_has_it_at_their_bank_keeps_it(app: Application, session: Session, paid: Payout) -> None:
    reversal = approved(session, paid)
    spend(app, paid)
    take_back(app, session, reversal)
    assert (reversal.state, reversal.answer) == (V.FAILED, "balance_insufficient")
    assert (at_provider(app, paid), available(session, paid), paid.returned_at) == ([], 0, None)
    [told] = session.query(Notice).filter_by(user_id=reversal.by_id, kind="payout_reversal.ended")
    assert "holds too little" in told.body
    assert broken(session) == []
    fund(payments_of(app), AMPLE_MINOR)
    with payments_of(app).emulator.books() as books:
        books.sql.execute("UPDATE balances SET available = 10000 WHERE owner = ?", (paid.destination,))
    assert take_back(app, session, approved(session, paid)).state is V.DONE  # another row, another key


def test_what_somebody_took_back_there_is_not_taken_twice(
    app: Application, session: Session, paid: Payout
) -> None:
    payments_of(app).reverse_transfer(
        str(paid.external_id), reversal_id=uuid.uuid4(), amount_minor=100, idempotency_key=str(uuid.uuid4())
    )
    reversal = take_back(app, session, approved(session, paid))
    assert (reversal.state, reversal.answer) == (V.FAILED, "reversed_elsewhere")
    assert [minor for _, minor in at_provider(app, paid)] == [100]


def test_a_webhook_ends_what_nobody_heard_the_end_of(
    app: Application, session: Session, paid: Payout
) -> None:
    reversal = approved(session, paid)
    with payments_of(app).emulator.books() as books:
        for _ in range(3):
            order(books, Fault.LOST_RESPONSE, path=DOOR)
    assert take_back(app, session, reversal).state is V.SENT
    assert queries.reversal_under_way(session, str(paid.external_id)) == reversal.id
    with clock.shifted(LATER[0]):
        take_back(app, session, reversal)
    assert reversal.state is V.DONE
    assert [minor for _, minor in at_provider(app, paid)] == [paid.amount_minor]


def test_an_alarm_waits_for_a_person(app: Application, session: Session, paid: Payout) -> None:
    reversal = approved(session, paid)
    with payments_of(app).emulator.books() as books:
        for _ in range(3):
            order(books, Fault.UNREACHABLE, path=DOOR)
    take_back(app, session, reversal)
    payments_of(app).reverse_transfer(
        str(paid.external_id), reversal_id=uuid.uuid4(), amount_minor=100, idempotency_key=str(uuid.uuid4())
    )
    with clock.shifted(LATER[0]):
        take_back(app, session, reversal)
    assert (reversal.state, (reversal.alarm or "")[:17]) == (V.SENT, "1 reversals found")
    assert any("I10 reversal" in line for line in queries.broken(session))
    with pytest.raises(NotFound):
        service.look_at_reversal(session, uuid.uuid4(), by=make_finance(session), reason=WHY)
    service.look_at_reversal(session, reversal.id, by=make_finance(session), reason=WHY)
    assert reversal.alarm is None
    with pytest.raises(ReversalOver):
        service.look_at_reversal(session, reversal.id, by=make_finance(session), reason=WHY)


def test_a_second_acceptance_is_an_alarm_and_no_second_posting(
    app: Application, session: Session, paid: Payout
) -> None:
    reversal = take_back(app, session, approved(session, paid))
    late = Outcome(kind=OutcomeKind.ACCEPTED, http_status=200, external_id="trr_late")
    taking_back._Reversals().ended(session, reversal, late)
    assert reversal.alarm == "trr_late was accepted too"
    assert available(session, paid) == paid.amount_minor


# ---- one reversal whatever happens

POINTS = ("none", "claimed", "looked", "intended", "called", "recorded")
FAULTS = (
    None,
    Fault.LOST_RESPONSE,
    Fault.RATE_LIMIT,
    Fault.SERVER_ERROR,
    Fault.STICKY_ERROR,
    Fault.STICKY_AFTER,
    Fault.UNREACHABLE,
)


class Failing:
    """The provider seen by a process that dies once at `point`."""

    def __init__(self, app: Application, point: str) -> None:
        self.payments, self.point = payments_of(app), point

    def here(self, point: str) -> None:
        if point == self.point:
            self.point = "none"
            raise Crash(point)

    def find_reversals(self, transfer_id: str) -> Any:
        self.here("claimed")
        found = self.payments.find_reversals(transfer_id)
        self.here("looked")
        return found

    def reverse_transfer(self, transfer_id: str, **words: Any) -> Outcome:
        self.here("intended")
        outcome = self.payments.reverse_transfer(transfer_id, **words)
        self.here("called")
        return outcome


@contextmanager
def dying(failing: Failing) -> Iterator[None]:
    real = taking_back._Reversals.ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking_back._Reversals, "ended", lambda *a: (real(*a), failing.here("recorded"))[0])
        yield


def siege(app: Application, session: Session, point: str, fault: Fault | None) -> list[str]:
    """What is wrong after a reversal went through this (nothing)."""
    payout = make_paid(app, session)
    reversal, failing = approved(session, payout), Failing(app, point)
    if fault is not None:
        with payments_of(app).emulator.books() as books:
            for _ in range(1 if fault.value.startswith("sticky") else 3):
                order(books, fault, path=DOOR)
    with dying(failing):
        for later in (timedelta(0), *LATER, timedelta(hours=26)):
            with suppress(Crash), clock.shifted(later):
                take_back(app, session, reversal, failing)
    session.refresh(reversal)
    made = at_provider(app, payout)
    right = [(reversal.external_id, payout.amount_minor)]
    has = available(session, payout)
    lines = [] if made == right else [f"the provider made {made}, we know {right}"]
    lines += [] if reversal.state is V.DONE else [f"it is {reversal.state.value}, alarm {reversal.alarm}"]
    lines += [] if has == payout.amount_minor else [f"{has} is available"]
    return [f"{point} {fault}: {line}" for line in [*lines, *broken(session)]]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value if fault else "no fault")
@pytest.mark.parametrize("point", POINTS)
def test_one_reversal_whatever_happens(
    app: Application, session: Session, point: str, fault: Fault | None
) -> None:
    assert siege(app, session, point, fault) == []


def unknown_is_refused(http_status: int | None, error_code: str | None) -> OutcomeKind:
    kind = classify(http_status, error_code)
    return OutcomeKind.REFUSED if kind is OutcomeKind.UNKNOWN else kind


BROKEN = {
    "nobody looks first and each call has a key of its own": [
        (Failing, "find_reversals", lambda *_: []),
        (repeating, "next_key", lambda first, *_: f"{first}:{uuid.uuid4()}"),
    ],
    "an unknown end is taken for a refusal": [(asking, "classify", unknown_is_refused)],
    "what is found is not ours": [
        (
            taking_back._Reversals,
            "adopt",
            lambda *_: False,
        ),
        (repeating, "next_key", lambda first, *_: f"{first}:{uuid.uuid4()}"),
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_seen(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for where, what, instead in BROKEN[name]:
        monkeypatch.setattr(where, what, instead)
    found = [
        line
        for point, fault in (("called", None), ("none", Fault.LOST_RESPONSE), ("none", Fault.STICKY_AFTER))
        for line in siege(app, session, point, fault)
    ]
    assert found != []


def test_the_worker_goes_on_with_what_waits(app: Application, session: Session, paid: Payout) -> None:
    reversal = approved(session, paid)
    run_promises(app, session)
    session.refresh(reversal)
    assert reversal.state is V.DONE
