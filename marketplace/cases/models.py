"""A move of money outside the usual ways, and the two people behind it."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record
from marketplace.payouts.models.payouts import Earning

REASON_LENGTH = 20
EVIDENCE_LENGTH = 50
_OPEN = text("state = 'proposed' AND earning_id IS NOT NULL")


class ProposalKind(enum.Enum):
    """A mistake put right, money given freely, or pay taken back for proven fraud before it is available."""

    CORRECTION = "correction"
    GOODWILL = "goodwill"
    CLAWBACK = "clawback"


class ProposalState(enum.Enum):
    """Waiting for a second person, or ended by one, by its own person, or by the clock."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


S = ProposalState
PROPOSAL_MOVES = states.table(
    S,
    {
        S.PROPOSED: {S.APPROVED, S.REFUSED, S.WITHDRAWN, S.LAPSED},
        S.APPROVED: set(),
        S.REFUSED: set(),
        S.WITHDRAWN: set(),
        S.LAPSED: set(),
    },
)


class Proposal(Record, Base, kw_only=True, eq=False, repr=False):
    """`amount_minor` from the debit account to the credit account, once somebody else has agreed.

    A clawback names the earning, the evidence, until when its person can answer, and what they said.
    """

    __tablename__ = "money_proposals"
    __table_args__ = (
        Index("ix_money_proposals_state", "state", "lapses_at"),
        Index(
            "uq_money_proposals_earning",
            "earning_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("decided_by_id <> by_id", name="two_people"),
        CheckConstraint(f"length(reason) >= {REASON_LENGTH}", name="reason"),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint(
            f"state <> 'refused' OR length(answer) >= {REASON_LENGTH}", name="refused_with_reason"
        ),
        CheckConstraint(
            f"kind <> 'clawback' OR (earning_id IS NOT NULL AND length(evidence) >= {EVIDENCE_LENGTH} "
            "AND answer_until IS NOT NULL)",
            name="clawback_has_evidence",
        ),
    )

    kind: Mapped[ProposalKind]
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Proposal.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    debit_kind: Mapped[str]
    debit_owner_id: Mapped[uuid.UUID]
    credit_kind: Mapped[str]
    credit_owner_id: Mapped[uuid.UUID]
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    reason: Mapped[str]
    external_id: Mapped[str | None] = mapped_column(default=None)
    state: Mapped[ProposalState] = mapped_column(default=S.PROPOSED)
    lapses_at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Proposal.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")  # why it was refused
    earning: Mapped[Earning | None] = relationship(lazy="raise", default=None)
    earning_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("earnings.id"), init=False)
    evidence: Mapped[str] = mapped_column(default="")
    answer_until: Mapped[datetime | None] = mapped_column(default=None)
    expert_answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: ProposalState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(PROPOSAL_MOVES, self.state, to, thing="proposal")
