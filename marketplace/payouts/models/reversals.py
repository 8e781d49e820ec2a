"""A payout that was our own mistake, taken back: what was proposed, and every call that tried it."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.gateways.stripe.attempts import Attempt, Search
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record
from marketplace.payouts.models.payouts import Payout


class ReversalState(enum.Enum):
    """Proposed, let go, under way, taken back; or not."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


V = ReversalState
REVERSAL_MOVES = states.table(
    V,
    {
        V.PROPOSED: {V.APPROVED, V.REFUSED, V.WITHDRAWN, V.LAPSED},
        V.APPROVED: {V.SENT},
        V.SENT: {V.DONE, V.FAILED},
        V.DONE: set(),
        V.FAILED: set(),  # another try is another row, proposed anew
        V.REFUSED: set(),
        V.WITHDRAWN: set(),
        V.LAPSED: set(),
    },
)
_STANDING = sa.text("state IN ('proposed', 'approved', 'sent', 'done')")


class Reversal(Record, Base, kw_only=True, eq=False, repr=False):
    """One payout, all of it, back from its person's payout account; its id is in every call."""

    __tablename__ = "payout_reversals"
    __table_args__ = (
        Index(
            "uq_payout_reversals_standing",
            "payout_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_payout_reversals_state", "state", "id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("length(reason) >= 20", name="reason"),
        CheckConstraint("decided_by_id <> by_id", name="two_people"),
        CheckConstraint(
            "state IN ('proposed', 'withdrawn', 'lapsed') OR decided_by_id IS NOT NULL", name="decided"
        ),
        CheckConstraint("state <> 'refused' OR length(answer) >= 20", name="refused_why"),
        CheckConstraint("(state = 'done') = (external_id IS NOT NULL)", name="proof"),
    )

    payout: Mapped[Payout] = relationship(lazy="raise")
    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Reversal.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    amount_minor: Mapped[Minor]
    reason: Mapped[str]  # the person reads it
    state: Mapped[ReversalState] = mapped_column(default=V.PROPOSED)
    lapses_at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Reversal.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")  # why it was refused, or the code of why it failed
    external_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    alarm: Mapped[str | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: ReversalState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(REVERSAL_MOVES, self.state, to, thing="reversal")


class ReversalAttempt(Attempt, Record, Base, kw_only=True, eq=False, repr=False):
    """One call to the provider for a Reversal."""

    __tablename__ = "payout_reversal_attempts"
    __table_args__ = (UniqueConstraint("reversal_id", "number"),)

    reversal: Mapped[Reversal] = relationship(lazy="raise")
    reversal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payout_reversals.id"), init=False)


class ReversalSearch(Search, Record, Base, kw_only=True, eq=False, repr=False):
    """One look at what was taken back before calling again."""

    __tablename__ = "payout_reversal_searches"
    __table_args__ = (Index("ix_payout_reversal_searches_reversal", "reversal_id", "at"),)

    reversal: Mapped[Reversal] = relationship(lazy="raise")
    reversal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payout_reversals.id"), init=False)
