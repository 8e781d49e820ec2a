"""Every SELECT on reputations."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.reputation.models import Reputation


def totals(session: Session, user_id: uuid.UUID) -> tuple[int, int, int]:
    """Approved, approved the first time, rejected, over all task types."""
    row = session.execute(
        select(
            func.coalesce(func.sum(Reputation.approved_count), 0),
            func.coalesce(func.sum(Reputation.first_time_count), 0),
            func.coalesce(func.sum(Reputation.rejected_count), 0),
        ).where(Reputation.user_id == user_id)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def of_user(session: Session, user_id: uuid.UUID) -> Sequence[Reputation]:
    """One row per task type the person has worked on."""
    return session.scalars(
        select(Reputation).where(Reputation.user_id == user_id).order_by(Reputation.task_type)
    ).all()


def add(
    session: Session, user_id: uuid.UUID, task_type: str, *, approved: int, first_time: int, rejected: int
) -> None:
    """Add to the counts in one statement, so that two decisions at once both count."""
    session.execute(
        update(Reputation)
        .where(Reputation.user_id == user_id, Reputation.task_type == task_type)
        .values(
            approved_count=Reputation.approved_count + approved,
            first_time_count=Reputation.first_time_count + first_time,
            rejected_count=Reputation.rejected_count + rejected,
        )
        .execution_options(synchronize_session=False)
    )


def add_gold(session: Session, user_id: uuid.UUID, task_type: str, *, right: int) -> None:
    """Add one answer to a task with a known answer, in one statement."""
    session.execute(
        update(Reputation)
        .where(Reputation.user_id == user_id, Reputation.task_type == task_type)
        .values(gold_count=Reputation.gold_count + 1, gold_right_count=Reputation.gold_right_count + right)
        .execution_options(synchronize_session=False)
    )
