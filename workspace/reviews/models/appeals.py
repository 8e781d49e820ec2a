"""Appeals against rejections: one for each submission, decided by a person or by the clock."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record
from workspace.submissions.models import Submission

_WAITS = text("state IN ('open', 'assigned', 'info_requested')")


class AppealState(enum.Enum):
    """The states of domain.md 3.9."""

    OPEN = "open"
    ASSIGNED = "assigned"
    INFO_REQUESTED = "info_requested"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


A = AppealState
APPEAL_MOVES = states.table(
    A,
    {
        A.OPEN: {A.ASSIGNED, A.DECIDED, A.WITHDRAWN},
        A.ASSIGNED: {A.OPEN, A.INFO_REQUESTED, A.DECIDED},
        A.INFO_REQUESTED: {A.ASSIGNED, A.DECIDED},
        A.DECIDED: set(),
        A.WITHDRAWN: set(),
    },
)
UNDECIDED = (A.OPEN, A.ASSIGNED, A.INFO_REQUESTED)


class Outcome(enum.Enum):
    """How an appeal was decided; late is won, and nobody decided it."""

    WON = "won"
    IN_PART = "in_part"
    UPHELD = "upheld"


class Cause(enum.Enum):
    """What whoever decides found behind the rejection."""

    EXPERT = "expert"
    AMBIGUOUS = "ambiguous"
    GAP = "gap"
    REVIEWER = "reviewer"
    TASK = "task"


class Appeal(Record, Base, kw_only=True, eq=False, repr=False):
    """An expert says why a rejection is wrong; a trigger keeps one that is over as it was."""

    __tablename__ = "appeals"
    __table_args__ = (
        Index("ix_appeals_waiting", "due_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_appeals_assigned", "assigned_to_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_appeals_decided", "decided_by_id", "decided_at", "id"),
        CheckConstraint("statement <> ''", name="statement"),
        CheckConstraint("(state = 'decided') = (outcome IS NOT NULL)", name="decided"),
        CheckConstraint("(state IN ('decided', 'withdrawn')) = (decided_at IS NOT NULL)", name="ended"),
        CheckConstraint(
            "(outcome IS NOT NULL AND outcome = 'in_part') = (share IS NOT NULL)"
            " AND (share IS NULL OR share IN (25, 50, 75))",
            name="share",
        ),
        CheckConstraint(
            "outcome IS NULL OR outcome = 'won' OR decided_by_id IS NOT NULL", name="lost_to_a_person"
        ),
        CheckConstraint("decided_by_id IS NULL OR (cause IS NOT NULL AND reasons <> '')", name="said_why"),
        CheckConstraint("fee_minor >= 0 AND (decided_by_id IS NOT NULL OR fee_minor = 0)", name="fee"),
        CheckConstraint(
            "state <> 'assigned' OR (assigned_to_id IS NOT NULL AND locked_until IS NOT NULL)",
            name="assigned",
        ),
        CheckConstraint(
            "state <> 'info_requested' OR (question <> '' AND answer_due_at IS NOT NULL)", name="asked"
        ),
    )

    submission: Mapped[Submission] = relationship(lazy="raise")
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), init=False, unique=True)
    statement: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]  # when it is decided for the expert
    state: Mapped[AppealState] = mapped_column(default=A.OPEN, init=False)
    # of an open one: who had it last
    assigned_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    question: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answer_due_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[Outcome | None] = mapped_column(default=None)
    share: Mapped[int | None] = mapped_column(default=None)  # percent of the price, of one won in part
    cause: Mapped[Cause | None] = mapped_column(default=None)
    reasons: Mapped[str] = mapped_column(default="")
    clauses: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)  # {"numbers": [1, 4]}
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="Appeal.decided_by_id", default=None
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: AppealState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(APPEAL_MOVES, self.state, to, thing="appeal")
