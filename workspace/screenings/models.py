"""Answers to the items of a screening with their kept versions, marks, gradings, appeals."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.applications.models.screenings import Screening
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record


class ScreeningAnswer(Record, Base, kw_only=True, eq=False, repr=False):
    """What somebody wrote on one item; `rev` grows with each save, an older tab is told (409)."""

    __tablename__ = "screening_answers"
    __table_args__ = (UniqueConstraint("screening_id", "item_id"),)

    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_items.id"))
    rev: Mapped[int] = mapped_column(default=0)
    answer: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)
    note: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime | None] = mapped_column(default=None)


class ScreeningAnswerRevision(Record, Base, kw_only=True, eq=False, repr=False):
    """One kept version of an answer; the newest are kept."""

    __tablename__ = "screening_answer_revisions"
    __table_args__ = (UniqueConstraint("answer_id", "rev"),)

    answer_of: Mapped[ScreeningAnswer] = relationship(lazy="raise")
    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_answers.id"), init=False)
    rev: Mapped[int]
    answer: Mapped[Json]
    at: Mapped[datetime]


class ScreeningMark(Record, Base, kw_only=True, eq=False, repr=False):
    """Whether one item was met: by its key (`by_id` is None) or by a reviewer, who says why in a sentence."""

    __tablename__ = "screening_marks"
    __table_args__ = (
        UniqueConstraint("screening_id", "item_id"),
        CheckConstraint("score_bps BETWEEN 0 AND 10000", name="score"),
        CheckConstraint("by_id IS NULL OR sentence <> ''", name="said_why"),
    )

    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_items.id"))
    is_met: Mapped[bool]
    score_bps: Mapped[int]
    sentence: Mapped[str] = mapped_column(default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), default=None)


class ScreeningGrading(Record, Base, kw_only=True, eq=False, repr=False):
    """What one reviewer found: marks, or no effort; two different people before a refusal."""

    __tablename__ = "screening_gradings"
    __table_args__ = (
        UniqueConstraint("screening_id", "number"),
        UniqueConstraint("screening_id", "by_id"),
        Index("ix_screening_gradings_by", "by_id", "id"),
        CheckConstraint("number IN (1, 2)", name="two_people"),
        CheckConstraint("NOT no_effort OR note <> ''", name="said_why"),
    )

    screening: Mapped[Screening] = relationship(lazy="raise")
    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"), init=False)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    number: Mapped[int]
    no_effort: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    fee_minor: Mapped[Minor]
    at: Mapped[datetime]


class ScreeningDraw(Record, Base, kw_only=True, eq=False, repr=False):
    """Who grades which screening now: one each, until `until`."""

    __tablename__ = "screening_draws"
    __table_args__ = (UniqueConstraint("screening_id"), UniqueConstraint("user_id"))

    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    until: Mapped[datetime]


class ScreeningStepAside(Record, Base, kw_only=True, eq=False, repr=False):
    """A reviewer gave a grading back: it does not come to them again."""

    __tablename__ = "screening_step_asides"
    __table_args__ = (UniqueConstraint("screening_id", "user_id"),)

    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]


class AppealState(enum.Enum):
    """The states of domain.md 3.9 that an appeal against a refused screening takes."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


APPEAL_MOVES = states.table(
    AppealState,
    {
        AppealState.OPEN: {AppealState.DECIDED, AppealState.WITHDRAWN},
        AppealState.DECIDED: set(),
        AppealState.WITHDRAWN: set(),
    },
)


class ScreeningAppeal(Record, Base, kw_only=True, eq=False, repr=False):
    """An expert says why a refused screening was work; decided by a person, or late: for the expert."""

    __tablename__ = "screening_appeals"
    __table_args__ = (
        Index("ix_screening_appeals_state", "state", "id"),
        CheckConstraint("(state = 'decided') = (is_won IS NOT NULL)", name="decided"),
        CheckConstraint("decided_by_id IS NULL OR reasons <> ''", name="said_why"),
    )

    screening: Mapped[Screening] = relationship(lazy="raise")
    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"), init=False, unique=True)
    statement: Mapped[str]
    state: Mapped[AppealState] = mapped_column(default=AppealState.OPEN, init=False)
    is_won: Mapped[bool | None] = mapped_column(default=None)
    reasons: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    def move(self, to: AppealState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(APPEAL_MOVES, self.state, to, thing="appeal")
