"""Drafts and their revisions, submissions and theirs, counted time."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kit import states
from marketplace.kit.database import Base, Json, Record
from workspace.queue.models import Assignment

_LIVE = text("state <> 'undone'")
_WAITING = text("state = 'waiting'")


class Draft(Record, Base, kw_only=True, eq=False, repr=False):
    """Unsent text of an answer; `rev` grows with each save, an older tab is told (409)."""

    __tablename__ = "drafts"

    assignment: Mapped[Assignment] = relationship(lazy="raise")
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), init=False, unique=True)
    rev: Mapped[int] = mapped_column(default=0)
    answer: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)
    note: Mapped[str] = mapped_column(default="")
    confidence: Mapped[int | None] = mapped_column(default=None)
    active_seconds: Mapped[int] = mapped_column(default=0)
    # what the expert says it was, kept beside what was counted
    corrected_seconds: Mapped[int | None] = mapped_column(default=None)
    correction_note: Mapped[str] = mapped_column(default="", server_default="")
    saved_at: Mapped[datetime | None] = mapped_column(default=None)


class DraftRevision(Record, Base, kw_only=True, eq=False, repr=False):
    """One kept version of a Draft; the newest are kept."""

    __tablename__ = "draft_revisions"
    __table_args__ = (UniqueConstraint("draft_id", "rev"),)

    draft: Mapped[Draft] = relationship(lazy="raise")
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"), init=False)
    rev: Mapped[int]
    answer: Mapped[Json]
    at: Mapped[datetime]


class TimeEntry(Record, Base, kw_only=True, eq=False, repr=False):
    """Counted active time: a stretch of heartbeats with focus."""

    __tablename__ = "time_entries"
    __table_args__ = (Index("ix_time_entries_assignment", "assignment_id", "started_at"),)

    assignment: Mapped[Assignment] = relationship(lazy="raise")
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), init=False)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class TurnRole(enum.Enum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"


class TurnState(enum.Enum):
    """A reply is waited for until it is whole, stopped or failed; what a person says is whole."""

    WAITING = "waiting"
    WHOLE = "whole"
    STOPPED = "stopped"
    FAILED = "failed"


class ConversationTurn(Record, Base, kw_only=True, eq=False, repr=False):
    """One message of a conversation with a model; `parent` is the number of the turn it follows.

    Replies to one message are its runs, counted from 1.  One reply at a time is under way.
    """

    __tablename__ = "conversation_turns"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        Index(
            "uq_conversation_turns_one_waiting",
            "assignment_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        CheckConstraint("number > 0 AND run > 0 AND (parent IS NULL OR parent < number)", name="order"),
        CheckConstraint("role = 'assistant' OR (state = 'whole' AND run = 1)", name="said"),
        CheckConstraint("role = 'user' OR parent IS NOT NULL", name="answers"),
    )

    assignment: Mapped[Assignment] = relationship(lazy="raise")
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), init=False)
    number: Mapped[int]
    parent: Mapped[int | None]
    role: Mapped[TurnRole]
    run: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[TurnState] = mapped_column(default=TurnState.WHOLE)
    problem: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    alive_at: Mapped[datetime | None] = mapped_column(default=None)  # whoever waits for a reply says so
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class SubmissionState(enum.Enum):
    """The states of domain.md 3.7."""

    SUBMITTED = "submitted"
    UNDONE = "undone"
    IN_REVIEW = "in_review"
    SECOND_LOOK = "second_look"
    CHANGES_REQUESTED = "changes_requested"
    RESUBMITTED = "resubmitted"
    FINAL_REVIEW = "final_review"
    ADJUDICATION = "adjudication"
    APPROVED = "approved"
    AUTO_APPROVED = "auto_approved"
    APPROVED_ON_APPEAL = "approved_on_appeal"
    EXCLUDED_PAID = "excluded_paid"
    REJECTED = "rejected"
    FINAL_REJECTED = "final_rejected"


S = SubmissionState
WAITING = {S.SUBMITTED, S.RESUBMITTED, S.FINAL_REVIEW, S.SECOND_LOOK}
GOOD = {S.APPROVED, S.AUTO_APPROVED, S.APPROVED_ON_APPEAL}
SUBMISSION_MOVES = states.table(
    S,
    {
        S.SUBMITTED: {S.IN_REVIEW, S.UNDONE, S.AUTO_APPROVED},
        S.RESUBMITTED: {S.IN_REVIEW, S.AUTO_APPROVED},
        S.FINAL_REVIEW: {S.IN_REVIEW, S.AUTO_APPROVED},
        S.SECOND_LOOK: {S.IN_REVIEW, S.AUTO_APPROVED},
        S.IN_REVIEW: WAITING | {S.APPROVED, S.EXCLUDED_PAID, S.CHANGES_REQUESTED, S.REJECTED, S.ADJUDICATION},
        S.CHANGES_REQUESTED: {S.RESUBMITTED, S.FINAL_REVIEW},
        S.ADJUDICATION: {S.APPROVED, S.EXCLUDED_PAID, S.REJECTED, S.AUTO_APPROVED},
        S.REJECTED: {S.APPROVED, S.APPROVED_ON_APPEAL, S.EXCLUDED_PAID, S.FINAL_REJECTED},
        S.FINAL_REJECTED: {S.APPROVED_ON_APPEAL, S.EXCLUDED_PAID},
        S.UNDONE: set(),
        S.APPROVED: set(),
        S.AUTO_APPROVED: set(),
        S.EXCLUDED_PAID: set(),
        S.APPROVED_ON_APPEAL: set(),
    },
)


class Submission(Record, Base, kw_only=True, eq=False, repr=False):
    """An answer handed in; `due_at` is when the clock decides: approval, final review or final rejection."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(
            "uq_submissions_one_live",
            "assignment_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_submissions_due", "state", "due_at"),
        Index("ix_submissions_task", "task_id"),
        Index("ix_submissions_user", "user_id", "id"),
        Index("ix_submissions_project", "project_id", "state", "id"),
        Index("ix_submissions_newest", "project_id", "id"),
    )

    assignment: Mapped[Assignment] = relationship(lazy="raise")
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), init=False)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[Json]
    note: Mapped[str]
    confidence: Mapped[int | None]
    confirmed: Mapped[Json]  # {"warnings": [codes the expert ticked]}
    active_seconds: Mapped[int]
    submitted_at: Mapped[datetime]
    by_deadline: Mapped[bool] = mapped_column(default=False)
    round: Mapped[int] = mapped_column(default=0)
    changes_left: Mapped[int]
    state: Mapped[SubmissionState] = mapped_column(default=S.SUBMITTED, init=False)
    auto_approve_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    corrected_seconds: Mapped[int | None] = mapped_column(default=None)
    correction_note: Mapped[str] = mapped_column(default="", server_default="")

    def move(self, to: SubmissionState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(SUBMISSION_MOVES, self.state, to, thing="submission")


class SubmissionRevision(Record, Base, kw_only=True, eq=False, repr=False):
    """The answer of one round, kept as it was handed in."""

    __tablename__ = "submission_revisions"
    __table_args__ = (UniqueConstraint("submission_id", "round"),)

    submission: Mapped[Submission] = relationship(lazy="raise")
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), init=False)
    round: Mapped[int]
    answer: Mapped[Json]
    note: Mapped[str]
    at: Mapped[datetime]
