"""Promised bonuses and who was paid one; bonuses given by hand.  Triggers keep it as it was written."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record
from marketplace.projects.models import Project


class BonusState(enum.Enum):
    """Open until everybody who met it is paid and the rest is back in the budget."""

    OPEN = "open"
    OVER = "over"


BONUS_MOVES = states.table(BonusState, {BonusState.OPEN: {BonusState.OVER}, BonusState.OVER: set()})


class BonusRule(Record, Base, kw_only=True, eq=False, repr=False):
    """`amount_minor` to each of the first `places` people with `answers` approved answers.

    Answers count that were handed in from `starts_at` on and before `ends_at`.  The database refuses every
    change but a later end, one more person paid, and the end, which it refuses before its time.
    """

    __tablename__ = "bonus_rules"
    __table_args__ = (
        Index("ix_bonus_rules_project", "project_id", "state"),
        Index("ix_bonus_rules_newest_of", "project_id", "created_at", "id"),
        Index("ix_bonus_rules_newest", "created_at", "id"),
        Index("ix_bonus_rules_state", "state", "ends_at"),
        CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name="amounts"),
        CheckConstraint("answers > 0 AND places > 0", name="shape"),
        CheckConstraint("paid_count >= 0 AND paid_count <= places", name="never_more_than_promised"),
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        CheckConstraint("(state = 'over') = (over_at IS NOT NULL)", name="over_has_its_time"),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    amount_minor: Mapped[Minor]  # to each person
    fee_minor: Mapped[Minor]  # of the platform, on top of each
    currency: Mapped[str] = mapped_column(default="usd")
    answers: Mapped[int]
    places: Mapped[int]
    paid_count: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[BonusState] = mapped_column(default=BonusState.OPEN)
    over_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def unit_minor(self) -> int:
        """What one person costs: bonus and platform fee, in minor units."""
        return self.amount_minor + self.fee_minor

    @property
    def maximum_minor(self) -> int:
        """What was reserved when it was published, in minor units."""
        return self.unit_minor * self.places

    @property
    def left(self) -> int:
        """Places nobody has yet."""
        return self.places - self.paid_count

    @property
    def held_minor(self) -> int:
        """What it still holds of the project's reserved money, in minor units."""
        return self.unit_minor * self.left if self.state is BonusState.OPEN else 0

    def move(self, to: BonusState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(BONUS_MOVES, self.state, to, thing="bonus")


class BonusPayment(Record, Base, kw_only=True, eq=False, repr=False):
    """One person's place in a promised bonus, paid; written once, never changed."""

    __tablename__ = "bonus_payments"
    __table_args__ = (
        UniqueConstraint("rule_id", "user_id"),
        UniqueConstraint("rule_id", "place"),
        CheckConstraint("place > 0", name="place"),
    )

    rule: Mapped[BonusRule] = relationship(lazy="raise")
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bonus_rules.id"), init=False)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    place: Mapped[int]
    met_at: Mapped[datetime]  # when the last answer it takes was approved


class GivenBonus(Record, Base, kw_only=True, eq=False, repr=False):
    """A bonus that a company gave one person at once, out of the budget; written once, never changed.

    Its id is the key of the form, so that a form sent twice gives once.
    """

    __tablename__ = "given_bonuses"
    __table_args__ = (
        Index("ix_given_bonuses_newest_of", "project_id", "created_at", "id"),
        Index("ix_given_bonuses_newest", "created_at", "id"),
        Index("ix_given_bonuses_person", "project_id", "user_id", "created_at"),
        CheckConstraint("amount_minor > 0 AND fee_minor >= 0 AND fee_minor <= amount_minor", name="amounts"),
        CheckConstraint("length(reason) BETWEEN 5 AND 500", name="reason"),
        CheckConstraint("by_id <> user_id", name="to_somebody_else"),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    amount_minor: Mapped[Minor]  # reaches the person whole
    fee_minor: Mapped[Minor]  # of the platform, on top
    currency: Mapped[str] = mapped_column(default="usd")
    reason: Mapped[str]  # the person reads it

    @property
    def cost_minor(self) -> int:
        """What it took out of the budget, in minor units."""
        return self.amount_minor + self.fee_minor
