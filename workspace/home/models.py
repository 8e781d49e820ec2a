"""The steps of a beginner that somebody does not want to see."""

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.database import Base, Record


class SkippedStep(Record, Base, kw_only=True, eq=False, repr=False):
    """A step a person put aside; they can bring it back."""

    __tablename__ = "skipped_steps"
    __table_args__ = (UniqueConstraint("user_id", "step"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    step: Mapped[str]
