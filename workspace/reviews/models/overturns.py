"""Final rejections found wrong later: proposed by one person, decided by another, paid once."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.cases.models import PROPOSAL_MOVES, REASON_LENGTH, ProposalState
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Record
from marketplace.projects.models import Project
from workspace.submissions.models import Submission

_KEPT = text("state <> 'dropped'")


class LineState(enum.Enum):
    """Waiting with its Overturn, then paid from the budget or by the house, or dropped with it."""

    WAITING = "waiting"
    PAID = "paid"
    PAID_BY_HOUSE = "paid_by_house"
    DROPPED = "dropped"


class Overturn(Record, Base, kw_only=True, eq=False, repr=False):
    """Somebody says that these rejections were wrong; `reason` is what the experts and the company read."""

    __tablename__ = "overturns"
    __table_args__ = (
        Index("ix_overturns_state", "state", "lapses_at"),
        CheckConstraint("decided_by_id <> by_id", name="two_people"),
        CheckConstraint(f"length(reason) >= {REASON_LENGTH}", name="reason"),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint(
            f"state <> 'refused' OR length(answer) >= {REASON_LENGTH}", name="refused_with_reason"
        ),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Overturn.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    code: Mapped[str]
    reason: Mapped[str]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    lapses_at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Overturn.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")  # why it was refused

    def move(self, to: ProposalState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(PROPOSAL_MOVES, self.state, to, thing="proposal")


class OverturnLine(Record, Base, kw_only=True, eq=False, repr=False):
    """One rejected submission of an Overturn; no other that waits or was paid may name the same."""

    __tablename__ = "overturn_lines"
    __table_args__ = (
        Index(
            "uq_overturn_lines_submission",
            "submission_id",
            unique=True,
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
        Index("ix_overturn_lines_overturn", "overturn_id", "submission_id"),
    )

    overturn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("overturns.id"))
    submission: Mapped[Submission] = relationship(lazy="raise")
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), init=False)
    state: Mapped[LineState] = mapped_column(default=LineState.WAITING)
