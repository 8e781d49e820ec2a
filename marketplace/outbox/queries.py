"""Every SELECT on messages and inbox facts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.kit.pages import Page, page
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


def given_up(session: Session, mark: str | None) -> Page[OutboxMessage]:
    """Messages that failed at every try, newest first; a person has to look."""
    statement = select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
    return page(session, statement, [OutboxMessage.id], mark=mark, key_of=lambda row: [row.id])


def facts_behind(session: Session, messages: Sequence[OutboxMessage]) -> dict[uuid.UUID, InboxFact]:
    """Message -> the fact from outside it works off; most have none."""
    said = {one.id: one.payload.get("fact_id") for one in messages}
    wanted = {message_id: uuid.UUID(fact_id) for message_id, fact_id in said.items() if fact_id}
    found = session.scalars(select(InboxFact).where(InboxFact.id.in_(wanted.values()))).all()
    facts = {fact.id: fact for fact in found}
    return {one: facts[fact_id] for one, fact_id in wanted.items() if fact_id in facts}


def lock_message(session: Session, message_id: uuid.UUID) -> OutboxMessage | None:
    """One message, locked."""
    return session.scalar(select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update())


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
