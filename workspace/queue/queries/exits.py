"""How people left tasks: stopped half way, skipped, and for which reasons."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from workspace.queue.models import BROKEN, LEFT, WITHDRAWN, Assignment, AssignmentState, Task

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_LEFT_WITH_A_REASON = and_(
    Assignment.state.in_((AssignmentState.RELEASED, AssignmentState.STOPPED)),
    Assignment.end_reason.not_in(("", LEFT)),
)
_BEGUN = and_(
    Assignment.state.not_in((AssignmentState.HELD, AssignmentState.RELEASED)),
    or_(Assignment.state != AssignmentState.CANCELLED, Assignment.end_reason == WITHDRAWN),
)


def stop_history(
    session: Session, user_id: uuid.UUID, project_id: uuid.UUID, today: date
) -> tuple[int, int, int]:
    """How many tasks of the project this person began, stopped half way, and stopped today.

    A task given back, with a reason or without, is not begun: whoever skips could else stop all they begin.
    """
    stopped = Assignment.state == AssignmentState.STOPPED
    row = session.execute(
        select(_count(_BEGUN), _count(stopped), _count(Assignment.stopped_on == today)).where(
            Assignment.user_id == user_id, Assignment.project_id == project_id
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0), int(row[2] or 0)


def broken_people(session: Session, task: Task) -> int:
    """How many different people gave the task up as broken since it was last put back."""
    return (
        session.scalar(
            select(func.count(Assignment.user_id.distinct())).where(
                Assignment.task_id == task.id,
                _LEFT_WITH_A_REASON,
                Assignment.end_reason == BROKEN,
                Assignment.ended_at > (task.cleared_at or LONG_AGO),
            )
        )
        or 0
    )


def is_worked_on(session: Session, task_id: uuid.UUID) -> bool:
    """Whether somebody has the task in hand or held ahead."""
    live = (AssignmentState.ACTIVE, AssignmentState.HELD)
    there = exists().where(Assignment.task_id == task_id, Assignment.state.in_(live))
    return bool(session.scalar(select(there)))


def exit_reasons(
    session: Session, project_id: uuid.UUID, *, task_id: uuid.UUID | None = None
) -> Sequence[tuple[str, int, int]]:
    """Why tasks of the project (or this one) were left: (reason, skipped, stopped), the commonest first."""
    stopped = Assignment.state == AssignmentState.STOPPED
    statement = select(Assignment.end_reason, _count(~stopped), _count(stopped)).where(
        Assignment.project_id == project_id, _LEFT_WITH_A_REASON
    )
    if task_id is not None:
        statement = statement.where(Assignment.task_id == task_id)
    rows = session.execute(
        statement.group_by(Assignment.end_reason).order_by(func.count().desc(), Assignment.end_reason)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
