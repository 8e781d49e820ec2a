"""Every SELECT on messages and inbox facts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.outbox.models import InboxFact, MessageState, OutboxMessage, ScheduleSlot


def claim_next(session: Session, at: datetime) -> OutboxMessage | None:
    """The oldest due message nobody holds.  SQLite ignores FOR UPDATE: there BEGIN IMMEDIATE is the lock."""
    return session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.state == MessageState.DUE, OutboxMessage.due_at <= at)
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def something_is_due(session: Session, at: datetime) -> bool:
    """Whether any message waits: a look that takes no lock."""
    return (
        session.scalar(
            select(OutboxMessage.id)
            .where(OutboxMessage.state == MessageState.DUE, OutboxMessage.due_at <= at)
            .limit(1)
        )
        is not None
    )


def still_held(session: Session, message_id: uuid.UUID, attempt: int) -> OutboxMessage | None:
    """The message, if our lease on it is still the latest."""
    return session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.attempts == attempt,
            OutboxMessage.state == MessageState.DUE,
        )
        .with_for_update()
    )


def inbox_fact(session: Session, fact_id: uuid.UUID) -> InboxFact | None:
    """One stored fact from outside."""
    return session.get(InboxFact, fact_id)


def dead(session: Session) -> Sequence[OutboxMessage]:
    """Messages given up on, newest first; a person has to look."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == MessageState.DEAD)
        .order_by(OutboxMessage.created_at.desc())
        .limit(50)
    ).all()


def waiting_count(session: Session, at: datetime) -> int:
    """How many messages are due at this moment."""
    count = session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(OutboxMessage.state == MessageState.DUE, OutboxMessage.due_at <= at)
    )
    return count or 0


def forget_done(session: Session, before: datetime) -> None:
    """Delete messages done and slots fired before this moment."""
    session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.state == MessageState.DONE, OutboxMessage.created_at < before
        )
    )
    session.execute(delete(ScheduleSlot).where(ScheduleSlot.slot < before))
