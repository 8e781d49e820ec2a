"""What a person agreed to see, and stretches of time in which they saw it."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.database import Base, Record


class ContentChoice(Record, Base, kw_only=True, eq=False, repr=False):
    """One person's answer to one class of sensitive content; taken back is `revoked_at`."""

    __tablename__ = "content_choices"
    __table_args__ = (UniqueConstraint("user_id", "content_class"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    content_class: Mapped[str]
    text_version: Mapped[int]
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class Exposure(Record, Base, kw_only=True, eq=False, repr=False):
    """A stretch of active time on sensitive content, as expert or as reviewer."""

    __tablename__ = "exposures"
    __table_args__ = (Index("ix_exposures_user", "user_id", "ended_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
