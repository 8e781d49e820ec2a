"""Notices: what a person is told."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit.database import Base, Record

_UNREAD = text("read_at IS NULL")


class Notice(Record, Base, kw_only=True, eq=False, repr=False):
    """One sentence for one person, in the bell and, unless it says otherwise, by e-mail."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_user", "user_id", "id"),
        Index("ix_notices_unread", "user_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    path: Mapped[str]
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    emailed_at: Mapped[datetime | None] = mapped_column(default=None)
