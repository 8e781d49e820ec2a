"""A payout is taken back by workers that are killed, on real commits: one reversal, and available again once."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.payouts import queries, service
from marketplace.payouts.errors import NothingToPay
from marketplace.payouts.models import EarningState, Payout, Reversal, ReversalState
from tests.factories.accidents import AMPLE_MINOR, Crash, approved_payout
from tests.factories.billing import payments_of
from tests.factories.gateways import fund, ready_account
from tests.factories.payouts import make_account, make_expert, make_finance
from tests.money import test_broken_off

WHY = "It was meant for another person of the same name."
LATER = [timedelta(minutes=11), timedelta(hours=26)]  # longer than a lease
WRITES = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT")


@dataclass
class House:
    """The product, its provider, and two people of finance."""

    app: Application
    sessions: Sessions
    finance: tuple[uuid.UUID, uuid.UUID]

    def paid(self) -> uuid.UUID:
        """A payout that reached a payout account, proposed to be taken back: the reversal."""
        account = ready_account(payments_of(self.app))
        with transaction(self.sessions) as session:
            user = make_expert(session)
            make_account(session, user, account)
            payout = approved_payout(session, user).id
        service.send(self.sessions, payments_of(self.app), payout)
        with transaction(self.sessions) as session:
            by = session.get_one(User, self.finance[0])
            return service.propose_reversal(session, payout, by=by, reason=WHY).id

    def approve(self, reversal_id: uuid.UUID) -> None:
        """The second person's click."""
        with transaction(self.sessions) as session:
            by = session.get_one(User, self.finance[1])
            service.approve_reversal(session, reversal_id, by=by)

    def problems(self, reversal_id: uuid.UUID) -> list[str]:
        """What is wrong once it is over (nothing): one reversal, the money available once, told once."""
        with transaction(self.sessions, write=False) as session:
            reversal = session.get_one(Reversal, reversal_id)
            payout = session.get_one(Payout, reversal.payout_id)
            transfer, user, amount = str(payout.external_id), payout.user_id, payout.amount_minor
            known = [(reversal.external_id, amount)]
            found = {
                "state": (reversal.state, reversal.alarm) == (ReversalState.DONE, None),
                "available": ledger.balance(session, Kind.EXPERT_AVAILABLE, user) == amount,
                "in transit": ledger.balance(session, Kind.EXPERT_IN_TRANSIT, user) == 0,
                "earnings": queries.sums_of(session, user)[EarningState.AVAILABLE] == amount,
                "taken back": payout.is_taken_back,
                "told": session.query(Notice).filter_by(user_id=user, kind="payout.taken_back").count() == 1,
            }
        made = [(one.id, one.amount_minor) for one in payments_of(self.app).find_reversals(transfer)]
        lines = [name for name, right in found.items() if not right]
        return [*lines, *([] if made == known else [f"the provider made {made}, not {known}"])]

    def broken(self) -> list[str]:
        """Every rule of the books."""
        with transaction(self.sessions, write=False) as session:
            return [*ledger.broken(session), *queries.broken(session)]

    def rows(self) -> dict[str, list[str]]:
        """Everything a decision about money could leave behind."""
        with self.sessions.kw["bind"].connect() as connection:
            found = test_broken_off.rows(connection)
            found["reversals"] = [
                str(tuple(row)) for row in connection.exec_driver_sql("SELECT * FROM payout_reversals")
            ]
        return found


@pytest.fixture
def house(app: Application, clean: Sessions) -> House:
    with payments_of(app).emulator.books() as books:
        books.sql.execute("DELETE FROM faults")
    fund(payments_of(app), AMPLE_MINOR)
    with transaction(clean) as session:
        return House(app, clean, (make_finance(session).id, make_finance(session, "Otto Second").id))


@contextmanager
def killed(sessions: Sessions, at: int) -> Iterator[list[str]]:
    """The process is gone before what it would write, or commit, as number `at`."""
    engine, seen = sessions.kw["bind"], list[str]()

    def note(what: str) -> None:
        seen.append(what)
        if len(seen) == at:
            raise Crash(what)

    def statement(_: Any, __: Any, text: str, *___: Any) -> None:
        if text.lstrip().upper().startswith(WRITES):
            note(text)

    def commit(_: Any) -> None:
        note("COMMIT")

    sa.event.listen(engine, "before_cursor_execute", statement)
    sa.event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", statement)
        sa.event.remove(engine, "commit", commit)


def dies(sessions: Sessions, step: Callable[[], object], *, at: int) -> bool:
    """Do this, killed at `at`; False: it does not write so often."""
    try:
        with killed(sessions, at):
            step()
    except Crash:
        return True
    return False


def send(house: House, reversal_id: uuid.UUID) -> None:
    """One try of a worker."""
    service.send_reversal(house.sessions, payments_of(house.app), reversal_id)


def test_a_decision_killed_anywhere_is_none(house: House) -> None:
    reversal = house.paid()
    before, kills = house.rows(), 0
    while dies(house.sessions, lambda: house.approve(reversal), at=kills + 1):
        kills += 1
        assert house.rows() == before, f"half done after kill {kills}"
    assert kills >= 3
    send(house, reversal)
    assert (house.problems(reversal), house.broken()) == ([], [])


def test_wherever_a_worker_is_killed_one_reversal_is_made(house: House) -> None:
    """Each kill has a payout of its own; other workers come later, as often as it takes, and once too often."""
    kills, dead = 0, True
    while dead:
        reversal = house.paid()
        house.approve(reversal)
        dead = dies(house.sessions, lambda one=reversal: send(house, one), at=kills + 1)  # type: ignore[misc]  # bound now: mypy cannot tell the type of a default
        kills += dead
        for later in LATER:
            with clock.shifted(later):
                send(house, reversal)
        assert house.problems(reversal) == [], f"after kill {kills}"
    assert house.broken() == []
    assert kills > 8  # four transactions and what they write


@dataclass
class Meeting:
    """The provider seen by two workers who make their calls at the same moment."""

    app: Application
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=20))
    calls: list[str] = field(default_factory=list)

    def find_reversals(self, transfer_id: str) -> Any:
        """Nobody finds anything: neither has called yet."""
        return payments_of(self.app).find_reversals(transfer_id)

    def reverse_transfer(self, transfer_id: str, **words: Any) -> Outcome:
        """Both are here, each with its attempt written down, before either call leaves."""
        self.calls.append(words["idempotency_key"])
        self.barrier.wait()
        return payments_of(self.app).reverse_transfer(transfer_id, **words)


def test_two_workers_at_the_same_moment_take_it_back_once(house: House) -> None:
    """The first is held up before its call for longer than a lease; the second takes over: both call."""
    reversal, meeting = house.paid(), Meeting(house.app)
    house.approve(reversal)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(service.send_reversal, house.sessions, meeting, reversal)  # type: ignore[arg-type]  # has the two calls of a reversal alone
        while not meeting.calls and not first.done():
            time.sleep(0.005)
        with clock.shifted(timedelta(minutes=6)):
            second = pool.submit(service.send_reversal, house.sessions, meeting, reversal)  # type: ignore[arg-type]  # has the two calls of a reversal alone
            first.result(), second.result()
    assert len(meeting.calls) == 2
    assert len(set(meeting.calls)) == 1
    assert (house.problems(reversal), house.broken()) == ([], [])


def test_many_workers_and_a_run_beside_them(house: House) -> None:
    """Eight workers at the start make one call; a run prepared meanwhile takes the money once, or leaves it."""
    reversal = house.paid()
    house.approve(reversal)
    gate = threading.Barrier(9, timeout=20)

    def work(number: int) -> None:
        gate.wait()
        send(house, reversal) if number else prepare(house)

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(work, range(9)))
    with transaction(house.sessions, write=False) as session:
        assert len(queries.attempts_at_reversal(session, reversal)) == 1
        payout = session.get_one(Payout, session.get_one(Reversal, reversal).payout_id)
        user, amount = payout.user_id, payout.amount_minor
        kinds = (Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)
        assert sum(ledger.balance(session, kind, user) for kind in kinds) == amount
    assert house.broken() == []


def prepare(house: House) -> None:
    """A run of whatever is available, if anything is."""
    for _ in range(20):
        try:
            with transaction(house.sessions) as session:
                make(session, house)
        except NothingToPay:
            time.sleep(0.01)
        else:
            return


def make(session: Session, house: House) -> None:
    service.prepare_run(session, by=session.get_one(User, house.finance[0]))
