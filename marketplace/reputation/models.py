"""Counts of decided work per expert and task type."""

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit.database import Base, Record


class Reputation(Record, Base, kw_only=True, eq=False, repr=False):
    """What past work says about one User in one task type."""

    __tablename__ = "reputations"
    __table_args__ = (UniqueConstraint("user_id", "task_type"),)

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    task_type: Mapped[str]
    approved_count: Mapped[int] = mapped_column(default=0)
    first_time_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
