"""Money that moves at the provider exactly once: claim, look, intend, call, record, each its own transaction.

Payouts, reversals and refunds say what their rows are, how one begins and how it ends.  The order of the
steps, what is written before a call, and who may make it, are here and nowhere else (docs/money.md).
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from sqlalchemy.orm import Session

from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.attempts import Attempt, AttemptOutcome, Search
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit import clock
from marketplace.kit.database import Base, Sessions, insert_once, transaction

Row = TypeVar("Row")
Order = TypeVar("Order")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Claimed(Generic[Order]):
    """A row this worker may send: what to ask for, how many calls were made before, and since when."""

    row_id: uuid.UUID
    order: Order
    attempt_count: int
    at: datetime


class ExactlyOnce(ABC, Generic[Row, Order, Found]):
    """One kind of money on its way.  A room writes down the parts below; `send` walks through them."""

    of: ClassVar[str]  # the relationship from a call, and from a look, to its row
    attempt: ClassVar[type[Base]]  # a table with the columns of Attempt
    search: ClassVar[type[Base]]  # a table with the columns of Search
    looks_first: ClassVar[bool] = False  # before the first call too: others can do the same

    def send(self, sessions: Sessions, payments: Payments, row_id: uuid.UUID) -> None:
        """Send the row, or learn how an earlier call ended.  Safe to run twice, at once, or after a crash."""
        with transaction(sessions) as session:
            claimed = self._claim(session, row_id)
        if claimed is None:
            return
        if claimed.attempt_count or self.looks_first:
            found = self.find(payments, claimed)
            with transaction(sessions) as session:
                if self._look(session, claimed, found):
                    return
        with transaction(sessions) as session:
            key = self._intend(session, claimed)
        if key is None:
            return
        outcome = self.call(payments, claimed, key)
        with transaction(sessions) as session:
            self._record(session, claimed, outcome)

    def _claim(self, session: Session, row_id: uuid.UUID) -> Claimed[Order] | None:
        """Step 1: an approved row begins, unless another call is under way or a person has to look."""
        row = self.lock(session, row_id)
        if row is None:
            return None
        now = clock.database_now(session)
        order = self.let_go(session, row, now)
        calls = self.calls(session, row_id)
        if order is None or repeating.is_in_flight(calls, now):
            return None
        return Claimed(row_id, order, len(calls), now)

    def _look(self, session: Session, claimed: Claimed[Order], found: Sequence[Found]) -> bool:
        """Step 2: what is there may end the row; an empty look is kept, and dated from when it began."""
        row = self.lock(session, claimed.row_id)
        if row is None or not self.is_sent(row) or self.adopt(session, row, claimed, found):
            return True
        if claimed.attempt_count:
            session.add(self.search(**{self.of: row}, at=claimed.at, found_count=0))
        return False

    def _intend(self, session: Session, claimed: Claimed[Order]) -> str | None:
        """Step 3: write the call before it is made; None when somebody else wrote one, or it is too early."""
        row = self.lock(session, claimed.row_id)
        calls = self.calls(session, claimed.row_id)
        if row is None or not self.is_sent(row) or len(calls) != claimed.attempt_count or self.waits(session):
            return None
        now = clock.database_now(session)
        first = self.first_key(claimed.row_id)
        key = repeating.next_key(first, calls, self.searches(session, claimed.row_id), now)
        if key is None or not self._write(session, claimed, key, now):
            return None
        self.written(row, key)
        return key

    def _write(self, session: Session, claimed: Claimed[Order], key: str, now: datetime) -> bool:
        """False: another worker was first."""
        return insert_once(
            session,
            self.attempt,
            **{f"{self.of}_id": claimed.row_id},
            number=claimed.attempt_count + 1,
            idempotency_key=key,
            outcome=AttemptOutcome.OPEN,
            replayed=False,
            started_at=now,
        )

    def _record(self, session: Session, claimed: Claimed[Order], outcome: Outcome) -> None:
        """Step 5: keep how the call ended, then let the room draw its conclusion."""
        row = self.lock(session, claimed.row_id)
        if row is None:
            return
        calls = self.calls(session, claimed.row_id)
        calls[claimed.attempt_count].end(outcome, clock.database_now(session))
        self.ended(session, row, outcome)

    @abstractmethod
    def lock(self, session: Session, row_id: uuid.UUID) -> Row | None:
        """The row, locked."""

    @abstractmethod
    def let_go(self, session: Session, row: Row, now: datetime) -> Order | None:
        """Approved becomes sent: what to ask for, the same for every call; None when nothing may be asked."""

    @abstractmethod
    def is_sent(self, row: Row) -> bool:
        """Whether its end is still open."""

    def waits(self, session: Session) -> bool:
        """Whether nobody is called for now, though looking goes on."""
        return False

    def written(self, row: Row, key: str) -> None:
        """The key of the call that comes next, for a room that shows it."""

    @abstractmethod
    def calls(self, session: Session, row_id: uuid.UUID) -> Sequence[Attempt]:
        """Its calls, first one first."""

    @abstractmethod
    def searches(self, session: Session, row_id: uuid.UUID) -> Sequence[Search]:
        """Its looks, first one first."""

    @abstractmethod
    def first_key(self, row_id: uuid.UUID) -> str:
        """The key of its first call: purpose and our row, never an amount or a date."""

    @abstractmethod
    def find(self, payments: Payments, claimed: Claimed[Order]) -> Sequence[Found]:
        """Step 2: what the provider has of it."""

    @abstractmethod
    def adopt(self, session: Session, row: Row, claimed: Claimed[Order], found: Sequence[Found]) -> bool:
        """End a sent row by what was found, or raise an alarm.  True: nothing is left to do."""

    @abstractmethod
    def call(self, payments: Payments, claimed: Claimed[Order], key: str) -> Outcome:
        """Step 4: ask the provider to move the money."""

    @abstractmethod
    def ended(self, session: Session, row: Row, outcome: Outcome) -> None:
        """Accepted posts, refused ends it, anything else waits; nothing unknown is called failed."""
