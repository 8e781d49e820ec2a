"""Approvals a second beside the bare SQL of the same postings, and `ledger verify` on many postings."""

import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, make_sessions, transaction
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import (
    LARGEST_POSTING,
    PLATFORM,
    Kind,
    LedgerAccount,
    LedgerPosting,
    LedgerTransaction,
)
from marketplace.ledger.service import Entry, Leg
from tests.conftest import migrate

PRICE, FEE, REVIEW = 4334, 866, 866
PROJECTS, EXPERTS = 20, 200
WRITERS = (1, 8)
REVENUE = (Kind.PLATFORM_REVENUE, PLATFORM)
STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
HEAD = (
    f"{'database':<12}{'writers':>8}{'approvals/s':>13}{'p95 ms':>9}"
    f"{'bare/s':>9}{'p95 ms':>9}{'ratio':>8}{'lost':>6}"
)


@dataclass
class Book:
    """A database with money reserved, and who takes part."""

    sessions: Sessions
    projects: list[uuid.UUID] = field(default_factory=lambda: [uuid.uuid4() for _ in range(PROJECTS)])
    experts: list[uuid.UUID] = field(default_factory=lambda: [uuid.uuid4() for _ in range(EXPERTS)])
    accounts: dict[tuple[Kind, uuid.UUID], int] = field(default_factory=dict)

    def parties(self, turn: int) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
        """Project, expert and reviewer of one approval."""
        return (
            self.projects[turn % PROJECTS],
            self.experts[turn % EXPERTS],
            self.experts[(turn * 7 + 3) % EXPERTS],
        )


def report(kind: str, address: Callable[[str], str], *, seconds: float, postings: int) -> None:
    """Print both parts for one database."""
    book = _opened(address(f"money_{kind}"))
    for writers in WRITERS:
        ours, lost = _rate(book, _approve, writers, seconds)
        bare, lost_bare = _rate(book, _bare, writers, seconds)
        print(
            f"{kind:<12}{writers:>8}{len(ours) / seconds:>13.0f}{_p95(ours):>9.1f}"
            f"{len(bare) / seconds:>9.0f}{_p95(bare):>9.1f}{len(bare) / max(1, len(ours)):>8.2f}"
            f"{lost + lost_bare:>6}",
            flush=True,
        )
    book.sessions.kw["bind"].dispose()
    url = address(f"verify_{kind}")
    began = time.perf_counter()
    _fill(_opened(url), postings)
    print(f"{kind:<12}{postings:,} postings written in {time.perf_counter() - began:.0f} s", flush=True)
    child = [sys.executable, "-m", "bench.proving", url]
    print(f"{kind:<12}" + subprocess.run(child, check=True, capture_output=True, text=True).stdout.strip())


def _opened(url: str) -> Book:
    """Every project has much reserved, and every account exists."""
    migrate(url)
    book = Book(make_sessions(url, statement_seconds=300))
    with transaction(book.sessions) as session:
        ledger.post_all(session, list(_funding(book)))
        rows = session.execute(sa.select(LedgerAccount.kind, LedgerAccount.owner_id, LedgerAccount.id))
        book.accounts = {(kind, owner): number for kind, owner, number in rows}
    return book


def _funding(book: Book) -> Iterator[Entry]:
    big = Money(LARGEST_POSTING)
    for project in book.projects:
        held = (Kind.PROJECT_RESERVED, project)
        yield Entry(kind="fund", key=f"fund:{project}", legs=[(STRIPE, held, big)])
        yield Entry(kind="fund", key=f"fee:{project}", legs=[(held, REVENUE, Money(1))])
    for expert in book.experts:
        pending = (Kind.EXPERT_PENDING, expert)
        yield Entry(kind="bonus", key=f"bonus:{expert}", legs=[(STRIPE, pending, Money(1))])


def _legs(book: Book, turn: int) -> tuple[list[Leg], list[Leg]]:
    """What the verdict pays the reviewer, and what the approval pays."""
    project, expert, reviewer = book.parties(turn)
    held = (Kind.PROJECT_RESERVED, project)
    return (
        [(held, (Kind.EXPERT_PENDING, reviewer), Money(REVIEW))],
        [(held, (Kind.EXPERT_PENDING, expert), Money(PRICE)), (held, REVENUE, Money(FEE))],
    )


def _approve(book: Book, session: Session, turn: int) -> None:
    """As a verdict does it: two entries in one call."""
    claim, (paid, approved) = uuid.uuid4(), _legs(book, turn)
    ref = {"ref_type": "assignment", "ref_id": claim}
    ledger.post_all(
        session,
        [
            Entry(kind="review_pay", key=f"review:{claim}:pay", legs=paid, **ref),
            Entry(
                kind="claim_approve",
                key=f"claim:{claim}:approve",
                closes=f"claim:{claim}",
                legs=approved,
                **ref,
            ),
        ],
    )


def _bare(book: Book, session: Session, turn: int) -> None:
    """The same rows by two INSERTs: no key is looked up, nothing is locked first, no savepoint."""
    claim, now = uuid.uuid4(), clock.now()
    both = _legs(book, turn)
    common = {"request_hash": "0" * 64, "ref_type": "assignment", "ref_id": claim, "effective_at": now}
    numbers = session.execute(
        sa.insert(LedgerTransaction).returning(LedgerTransaction.id, sort_by_parameter_order=True),
        [
            {
                **common,
                "kind": kind,
                "idempotency_key": f"{kind}:{claim}",
                "last_seq": len(legs) - 1,
                "closes": closes,
                "created_at": now,
            }
            for kind, legs, closes in (
                ("review_pay", both[0], None),
                ("claim_approve", both[1], f"claim:{claim}"),
            )
        ],
    ).all()
    session.execute(
        sa.insert(LedgerPosting),
        [
            {
                "transaction_id": number[0],
                "seq": seq,
                "debit_account_id": book.accounts[debit],
                "credit_account_id": book.accounts[credit],
                "currency": "usd",
                "amount_minor": money.minor,
            }
            for number, legs in zip(numbers, both, strict=True)
            for seq, (debit, credit, money) in enumerate(legs)
        ],
    )


def _rate(
    book: Book, work: Callable[[Book, Session, int], None], writers: int, seconds: float
) -> tuple[list[float], int]:
    """How long each one took in this time, and how many were lost to an error; each has its own commit."""
    times: list[float] = []
    lost: list[Exception] = []
    ends = time.perf_counter() + seconds

    def write(number: int) -> None:
        turn = ids.seed() % 10_000 + number
        while (began := time.perf_counter()) < ends:
            turn += writers
            try:
                with transaction(book.sessions) as session:
                    work(book, session, turn)
            except (Refusal, SQLAlchemyError) as error:
                lost.append(error)
                continue
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, len(lost)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] * 1000 if len(times) > 1 else 0.0


PIECE = 300  # approvals in a transaction: on PostgreSQL each change of an account slows the next one in it


def _fill(book: Book, postings: int) -> None:
    """So many postings, three to an approval, the triggers awake."""
    for first in range(0, postings // 3, PIECE):
        with transaction(book.sessions) as session:
            _piece(book, session, range(first, min(first + PIECE, postings // 3)))
    engine = book.sessions.kw["bind"]
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _piece(book: Book, session: Session, turns: range) -> None:
    now = clock.now()
    rows = [
        {
            "kind": "claim_approve",
            "idempotency_key": f"claim:{turn}:approve",
            "request_hash": "0" * 64,
            "last_seq": 2,
            "effective_at": now,
            "created_at": now,
        }
        for turn in turns
    ]
    numbers = session.execute(
        sa.insert(LedgerTransaction).returning(LedgerTransaction.id, sort_by_parameter_order=True), rows
    ).all()
    postings = []
    for turn, number in zip(turns, numbers, strict=True):
        paid, approved = _legs(book, turn)
        postings += [
            {
                "transaction_id": number[0],
                "seq": seq,
                "debit_account_id": book.accounts[debit],
                "credit_account_id": book.accounts[credit],
                "currency": "usd",
                "amount_minor": money.minor,
            }
            for seq, (debit, credit, money) in enumerate([*paid, *approved])
        ]
    session.execute(sa.insert(LedgerPosting), postings)
