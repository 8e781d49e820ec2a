"""Company money going back the way it came: what was asked, and every call that tried to send it."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.billing.models.deposits import Deposit
from marketplace.companies.models import Company
from marketplace.gateways.stripe.attempts import Attempt, Search
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record


class RefundState(enum.Enum):
    """Asked for, let go, under way, taken by the provider, at the bank; or not, or back again."""

    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    ARRIVED = "arrived"
    FAILED = "failed"
    RETURNED = "returned"
    DECLINED = "declined"
    CANCELLED = "cancelled"


R = RefundState
REFUND_MOVES = states.table(
    R,
    {
        R.ASKED: {R.APPROVED, R.DECLINED, R.CANCELLED},
        R.APPROVED: {R.SENT},
        R.SENT: {R.PAID, R.FAILED},
        R.PAID: {R.ARRIVED, R.RETURNED},
        R.ARRIVED: {R.RETURNED},  # banks send money back weeks later
        R.FAILED: set(),
        R.RETURNED: set(),
        R.DECLINED: set(),
        R.CANCELLED: set(),
    },
)


class Refund(Record, Base, kw_only=True, eq=False, repr=False):
    """A part of one deposit going back.  What one form asked for has one `form_key`."""

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("form_key", "deposit_id"),
        Index("ix_refunds_company", "company_id", "id"),
        Index("ix_refunds_deposit", "deposit_id"),
        Index("ix_refunds_state", "state", "id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("approved_by_id <> by_id", name="two_people"),
        CheckConstraint(
            "state NOT IN ('paid', 'arrived', 'returned') OR external_id IS NOT NULL", name="proof"
        ),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    deposit: Mapped[Deposit] = relationship(lazy="raise")
    deposit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deposits.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Refund.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    form_key: Mapped[uuid.UUID]
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    state: Mapped[RefundState] = mapped_column(default=R.ASKED)
    approved_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Refund.approved_by_id", default=None
    )
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    reason: Mapped[str] = mapped_column(default="")  # why it was declined, or failed
    external_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    alarm: Mapped[str | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: RefundState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(REFUND_MOVES, self.state, to, thing="refund")


class RefundAttempt(Attempt, Record, Base, kw_only=True, eq=False, repr=False):
    """One call to the provider for a Refund."""

    __tablename__ = "refund_attempts"
    __table_args__ = (UniqueConstraint("refund_id", "number"),)

    refund: Mapped[Refund] = relationship(lazy="raise")
    refund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("refunds.id"), init=False)


class RefundSearch(Search, Record, Base, kw_only=True, eq=False, repr=False):
    """One look at the provider's list before sending again."""

    __tablename__ = "refund_searches"
    __table_args__ = (Index("ix_refund_searches_refund", "refund_id", "at"),)

    refund: Mapped[Refund] = relationship(lazy="raise")
    refund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("refunds.id"), init=False)
