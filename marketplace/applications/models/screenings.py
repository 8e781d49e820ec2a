"""Paid screening: what a project or a field asks, version by version, and who takes it.

Items are opaque here: the workspace knows their types.  docs/adr/0024 says how the parts fit.
"""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.applications.models.joining import Application
from marketplace.experts.models import Expert
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record
from marketplace.projects.models import Project

_DRAFT = text("published_at IS NULL")
_WAITING = text("due_at IS NOT NULL")


class ScreeningPlan(Record, Base, kw_only=True, eq=False, repr=False):
    """The screening of one project, or of one specialty; its content is in versions."""

    __tablename__ = "screening_plans"
    __table_args__ = (
        UniqueConstraint("project_id"),
        UniqueConstraint("specialty"),
        CheckConstraint("(project_id IS NULL) <> (specialty IS NULL)", name="project_or_specialty"),
    )

    project: Mapped[Project | None] = relationship(lazy="raise", default=None)
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("projects.id"), init=False)
    specialty: Mapped[str | None] = mapped_column(default=None)


class ScreeningVersion(Record, Base, kw_only=True, eq=False, repr=False):
    """One version of a plan: a draft until it is published, then never changed."""

    __tablename__ = "screening_versions"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        Index(
            "uq_screening_versions_draft",
            "plan_id",
            unique=True,
            sqlite_where=_DRAFT,
            postgresql_where=_DRAFT,
        ),
        CheckConstraint("pass_mark_bps BETWEEN 1 AND 10000", name="pass_mark"),
        CheckConstraint("limit_minutes BETWEEN 1 AND 480", name="limit_minutes"),
        CheckConstraint("pay_minor > 0", name="pay"),
        CheckConstraint("tries > 0 AND cool_down_days >= 0 AND valid_months > 0", name="again"),
    )

    plan: Mapped[ScreeningPlan] = relationship(lazy="raise")
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_plans.id"), init=False)
    number: Mapped[int]
    pass_mark_bps: Mapped[int]  # share of items that must be met
    limit_minutes: Mapped[int]
    pay_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    cool_down_days: Mapped[int]
    tries: Mapped[int]
    valid_months: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class ScreeningItem(Record, Base, kw_only=True, eq=False, repr=False):
    """One item of a version: marked by a known answer, or by a reviewer who is given `rubric`."""

    __tablename__ = "screening_items"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint("is_keyed OR rubric <> ''", name="somebody_marks"),
        CheckConstraint("passing_bps BETWEEN 1 AND 10000", name="passing"),
    )

    version: Mapped[ScreeningVersion] = relationship(lazy="raise")
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_versions.id"), init=False)
    position: Mapped[int]
    task_type: Mapped[str]
    type_version: Mapped[int]
    payload: Mapped[Json]
    is_keyed: Mapped[bool]
    gold: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)  # empty unless keyed
    passing_bps: Mapped[int] = mapped_column(default=8000)  # of a keyed item: how right is right
    explanation: Mapped[str] = mapped_column(default="")  # shown once the screening is decided
    rubric: Mapped[str] = mapped_column(default="")  # one sentence: what a good answer does
    task_id: Mapped[uuid.UUID | None] = mapped_column(
        default=None
    )  # where it was picked from, in the workspace


class ScreeningState(enum.Enum):
    """The states of domain.md 3.3."""

    OFFERED = "offered"
    STARTED = "started"
    GRADING = "grading"
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    UNPAID = "unpaid"
    RELEASED = "released"


S = ScreeningState
UNFINISHED = frozenset({S.OFFERED, S.STARTED, S.GRADING, S.REFUSED})  # these hold money
SCREENING_MOVES = states.table(
    S,
    {
        S.OFFERED: {S.STARTED, S.RELEASED},
        S.STARTED: {S.GRADING},
        S.GRADING: {S.PASSED, S.FAILED, S.REFUSED},
        S.REFUSED: {S.UNPAID, S.FAILED},
        S.PASSED: set(),
        S.FAILED: set(),
        S.UNPAID: set(),
        S.RELEASED: set(),
    },
)


class Screening(Record, Base, kw_only=True, eq=False, repr=False):
    """One person takes one version, paid for by the project they applied to; pay and fees are frozen here.

    `due_at` is when the clock decides: the offer lapses, the time limit, ungraded for too long, the appeal.
    """

    __tablename__ = "screenings"
    __table_args__ = (
        Index("ix_screenings_due", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_screenings_user", "user_id", "id"),
        Index("ix_screenings_project", "project_id", "state"),
        Index("ix_screenings_version", "version_id", "state"),
        CheckConstraint("pay_minor > 0 AND fee_minor >= 0 AND review_fee_minor >= 0", name="amounts"),
        CheckConstraint("score_bps IS NULL OR score_bps BETWEEN 0 AND 10000", name="score"),
        CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="ends"),
    )

    application: Mapped[Application] = relationship(lazy="raise")
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), init=False, unique=True)
    version: Mapped[ScreeningVersion] = relationship(lazy="raise")
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_versions.id"), init=False)
    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    pay_minor: Mapped[Minor]
    fee_minor: Mapped[Minor]
    review_fee_minor: Mapped[Minor]  # 0 when keys mark all of it
    currency: Mapped[str]
    display_seed: Mapped[int]
    state: Mapped[ScreeningState] = mapped_column(default=S.OFFERED, init=False)
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    handed_in_at: Mapped[datetime | None] = mapped_column(default=None)
    by_deadline: Mapped[bool] = mapped_column(default=False)
    score_bps: Mapped[int | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def held_minor(self) -> int:
        """What it reserved, in minor units."""
        return self.pay_minor + self.fee_minor + self.review_fee_minor

    def move(self, to: ScreeningState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(SCREENING_MOVES, self.state, to, thing="screening")
