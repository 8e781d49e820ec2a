"""Messages promised, facts received, firings of the schedule."""

import enum
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit import clock
from marketplace.kit.database import Base, Json, Record

_DUE, _DEAD = text("state = 'due'"), text("state = 'dead'")


class MessageState(enum.Enum):
    """Due until it is done, or dead after its last try."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"


class OutboxMessage(Record, Base, kw_only=True, eq=False, repr=False):
    """A promise, made in the transaction of the fact that caused it."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_due", "due_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_outbox_messages_dead", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
    )

    handler: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[Json]
    due_at: Mapped[datetime] = mapped_column(default_factory=clock.now, insert_default=clock.now)
    state: Mapped[MessageState] = mapped_column(default=MessageState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)


class InboxFact(Record, Base, kw_only=True, eq=False, repr=False):
    """A fact from outside, stored once however often it is told."""

    __tablename__ = "inbox_facts"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    source: Mapped[str]
    external_id: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[Json]
    processed_at: Mapped[datetime | None] = mapped_column(default=None)


class ScheduleSlot(Base, kw_only=True, eq=False, repr=False):
    """One firing of one schedule entry, by whichever worker was first."""

    __tablename__ = "schedule_slots"

    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
