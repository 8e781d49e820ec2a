"""Applications to a project, and the engagement that follows."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Record
from marketplace.projects.models import GuidelineVersion, Project

_OFFERED = text("state = 'offered'")
_LIVE = text("state IN ('received', 'in_screening', 'offered')")
_RECEIVED = text("state = 'received'")


class ApplicationState(enum.Enum):
    """The states of domain.md 3.2."""

    RECEIVED = "received"
    IN_SCREENING = "in_screening"
    OFFERED = "offered"
    ENGAGED = "engaged"
    CLOSED = "closed"


A = ApplicationState
APPLICATION_MOVES = states.table(
    A,
    {
        A.RECEIVED: {A.IN_SCREENING, A.OFFERED, A.CLOSED},
        A.IN_SCREENING: {A.OFFERED, A.CLOSED},
        A.OFFERED: {A.ENGAGED, A.CLOSED},
        A.ENGAGED: set(),
        A.CLOSED: set(),
    },
)


class Closed(enum.Enum):
    """Why an application is closed; `closed_reason` holds the value."""

    INELIGIBLE = "ineligible"
    NOT_CHOSEN = "not_chosen"  # by the company
    NO_ANSWER = "no_answer"  # the company's days are over
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    PROJECT_ENDED = "project_ended"
    NOT_PASSED = "not_passed"  # the screening
    SCREENING_DECLINED = "screening_declined"
    SCREENING_LAPSED = "screening_lapsed"


LIVE = frozenset({A.RECEIVED, A.IN_SCREENING, A.OFFERED})


class Application(Record, Base, kw_only=True, eq=False, repr=False):
    """An expert asks to join a project; one live row per expert and project."""

    __tablename__ = "applications"
    __table_args__ = (
        Index(
            "uq_applications_live",
            "expert_id",
            "project_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_applications_project", "project_id", "id"),
        Index("ix_applications_expert", "expert_id", "id"),
        Index("ix_applications_offers", "offer_ends_at", sqlite_where=_OFFERED, postgresql_where=_OFFERED),
        Index("ix_applications_answers", "answer_by", sqlite_where=_RECEIVED, postgresql_where=_RECEIVED),
    )

    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    state: Mapped[ApplicationState] = mapped_column(default=A.RECEIVED, init=False)
    closed_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    rules: Mapped[Json] = mapped_column(
        default_factory=dict, insert_default=dict
    )  # the tick list when it was judged
    offer_ends_at: Mapped[datetime | None] = mapped_column(default=None)
    answer_by: Mapped[datetime | None] = mapped_column(default=None)  # the company chooses by hand until then
    reason_code: Mapped[str] = mapped_column(default="")  # of config.choices, when not chosen
    reason: Mapped[str] = mapped_column(default="")  # the company's sentence; the expert reads it

    def move(self, to: ApplicationState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(APPLICATION_MOVES, self.state, to, thing="application")

    def close(self, reason: Closed, now: datetime) -> None:
        """End it, with why; Conflict (409) when it is over already."""
        self.move(A.CLOSED)
        self.closed_reason, self.closed_at = reason.value, now


class EngagementState(enum.Enum):
    """The states of domain.md 3.4."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ENDED = "ended"


E = EngagementState
ENGAGEMENT_MOVES = states.table(
    E,
    {
        E.ACTIVE: {E.SUSPENDED, E.ENDED},
        E.SUSPENDED: {E.ACTIVE, E.REVOKED, E.ENDED},
        E.REVOKED: set(),
        E.ENDED: {E.ACTIVE},  # a new offer was accepted: the same row begins again
    },
)


class Engagement(Record, Base, kw_only=True, eq=False, repr=False):
    """The right to work on a project; one row per expert and project, begun again after an end."""

    __tablename__ = "engagements"
    __table_args__ = (
        UniqueConstraint("expert_id", "project_id"),
        Index("ix_engagements_looked", "project_id", "looked_at"),
    )

    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False, index=True)
    acknowledged: Mapped[GuidelineVersion] = relationship(lazy="raise")
    acknowledged_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guideline_versions.id"), init=False)
    signed_at: Mapped[datetime]
    signed_name: Mapped[str]  # as the expert typed it under the terms
    terms_version: Mapped[str]
    looked_at: Mapped[datetime | None] = mapped_column(default=None)  # when they last came for work here
    state: Mapped[EngagementState] = mapped_column(default=E.ACTIVE, init=False)

    def move(self, to: EngagementState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(ENGAGEMENT_MOVES, self.state, to, thing="engagement")


class SavedJob(Record, Base, kw_only=True, eq=False, repr=False):
    """A job somebody keeps to look at again."""

    __tablename__ = "saved_jobs"
    __table_args__ = (UniqueConstraint("user_id", "project_id"), Index("ix_saved_jobs_user", "user_id", "id"))

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)


class Rhythm(enum.Enum):
    """How often a saved search tells of new jobs."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class SavedSearch(Record, Base, kw_only=True, eq=False, repr=False):
    """Filters of the board under a name; it tells of what opened after `told_until` and is not told yet."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        Index("ix_saved_searches_user", "user_id", "id"),
        Index("ix_saved_searches_due", "next_at"),
        CheckConstraint("(rhythm = 'never') = (next_at IS NULL)", name="due"),
    )

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    name: Mapped[str]
    filters: Mapped[Json]
    rhythm: Mapped[Rhythm]
    told_until: Mapped[datetime]
    next_at: Mapped[datetime | None]  # a morning where the person lives


class ToldProject(Record, Base, kw_only=True, eq=False, repr=False):
    """A job that a saved search has told of, or that was on the board when the search was saved."""

    __tablename__ = "told_projects"
    __table_args__ = (UniqueConstraint("search_id", "project_id"),)

    search_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("saved_searches.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"))
