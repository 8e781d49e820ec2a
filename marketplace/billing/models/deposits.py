"""Company money coming in."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record


class DepositState(enum.Enum):
    """Asked for, waiting at the provider, on its way by bank debit, settled, or ended without money."""

    CREATED = "created"
    OPEN = "open"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"


D = DepositState
_TOLD = {D.PENDING, D.SUCCEEDED, D.FAILED}  # the provider may know more of a deposit than we do
DEPOSIT_MOVES = states.table(
    D,
    {
        D.CREATED: {D.OPEN, D.EXPIRED, *_TOLD},
        D.OPEN: {D.EXPIRED, *_TOLD},
        D.PENDING: {D.SUCCEEDED, D.FAILED},
        D.EXPIRED: {D.OPEN, *_TOLD},  # a new page of the same deposit, or a payment that came late
        D.SUCCEEDED: set(),
        D.FAILED: set(),
    },
)
OPENABLE = frozenset({D.CREATED, D.EXPIRED})
ENDED = frozenset({D.SUCCEEDED, D.FAILED})


class Deposit(Record, Base, kw_only=True, eq=False, repr=False):
    """One payment of a company into its wallet."""

    __tablename__ = "deposits"
    __table_args__ = (
        Index("ix_deposits_company", "company_id", "id"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    state: Mapped[DepositState] = mapped_column(default=D.CREATED, init=False)
    session_number: Mapped[int] = mapped_column(default=0)  # tries to open a page; part of their key
    reopened_at: Mapped[datetime | None] = mapped_column(default=None)  # when a new page was last allowed
    session_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    page_url: Mapped[str | None] = mapped_column(default=None)
    payment_intent_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: DepositState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(DEPOSIT_MOVES, self.state, to, thing="deposit")
