"""Money that came to our own bank and was written down by hand, by two people of the house."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record


class RecordedState(enum.Enum):
    """Written down, confirmed by somebody else, or dropped."""

    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


P = RecordedState
RECORDED_MOVES = states.table(P, {P.PREPARED: {P.CONFIRMED, P.DROPPED}, P.CONFIRMED: set(), P.DROPPED: set()})


class RecordedDeposit(Record, Base, kw_only=True, eq=False, repr=False):
    """A transfer on our bank statement.  Confirmed, it becomes a Deposit with the same id."""

    __tablename__ = "recorded_deposits"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("decided_by_id <> by_id OR state = 'dropped'", name="two_people"),
        CheckConstraint("state <> 'confirmed' OR decided_by_id IS NOT NULL", name="confirmed"),
        Index("ix_recorded_deposits_state", "state", "id"),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="RecordedDeposit.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    bank_reference: Mapped[str] = mapped_column(unique=True)  # on our bank statement
    arrived_on: Mapped[date]
    reason: Mapped[str]
    state: Mapped[RecordedState] = mapped_column(default=P.PREPARED)
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="RecordedDeposit.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: RecordedState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(RECORDED_MOVES, self.state, to, thing="recorded deposit")
