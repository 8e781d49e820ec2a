"""What the worker found when it proved the books: each look, and each rule that was broken."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.database import Base, Json, Record

_STANDS = sa.text("mended_at IS NULL")


class BooksCheck(Record, Base, kw_only=True, eq=False, repr=False):
    """One look at every rule of the books: how long it took, how many rules were broken."""

    __tablename__ = "books_checks"
    __table_args__ = (Index("ix_books_checks_created", "created_at"),)

    took_ms: Mapped[int]
    broken_count: Mapped[int]


class BrokenRule(Record, Base, kw_only=True, eq=False, repr=False):
    """A rule (I1, I2 ...) that does not hold, until a later look finds it mended; `lines` are the newest."""

    __tablename__ = "broken_rules"
    __table_args__ = (
        Index(
            "uq_broken_rules_standing", "rule", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS
        ),
    )

    rule: Mapped[str] = mapped_column(sa.String(8))
    lines: Mapped[Json]
    seen_at: Mapped[datetime]
    mended_at: Mapped[datetime | None] = mapped_column(default=None)
