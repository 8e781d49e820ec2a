"""Many threads with real commits: nobody overdraws, nothing is posted twice, nothing ends twice."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Busy
from marketplace.ledger import queries, service
from marketplace.ledger.errors import AlreadySettled, Overdraft
from marketplace.ledger.models import PLATFORM, Kind, LedgerTransaction
from marketplace.ledger.service import Entry
from tests.factories.ledger import (
    FEE,
    PRICE,
    REVENUE,
    REVIEW,
    STRIPE,
    UNIT,
    Parties,
    deposit,
    end,
    fund,
    leg,
    reserve,
)

FEES = (Kind.PROCESSOR_FEES, PLATFORM)


def race(sessions: Sessions, runners: Sequence[Callable[[Session], object]]) -> Counter[object]:
    """Every runner in a thread and a transaction of its own, all let go at once; how they ended.

    Whoever waited too long for a turn comes again, as a person does who reads that we are busy.
    """
    barrier = threading.Barrier(len(runners))

    def run(runner: Callable[[Session], object]) -> object:
        barrier.wait()
        while True:
            try:
                with transaction(sessions) as session:
                    return runner(session)
            except (Overdraft, AlreadySettled) as refusal:
                return type(refusal)
            except (Busy, sa.exc.TimeoutError):
                continue

    with ThreadPoolExecutor(len(runners)) as pool:
        return Counter(pool.map(run, runners))


def posting(*entries: Entry) -> Callable[[Session], object]:
    """A runner that says whether its last entry was written now."""
    return lambda session: service.post_all(session, entries)[-1].created


def right(sessions: Sessions) -> bool:
    with transaction(sessions, write=False) as session:
        assert queries.broken(session) == []
    return True


def test_two_hundred_approvals_race_for_a_reserve_of_eighty_three(clean: Sessions) -> None:
    """Each pays a person and the platform from one reserve; what is left covers no other."""
    who = Parties()
    with transaction(clean) as session:
        fund(session, who, 83 * (PRICE + FEE) + 40)
        taken = Entry(
            kind="test", key="reserve", legs=[leg(who.budget, who.reserved, 83 * (PRICE + FEE) + 40)]
        )
        service.post(session, taken)
    approvals = [end(who, uuid.uuid4(), "approve", pay=PRICE, fee=FEE, rest=0) for _ in range(200)]
    ended = race(clean, [posting(approval) for approval in approvals])
    assert ended == {True: 83, Overdraft: 117}
    with transaction(clean, write=False) as session:
        assert queries.balances(session, [who.reserved, who.pending, REVENUE]) == {
            who.reserved: 40,
            who.pending: 83 * PRICE,
            REVENUE: 83 * FEE,
        }
    assert right(clean)


def test_one_key_from_fifty_threads(clean: Sessions) -> None:
    who, claim = Parties(), uuid.uuid4()
    with transaction(clean) as session:
        fund(session, who, 100 * UNIT)
    assert race(clean, [posting(reserve(who, claim))] * 50) == {True: 1, False: 49}
    with transaction(clean, write=False) as session:
        assert queries.balance(session, *who.reserved) == UNIT
    assert right(clean)


def test_one_key_from_fifty_threads_without_a_lock_to_meet_at(clean: Sessions) -> None:
    """Hot accounts are never locked: here only the unique key decides, and the losers find the winner."""
    with transaction(clean) as session:
        service.post(session, Entry(kind="processor_fee", key="bt:0:fee", legs=[leg(FEES, STRIPE, 1)]))
    entry = Entry(kind="processor_fee", key="bt:1:fee", legs=[leg(FEES, STRIPE, 30)])
    others = [Entry(kind="processor_fee", key=f"bt:x{n}:fee", legs=[leg(FEES, STRIPE, 1)]) for n in range(25)]
    ended = race(clean, [posting(other, entry) for other in others] + [posting(entry)] * 25)
    assert ended == {True: 1, False: 49}
    with transaction(clean, write=False) as session:
        assert queries.balance(session, *FEES) == 1 + 30 + 25
    assert right(clean)


def test_thirty_ends_of_one_claim(clean: Sessions) -> None:
    who, claim = Parties(), uuid.uuid4()
    with transaction(clean) as session:
        fund(session, who, 100 * UNIT)
        # more is reserved than one claim holds: the money would be there, only `closes` refuses
        service.post_all(session, [reserve(who, claim), *(reserve(who, uuid.uuid4()) for _ in range(30))])
    words = ["approve", "release", "stop", "cancel", *(f"other{n}" for n in range(26))]
    ended = race(clean, [posting(end(who, claim, word, pay=PRICE, fee=FEE, rest=REVIEW)) for word in words])
    assert ended == {True: 1, AlreadySettled: 29}
    with transaction(clean, write=False) as session:
        assert queries.balance(session, *who.pending) == PRICE
        assert queries.balance(session, *who.reserved) == 30 * UNIT
    assert right(clean)


def test_accounts_are_opened_once_by_whoever_is_first(clean: Sessions) -> None:
    owners = [uuid.uuid4() for _ in range(8)]
    entries = [
        Entry(
            kind="deposit",
            key=f"deposit:{n}",
            legs=[leg(STRIPE, (Kind.COMPANY_WALLET, owner), 1) for owner in owners[:: 1 if n % 2 else -1]],
        )
        for n in range(16)
    ]
    assert race(clean, [posting(entry) for entry in entries]) == {True: 16}
    with transaction(clean, write=False) as session:
        found = queries.balances(session, [(Kind.COMPANY_WALLET, owner) for owner in owners])
    assert set(found.values()) == {16}
    assert right(clean)


def test_opposite_directions_never_deadlock(clean: Sessions) -> None:
    one, other = Parties(), Parties()
    with transaction(clean) as session:
        deposit(session, one, 1000)
        deposit(session, other, 1000)
    runners = []
    for n in range(20):
        there = Entry(kind="test", key=f"there:{n}", legs=[leg(one.wallet, other.wallet, 1)])
        back = Entry(kind="test", key=f"back:{n}", legs=[leg(other.wallet, one.wallet, 1)])
        runners += [posting(there, back) if n % 2 else posting(back, there)] * 2
    assert race(clean, runners) == {True: 20, False: 20}
    assert right(clean)


def test_a_commit_that_fails_leaves_nothing_and_lets_the_next_one_in(clean: Sessions) -> None:
    """The deferred foreign key speaks at COMMIT; SQLite's writer queue has to be let go all the same."""
    who = Parties()
    for _ in range(3):
        with pytest.raises(sa.exc.IntegrityError):
            promise_too_much(clean, who)
    with transaction(clean) as session:
        assert queries.balance(session, *who.wallet) == 0
        assert deposit(session, who, 7).created
    assert right(clean)


def promise_too_much(sessions: Sessions, who: Parties) -> None:
    """A LedgerTransaction that promises a posting and has none, beside a good one."""
    with transaction(sessions) as session:
        deposit(session, who, 5)
        bad = LedgerTransaction(kind="test", idempotency_key="bad", request_hash="0" * 64, last_seq=0)
        session.add(bad)
        session.flush()  # it is the commit that shall fail, not this
