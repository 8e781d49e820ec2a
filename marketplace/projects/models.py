"""Projects, their guidelines and the money set aside for them."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record


class ProjectState(enum.Enum):
    """The states of domain.md 3.1."""

    DRAFT = "draft"
    IN_CHECK = "in_check"
    AWAITING_FUNDS = "awaiting_funds"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


P = ProjectState
PROJECT_MOVES = states.table(
    P,
    {
        P.DRAFT: {P.IN_CHECK, P.AWAITING_FUNDS, P.CANCELLED},
        P.IN_CHECK: {P.AWAITING_FUNDS, P.DRAFT, P.CANCELLED},
        P.AWAITING_FUNDS: {P.OPEN, P.CANCELLED},
        P.OPEN: {P.PAUSED, P.CLOSING},
        P.PAUSED: {P.OPEN, P.CLOSING},
        P.CLOSING: {P.CLOSED},
        P.CLOSED: set(),
        P.CANCELLED: set(),
    },
)
PUBLIC = frozenset({P.OPEN, P.PAUSED, P.CLOSING, P.CLOSED})  # the page of the Job can be read
FUNDABLE = frozenset({P.IN_CHECK, P.AWAITING_FUNDS, P.OPEN, P.PAUSED})
UNOPENED = frozenset({P.DRAFT, P.IN_CHECK, P.AWAITING_FUNDS})


class Project(Record, Base, kw_only=True, eq=False, repr=False):
    """Prompts, guideline, rate, budget; while it is open and funded it is a Job on the board."""

    __tablename__ = "projects"
    __table_args__ = (
        Index("ix_projects_company", "company_id", "id"),
        Index("ix_projects_board", "state", "opened_at", "id"),
        Index("ix_projects_rules", "state", "rules_key"),
        CheckConstraint("price_minor > 0 AND fee_minor >= 0 AND review_fee_minor >= 0", name="amounts"),
        CheckConstraint("overlap BETWEEN 1 AND 15 AND minutes BETWEEN 1 AND 480", name="shape"),
        CheckConstraint("quota IS NULL OR quota > 0", name="quota"),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    task_type: Mapped[str]
    specialty: Mapped[str]
    tier: Mapped[str]
    tier_rank: Mapped[int]
    language: Mapped[str] = mapped_column(default="en")
    language_level: Mapped[str] = mapped_column(default="C1")  # of config.languages.LEVELS
    excluded_countries: Mapped[str] = mapped_column(default="")  # ISO 3166 alpha-2, sorted, with commas
    rules: Mapped[Json] = mapped_column(
        default_factory=dict, insert_default=dict
    )  # the company's; see policy.rules
    rules_key: Mapped[str] = mapped_column(
        default=""
    )  # equal where rules say the same about everybody; "": none
    quota: Mapped[int | None] = mapped_column(default=None)  # tasks one expert may take; None: any number
    by_hand: Mapped[bool] = mapped_column(default=False)  # the company chooses among who meets the rules
    minutes: Mapped[int]
    hourly_minor: Mapped[Minor]
    price_minor: Mapped[Minor]  # pay for one opinion on one task
    fee_minor: Mapped[Minor]
    review_fee_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    overlap: Mapped[int]
    auto_approve_hours: Mapped[int]
    options: Mapped[Json] = mapped_column(
        default_factory=dict, insert_default=dict
    )  # defaults of the type's payload
    content_classes: Mapped[str] = mapped_column(default="")  # declared ones, sorted, with commas
    content_note: Mapped[str] = mapped_column(default="")  # what exactly: printed on the job page
    state: Mapped[ProjectState] = mapped_column(default=P.DRAFT, init=False)
    state_reason: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)  # the last time it was sent to be opened
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of sensitive content the company declared."""
        return tuple(filter(None, self.content_classes.split(",")))

    @property
    def unit_minor(self) -> int:
        """What one claim reserves: pay, platform fee and one review fee, in minor units."""
        return self.price_minor + self.fee_minor + self.review_fee_minor

    def move(self, to: ProjectState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(PROJECT_MOVES, self.state, to, thing="project")


class GuidelineVersion(Record, Base, kw_only=True, eq=False, repr=False):
    """One fixed version of a project's guideline; it never changes once published."""

    __tablename__ = "guideline_versions"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None] = mapped_column(default=None)


class GuidelineClause(Record, Base, kw_only=True, eq=False, repr=False):
    """One numbered clause, with an example of what is right and what is not."""

    __tablename__ = "guideline_clauses"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    version: Mapped[GuidelineVersion] = relationship(lazy="raise")
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guideline_versions.id"), init=False)
    number: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    good: Mapped[str] = mapped_column(default="")
    bad: Mapped[str] = mapped_column(default="")


class GuidelineQuestion(Record, Base, kw_only=True, eq=False, repr=False):
    """What an expert asked about a project; the answer is read by all its experts beside the guideline.

    Companies never see who asked.  `task_id` and `assignment_id` say where, for rooms above this one.
    """

    __tablename__ = "guideline_questions"
    __table_args__ = (
        Index("ix_guideline_questions_project", "project_id", "id"),
        Index("ix_guideline_questions_asker", "asked_by_id", "created_at"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_or_not"),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    version: Mapped[GuidelineVersion] = relationship(lazy="raise")
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guideline_versions.id"), init=False)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    task_id: Mapped[uuid.UUID | None]
    assignment_id: Mapped[uuid.UUID | None]
    clause_number: Mapped[int | None]
    text: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class ContentReport(Record, Base, kw_only=True, eq=False, repr=False):
    """Somebody saw content that the project does not declare; closed when ops have looked."""

    __tablename__ = "content_reports"
    __table_args__ = (Index("ix_content_reports_project", "project_id", "id"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    by_reviewer: Mapped[bool]
    task_id: Mapped[uuid.UUID]  # of the workspace, which stands above
    content_class: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class ProjectFunding(Record, Base, kw_only=True, eq=False, repr=False):
    """Money moved between the company's wallet and the project's budget; negative amounts went back."""

    __tablename__ = "project_fundings"
    __table_args__ = (Index("ix_project_fundings_project", "project_id"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by: Mapped[User | None] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    amount_minor: Mapped[Minor]


class OpenAnswers(Record, Base, kw_only=True, eq=False, repr=False):
    """How many answers a project still wants from whoever claims next; no row: it has no tasks.

    Written by the workspace, which stands above, with every claim, end of a claim, import and batch.
    """

    __tablename__ = "open_answers"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), unique=True)
    free_count: Mapped[int] = mapped_column(default=0)  # of tasks that can be claimed now
    staged_count: Mapped[int] = mapped_column(default=0)  # of tasks that wait for their batch


class ModelEndpoint(Record, Base, kw_only=True, eq=False, repr=False):
    """The chat model experts of a project talk to.  The key is sealed; the server alone uses it."""

    __tablename__ = "model_endpoints"
    __table_args__ = (CheckConstraint("replies_a_day BETWEEN 1 AND 2000", name="replies"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), unique=True, init=False)
    url: Mapped[str]
    model: Mapped[str]
    sealed_key: Mapped[str] = mapped_column(default="")  # empty: the model needs none
    replies_a_day: Mapped[int]  # for each expert
    system_prompt: Mapped[str] = mapped_column(default="")
    updated_by: Mapped[User] = relationship(lazy="raise")
    updated_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    updated_at: Mapped[datetime]
    tested_at: Mapped[datetime | None] = mapped_column(default=None)
    test_passed: Mapped[bool] = mapped_column(default=False)
    test_said: Mapped[str] = mapped_column(default="")  # the reply, or why there was none
