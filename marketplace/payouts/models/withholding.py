"""Tax that a law takes from payouts: who is on backup withholding, and what was handed to the authority."""

import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record
from marketplace.payouts.models.payouts import Payout


class WithholdingState(enum.Enum):
    """Proposed, in force, ended; or never in force."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    LIFTED = "lifted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


W = WithholdingState
WITHHOLDING_MOVES = states.table(
    W,
    {
        W.PROPOSED: {W.ACTIVE, W.REFUSED, W.WITHDRAWN, W.LAPSED},
        W.ACTIVE: {W.LIFTED},
        W.LIFTED: set(),
        W.REFUSED: set(),
        W.WITHDRAWN: set(),
        W.LAPSED: set(),
    },
)
_STANDING = sa.text("state IN ('proposed', 'active')")


class Withholding(Record, Base, kw_only=True, eq=False, repr=False):
    """Why a part of each payout of a person goes to the tax authority, from when until when."""

    __tablename__ = "withholdings"
    __table_args__ = (
        Index(
            "uq_withholdings_standing",
            "user_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_withholdings_state", "state", "id"),
        CheckConstraint("length(reason) >= 20", name="reason"),
        CheckConstraint("decided_by_id <> by_id", name="two_people"),
        CheckConstraint(
            "state NOT IN ('active', 'lifted', 'refused') OR decided_by_id IS NOT NULL", name="decided"
        ),
        CheckConstraint("state NOT IN ('refused', 'lifted') OR length(answer) >= 20", name="why"),
    )

    user: Mapped[User] = relationship(lazy="raise", foreign_keys="Withholding.user_id")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Withholding.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    reason: Mapped[str]  # the person reads it
    letter_on: Mapped[date]  # the day of the authority's letter
    state: Mapped[WithholdingState] = mapped_column(default=W.PROPOSED)
    lapses_at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Withholding.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")  # why it was refused, or has ended
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: WithholdingState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(WITHHOLDING_MOVES, self.state, to, thing="withholding")


class RemittanceState(enum.Enum):
    """Written down, confirmed by somebody else, or dropped."""

    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


T = RemittanceState
REMITTANCE_MOVES = states.table(
    T, {T.PREPARED: {T.CONFIRMED, T.DROPPED}, T.CONFIRMED: set(), T.DROPPED: set()}
)


class Remittance(Record, Base, kw_only=True, eq=False, repr=False):
    """Withheld tax that our bank has handed to the authority; its lines say of which payouts."""

    __tablename__ = "tax_remittances"
    __table_args__ = (
        Index("ix_tax_remittances_state", "state", "id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("decided_by_id <> by_id OR state = 'dropped'", name="two_people"),
        CheckConstraint("state <> 'confirmed' OR decided_by_id IS NOT NULL", name="confirmed"),
    )

    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Remittance.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    amount_minor: Mapped[Minor]
    bank_reference: Mapped[str] = mapped_column(unique=True)  # on our bank statement
    paid_on: Mapped[date]
    state: Mapped[RemittanceState] = mapped_column(default=T.PREPARED)
    lapses_at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Remittance.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: RemittanceState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(REMITTANCE_MOVES, self.state, to, thing="remittance")


class RemittanceLine(Record, Base, kw_only=True, eq=False, repr=False):
    """What was withheld from one payout is in this remittance, and in no other."""

    __tablename__ = "tax_remittance_lines"
    __table_args__ = (
        UniqueConstraint("payout_id"),
        Index("ix_tax_remittance_lines_remittance", "remittance_id"),
    )

    remittance: Mapped[Remittance] = relationship(lazy="raise")
    remittance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tax_remittances.id"), init=False)
    payout: Mapped[Payout] = relationship(lazy="raise")
    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id"), init=False)
