"""Every SELECT about conversations with a model."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from workspace.queue.models import Assignment
from workspace.submissions.models import ConversationTurn, TurnRole, TurnState


def turns_of(session: Session, assignment_id: uuid.UUID) -> Sequence[ConversationTurn]:
    """All turns of an assignment in their order, those under way or lost as well."""
    return session.scalars(
        select(ConversationTurn)
        .where(ConversationTurn.assignment_id == assignment_id)
        .order_by(ConversationTurn.number)
    ).all()


def waiting_of(session: Session, assignment_id: uuid.UUID) -> ConversationTurn | None:
    """The reply that is under way."""
    return session.scalar(
        select(ConversationTurn).where(
            ConversationTurn.assignment_id == assignment_id, ConversationTurn.state == TurnState.WAITING
        )
    )


def turn(session: Session, turn_id: uuid.UUID) -> ConversationTurn | None:
    """The turn with its assignment, for callers that have checked who asks."""
    return session.scalar(
        select(ConversationTurn)
        .where(ConversationTurn.id == turn_id)
        .options(joinedload(ConversationTurn.assignment))
        .execution_options(populate_existing=True)
    )


def say_alive(session: Session, turn_id: uuid.UUID, now: datetime) -> None:
    """Note that somebody still waits for this reply; nothing happens once it is written down."""
    session.execute(
        update(ConversationTurn)
        .where(ConversationTurn.id == turn_id, ConversationTurn.state == TurnState.WAITING)
        .values(alive_at=now)
    )


def count(session: Session, assignment_id: uuid.UUID) -> int:
    """How often a model was asked in an assignment, replies that failed included."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ConversationTurn)
            .where(
                ConversationTurn.assignment_id == assignment_id,
                ConversationTurn.role == TurnRole.ASSISTANT,
            )
        )
        or 0
    )


def count_since(session: Session, user_id: uuid.UUID, project_id: uuid.UUID, moment: datetime) -> int:
    """How often a person has asked a model in a project since this moment, replies that failed included."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ConversationTurn)
            .join(ConversationTurn.assignment)
            .where(
                Assignment.user_id == user_id,
                Assignment.project_id == project_id,
                ConversationTurn.role == TurnRole.ASSISTANT,
                ConversationTurn.started_at >= moment,
            )
        )
        or 0
    )


def take_along(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give the conversation of one assignment to another one of the same person on the same task."""
    session.execute(
        update(ConversationTurn).where(ConversationTurn.assignment_id == old).values(assignment_id=new)
    )
