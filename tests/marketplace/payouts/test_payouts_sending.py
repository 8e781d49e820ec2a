"""Sending a payout: one transfer whatever happens on the way, and the books say what the provider says."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.client import asking
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind, classify
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as posting
from marketplace.ledger.errors import AlreadySettled
from marketplace.ledger.models import Kind
from marketplace.payouts import queries, service
from marketplace.payouts.models import PayoutState
from marketplace.payouts.service import returning, settling
from tests.factories.accidents import (
    AMPLE_MINOR,
    FAULTS,
    POINTS,
    WEATHERS,
    Accident,
    Failing,
    Weather,
    approved_payout,
    make_payee,
    problems,
)
from tests.factories.billing import payments_of
from tests.factories.gateways import fund, ready_account
from tests.factories.payouts import make_account, make_expert

PAIRWISE = [0, 7, 11, 13, 14]  # of the sixteen weathers: any two of the four in every combination


@pytest.fixture(autouse=True)
def _no_accident_is_left(app: Application) -> None:
    with payments_of(app).emulator.books() as books:
        books.sql.execute("DELETE FROM faults")


def weathers(app: Application) -> list[Weather]:
    """All of them on the embedded database, every pair of them on PostgreSQL."""
    if app.sessions.kw["bind"].dialect.name == "sqlite":
        return WEATHERS
    return [WEATHERS[number] for number in PAIRWISE]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value if fault else "no fault")
@pytest.mark.parametrize("point", POINTS)
def test_one_transfer_whatever_happens(
    app: Application, session: Session, point: str, fault: Fault | None
) -> None:
    """Six places to die, six faults, sixteen weathers: 576 payouts, 576 transfers."""
    payee = make_payee(session, payments_of(app))
    for weather in weathers(app):
        assert problems(app, session, payee, Accident(point, fault, weather)) == []
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []


def fresh_key(first: str, *_: Any) -> str:
    return f"{first}:{uuid.uuid4()}"


def same_key_for_ever(first: str, *_: Any) -> str:
    return first


def unknown_is_refused(http_status: int | None, error_code: str | None) -> OutcomeKind:
    kind = classify(http_status, error_code)
    return OutcomeKind.REFUSED if kind is OutcomeKind.UNKNOWN else kind


def one_search_is_enough(searches: Any, *, after: Any) -> bool:
    return any(search.at > after for search in searches)


def no_search(*_: Any) -> list[Any]:
    return []


Broken = tuple[Any, str, Any]
BROKEN: dict[str, Broken] = {
    "a fresh key for every attempt": (repeating, "next_key", fresh_key),
    "an unknown end is taken for a refusal": (asking, "classify", unknown_is_refused),
    "a new key after one empty search": (repeating, "_two_empty_searches", one_search_is_enough),
    "a key is good for ever": (repeating, "KEY_LIVES", timedelta(days=36_500)),
    "a short balance keeps its key": (repeating, "next_key", same_key_for_ever),
    "nobody searches": (Failing, "find_transfers", no_search),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_seen(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The same accidents find money twice or lost when a rule of the protocol is missing."""
    where, what, instead = BROKEN[name]
    payee = make_payee(session, payments_of(app))
    accidents = [("called", None), ("none", Fault.LOST_RESPONSE), ("none", Fault.STICKY_AFTER)]
    monkeypatch.setattr(where, what, instead)
    found = [
        line
        for point, fault in accidents
        for weather in WEATHERS
        for line in problems(app, session, payee, Accident(point, fault, weather))
    ]
    assert found != []


class Meeting:
    """The provider seen by two workers who make their calls at the same moment."""

    def __init__(self, app: Application) -> None:
        self.payments, self.barrier = payments_of(app), threading.Barrier(2, timeout=20)
        self.calls: list[str] = []

    def find_transfers(self, transfer_group: str, destination: str) -> Any:
        """Nobody finds anything: neither has called yet."""
        return self.payments.find_transfers(transfer_group, destination)

    def transfer(self, order: Any) -> Any:
        """Both are here, each with its attempt written down, before either call leaves."""
        self.calls.append(order.idempotency_key)
        self.barrier.wait()
        return self.payments.transfer(order)


def two_workers(app: Application, sessions: Sessions, payout_id: uuid.UUID) -> Meeting:
    """The first is held up before its call for longer than a lease; the second takes over: both call."""
    meeting = Meeting(app)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(service.send, sessions, meeting, payout_id)  # type: ignore[arg-type]
        while not meeting.calls and not first.done():
            time.sleep(0.005)
        with clock.shifted(timedelta(minutes=6)):
            second = pool.submit(service.send, sessions, meeting, payout_id)  # type: ignore[arg-type]
            first.result(), second.result()
    return meeting


@pytest.fixture
def waiting(app: Application, clean: Sessions) -> uuid.UUID:
    """A payout that is approved, really committed."""
    account = ready_account(payments_of(app))
    fund(payments_of(app), AMPLE_MINOR)
    with transaction(clean) as session:
        payee = make_expert(session)
        make_account(session, payee, account)
        return approved_payout(session, payee).id


def transfers_of(app: Application, payout_id: uuid.UUID) -> list[str]:
    with payments_of(app).emulator.books() as books:
        return [row["id"] for row in books.in_group(str(payout_id))]


@pytest.mark.parametrize("keyless", [False, True], ids=["as it is", "a fresh key each"])
def test_two_workers_at_the_same_moment_send_once(
    app: Application, clean: Sessions, waiting: uuid.UUID, monkeypatch: pytest.MonkeyPatch, keyless: bool
) -> None:
    """One key covers both calls; the twin with a key for each attempt pays twice."""
    if keyless:
        monkeypatch.setattr(repeating, "next_key", fresh_key)
    meeting = two_workers(app, clean, waiting)
    assert len(meeting.calls) == 2
    if keyless:
        assert len(transfers_of(app, waiting)) == 2
        return
    with transaction(clean) as session:
        payout = queries.lock_payout(session, waiting)
        assert payout is not None
        assert transfers_of(app, waiting) == [payout.external_id]
        assert (payout.state, payout.alarm) == (PayoutState.PAID, None)
        assert [*ledger.broken(session), *queries.broken(session)] == []


def test_many_workers_at_the_start_make_one_call(
    app: Application, clean: Sessions, waiting: uuid.UUID
) -> None:
    """The first one to write its attempt has it; the others leave."""
    start = threading.Barrier(8, timeout=20)

    def go(_: int) -> None:
        start.wait()
        service.send(clean, payments_of(app), waiting)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(go, range(8)))
    assert len(transfers_of(app, waiting)) == 1
    with transaction(clean, write=False) as session:
        assert [one.number for one in queries.attempts_of(session, waiting)] == [1]


def test_a_refusal_for_good_gives_the_money_back_once(app: Application, session: Session) -> None:
    """The account cannot receive: available again, told, and a second end is an alarm, not a posting."""
    payee = make_payee(session, payments_of(app))
    payout = approved_payout(session, payee)
    refused = Outcome(kind=OutcomeKind.REFUSED, http_status=400, error_code="account_invalid")
    taken = Outcome(kind=OutcomeKind.ACCEPTED, http_status=200, external_id="tr_late")

    class Refusing(Failing):
        def transfer(self, wanted: Any) -> Outcome:
            return refused

    for _ in range(2):
        service.send(app.sessions, Refusing(payments_of(app), "none"), payout.id)  # type: ignore[arg-type]
    session.refresh(payout)
    assert payout.state is PayoutState.FAILED
    assert ledger.balance(session, Kind.EXPERT_AVAILABLE, payee.id) == payout.amount_minor
    assert [*ledger.broken(session), *queries.broken(session)] == []
    locked = queries.lock_payout(session, payout.id)
    assert locked is not None
    settling.record(session, locked, taken)
    session.flush()
    assert payout.alarm == "tr_late was accepted too"
    assert ledger.balance(session, Kind.EXPERT_AVAILABLE, payee.id) == payout.amount_minor
    assert any("tr_late" in line for line in queries.broken(session))


def test_the_books_take_one_end_of_a_payout(app: Application, session: Session) -> None:
    """`closes` is unique: whatever the code does, paid and failed are never both posted."""
    fund(payments_of(app), AMPLE_MINOR)
    payout = approved_payout(session, make_payee(session, payments_of(app)))
    service.send(app.sessions, payments_of(app), payout.id)
    session.refresh(payout)
    assert payout.state is PayoutState.PAID
    with pytest.raises(AlreadySettled), session.begin_nested():
        posting.post_all(session, [returning.money_back(payout)])
