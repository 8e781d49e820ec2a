"""Reviews and their verdicts."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record
from workspace.submissions.models import Submission, SubmissionState

_QUEUED = text("state = 'queued'")
_HANDS_ON = text("state = 'open'")
_PENDING = text("state = 'pending'")


class ReviewState(enum.Enum):
    """The states of domain.md 3.8."""

    QUEUED = "queued"
    OPEN = "open"
    PENDING = "pending"
    DECIDED = "decided"
    LAPSED = "lapsed"
    IN_AUDIT = "in_audit"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


R = ReviewState
REVIEW_MOVES = states.table(
    R,
    {
        R.QUEUED: {R.OPEN, R.LAPSED},
        R.OPEN: {R.QUEUED, R.PENDING},
        R.PENDING: {R.OPEN, R.DECIDED},
        R.DECIDED: {R.IN_AUDIT},
        R.IN_AUDIT: {R.CONFIRMED, R.OVERTURNED},
        R.LAPSED: set(),
        R.CONFIRMED: {R.IN_AUDIT},  # two people find it wrong later
        R.OVERTURNED: set(),
    },
)


class Verdict(enum.Enum):
    """What a reviewer may say."""

    APPROVE = "approve"
    APPROVE_WITH_EDITS = "approve_with_edits"
    EXCLUDE_BUT_PAY = "exclude_but_pay"
    ASK_FOR_CHANGES = "ask_for_changes"
    REJECT = "reject"


class Review(Record, Base, kw_only=True, eq=False, repr=False):
    """One check of one round of a Submission; a verdict acts at `acts_at` and can be undone until then."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("submission_id", "round"),
        Index("ix_reviews_queue", "due_at", "id", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
        Index(
            "uq_reviews_one_open",
            "reviewer_id",
            unique=True,
            sqlite_where=_HANDS_ON,
            postgresql_where=_HANDS_ON,
        ),
        Index("ix_reviews_locked_until", "locked_until", sqlite_where=_HANDS_ON, postgresql_where=_HANDS_ON),
        Index("ix_reviews_acts_at", "acts_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_reviews_reviewer", "reviewer_id", "id"),
        CheckConstraint(
            "state NOT IN ('open', 'pending', 'decided') OR reviewer_id IS NOT NULL",
            name="served_to_somebody",
        ),
        CheckConstraint("state NOT IN ('pending', 'decided') OR verdict IS NOT NULL", name="decided_somehow"),
    )

    submission: Mapped[Submission] = relationship(lazy="raise")
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), init=False)
    reviewer: Mapped[User | None] = relationship(lazy="raise", default=None)
    # of a queued one: who had it last, so that a verdict which comes late finds it again
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    round: Mapped[int]
    fee_minor: Mapped[Minor]
    due_at: Mapped[datetime]  # when the clock approves the submission: the queue's order
    state: Mapped[ReviewState] = mapped_column(default=R.QUEUED, init=False)
    came_from: Mapped[SubmissionState | None] = mapped_column(default=None)  # where putting back leads to
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    verdict: Mapped[Verdict | None] = mapped_column(default=None)
    reason_code: Mapped[str | None] = mapped_column(default=None)
    clauses: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)  # {"numbers": [1, 4]}
    note: Mapped[str] = mapped_column(default="")
    acts_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: ReviewState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(REVIEW_MOVES, self.state, to, thing="review")


class StepAside(Record, Base, kw_only=True, eq=False, repr=False):
    """A reviewer gave a submission back with a reason: no round of it is served to them again."""

    __tablename__ = "step_asides"
    __table_args__ = (UniqueConstraint("submission_id", "user_id"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    round: Mapped[int]
    reason: Mapped[str]


class FeedbackLook(Record, Base, kw_only=True, eq=False, repr=False):
    """When an expert last looked at what reviewers wrote to them on a project."""

    __tablename__ = "feedback_looks"
    __table_args__ = (UniqueConstraint("user_id", "project_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"))
    looked_at: Mapped[datetime]
