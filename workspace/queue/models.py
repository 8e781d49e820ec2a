"""Batches, tasks, who had a part in them, assignments, and what a company withdrew."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.applications.models.joining import Engagement
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record
from marketplace.projects.models import GuidelineVersion, Project

LEFT = "left"  # why an assignment was released: the next task was given back unopened
BROKEN = "prompt_unclear"  # the reason that speaks against the task itself
WITHDRAWN = "withdrawn"  # why an assignment was cancelled that somebody worked on: it is paid for
_AVAILABLE = text("state = 'available'")
_ACTIVE = text("state = 'active'")
_HELD = text("state = 'held'")
_LIVE = text("state IN ('active', 'held')")


class TaskImportState(enum.Enum):
    """A file is looked at first and imports nothing until it is confirmed."""

    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class TaskImport(Record, Base, kw_only=True, eq=False, repr=False):
    """One uploaded file of tasks and what the dry run found in it, line by line."""

    __tablename__ = "task_imports"
    __table_args__ = (Index("ix_task_imports_project", "project_id", "id"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    file_name: Mapped[str]
    file_format: Mapped[str]  # "jsonl" or "csv"
    storage_key: Mapped[str]
    sha256: Mapped[str]
    good_count: Mapped[int]
    bad_count: Mapped[int]
    duplicate_count: Mapped[int]
    report: Mapped[
        Json
    ]  # {"bad": [{"line", "place", "problem"}], "left_out", "warnings", "first", "columns"}
    mapping: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)  # field -> columns
    state: Mapped[TaskImportState] = mapped_column(default=TaskImportState.CHECKED)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("batches.id"), default=None)


class BatchState(enum.Enum):
    """The states of domain.md 3.14."""

    STAGING = "staging"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Batch(Record, Base, kw_only=True, eq=False, repr=False):
    """Tasks imported and released together."""

    __tablename__ = "batches"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    number: Mapped[int]
    file_name: Mapped[str]
    task_count: Mapped[int]
    state: Mapped[BatchState] = mapped_column(default=BatchState.STAGING)


class TaskState(enum.Enum):
    """The states of domain.md 3.5."""

    STAGED = "staged"
    AVAILABLE = "available"
    SATURATED = "saturated"
    DONE = "done"
    QUARANTINED = "quarantined"
    WITHDRAWN = "withdrawn"


T = TaskState
TASK_MOVES = states.table(
    T,
    {
        T.STAGED: {T.AVAILABLE, T.WITHDRAWN},
        T.AVAILABLE: {T.SATURATED, T.DONE, T.QUARANTINED, T.WITHDRAWN},
        T.SATURATED: {T.AVAILABLE, T.DONE, T.QUARANTINED, T.WITHDRAWN},
        T.DONE: {T.AVAILABLE},
        T.QUARANTINED: {T.AVAILABLE, T.WITHDRAWN},
        T.WITHDRAWN: set(),
    },
)


class Task(Record, Base, kw_only=True, eq=False, repr=False):
    """One unit of work, `overlap` opinions wanted; `taken_count` slots are filled or being filled."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("project_id", "external_id"),
        Index(
            "ix_tasks_available",
            "project_id",
            "position",
            sqlite_where=_AVAILABLE,
            postgresql_where=_AVAILABLE,
        ),
        Index("ix_tasks_project", "project_id", "state", "position"),
        UniqueConstraint("project_id", "position"),
        CheckConstraint("taken_count BETWEEN 0 AND overlap", name="never_more_than_n"),
        CheckConstraint("approved_count BETWEEN 0 AND taken_count", name="approved"),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    batch: Mapped[Batch] = relationship(lazy="raise")
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batches.id"), init=False, index=True)
    external_id: Mapped[str]
    position: Mapped[int]
    task_type: Mapped[str]
    type_version: Mapped[int]
    payload: Mapped[Json]
    payload_sha256: Mapped[str]
    overlap: Mapped[int]
    taken_count: Mapped[int] = mapped_column(default=0)
    approved_count: Mapped[int] = mapped_column(default=0)
    state: Mapped[TaskState] = mapped_column(default=T.STAGED, init=False)
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)  # older words against it do not count

    def move(self, to: TaskState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(TASK_MOVES, self.state, to, thing="task")


class Part(enum.Enum):
    """What a person did on a task: nobody is author and judge of the same one."""

    AUTHOR = "author"
    REVIEWER = "reviewer"


class TaskPart(Record, Base, kw_only=True, eq=False, repr=False):
    """One person's one part in a task; claims and reviews both write here, release removes the row."""

    __tablename__ = "task_parts"
    __table_args__ = (UniqueConstraint("task_id", "user_id"), Index("ix_task_parts_user", "user_id"))

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    part: Mapped[Part]


class AssignmentState(enum.Enum):
    """The states of domain.md 3.6."""

    HELD = "held"
    ACTIVE = "active"
    SUBMITTED = "submitted"
    RELEASED = "released"
    STOPPED = "stopped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


G = AssignmentState
ASSIGNMENT_MOVES = states.table(
    G,
    {
        G.HELD: {G.ACTIVE, G.RELEASED, G.CANCELLED},
        G.ACTIVE: {G.SUBMITTED, G.RELEASED, G.STOPPED, G.EXPIRED, G.CANCELLED},
        G.SUBMITTED: {G.ACTIVE},
        G.RELEASED: set(),
        G.STOPPED: set(),
        G.EXPIRED: set(),
        G.CANCELLED: set(),
    },
)


class Assignment(Record, Base, kw_only=True, eq=False, repr=False):
    """A task held by one expert until `expires_at`; price, fees and guideline version are frozen here."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_one_active",
            "user_id",
            "project_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("uq_assignments_one_held", "user_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_assignments_deadline", "expires_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_assignments_user", "user_id", "id"),
        Index("ix_assignments_task", "task_id"),
        Index("ix_assignments_project", "project_id", "state"),
        # stopping half way: once a day on a project, whatever runs side by side
        Index("uq_assignments_one_stop_a_day", "user_id", "project_id", "stopped_on", unique=True),
    )

    task: Mapped[Task] = relationship(lazy="raise")
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks.id"), init=False)
    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    engagement: Mapped[Engagement] = relationship(lazy="raise")
    engagement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("engagements.id"), init=False)
    guideline: Mapped[GuidelineVersion] = relationship(lazy="raise")
    guideline_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guideline_versions.id"), init=False)
    price_minor: Mapped[Minor]
    fee_minor: Mapped[Minor]
    review_fee_minor: Mapped[Minor]
    pay_rule_sha256: Mapped[str]
    minutes: Mapped[int]
    display_seed: Mapped[int]
    state: Mapped[AssignmentState]
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # of a held one: when it is given back
    extensions: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    end_note: Mapped[str] = mapped_column(default="")
    stopped_on: Mapped[date | None] = mapped_column(default=None)  # the day (UTC) of stopping half way
    # a question pauses the deadline once: `expires_at` holds the whole pause, an early answer shortens it
    paused_at: Mapped[datetime | None] = mapped_column(default=None)
    paused_until: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: AssignmentState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(ASSIGNMENT_MOVES, self.state, to, thing="assignment")


class Withdrawal(Record, Base, kw_only=True, eq=False, repr=False):
    """A company withdrew a task, a batch or (neither named) all of a project; it stays as it was written."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        Index("ix_withdrawals_newest_of", "project_id", "created_at", "id"),
        CheckConstraint("batch_id IS NULL OR task_id IS NULL", name="one_scope"),
        CheckConstraint("task_count >= 0 AND people_count >= 0", name="counts"),
        CheckConstraint("about_minor >= 0 AND about_minor <= most_minor", name="amounts"),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("batches.id"), default=None)
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tasks.id"), default=None)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    reason: Mapped[str]  # experts read it
    task_count: Mapped[int]
    people_count: Mapped[int]  # at work on them then
    about_minor: Mapped[Minor]  # what it cost by the time that was counted then
    most_minor: Mapped[Minor]  # what was reserved for them then
