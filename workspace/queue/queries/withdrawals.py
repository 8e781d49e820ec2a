"""What a company withdrew, who is still at work on it, and the tasks of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.kit.pages import Page, page
from workspace.queue.models import Assignment, Batch, BatchState, Task, TaskState, Withdrawal
from workspace.queue.queries.assignments import LIVE
from workspace.queue.queries.imports import move_all

OPEN = (TaskState.STAGED, TaskState.AVAILABLE, TaskState.SATURATED, TaskState.QUARANTINED)
GOING_ON = (BatchState.STAGING, BatchState.IN_PROGRESS, BatchState.PAUSED)
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """What is withdrawn: one task, one batch, or with neither all of a project."""

    project_id: uuid.UUID
    batch_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = None


def within(scope: Scope) -> ColumnElement[bool]:
    """Whether the Task of the statement belongs to what is withdrawn."""
    inside = [Task.project_id == scope.project_id]
    if scope.batch_id is not None:
        inside.append(Task.batch_id == scope.batch_id)
    if scope.task_id is not None:
        inside.append(Task.id == scope.task_id)
    return and_(*inside)


def withdrawal(session: Session, withdrawal_id: uuid.UUID) -> Withdrawal | None:
    """One withdrawal by id."""
    return session.get(Withdrawal, withdrawal_id)


def withdrawals_of(session: Session, project_id: uuid.UUID, *, mark: str | None) -> Page[Withdrawal]:
    """The withdrawals of a project, with who made them, newest first."""
    return page(
        session,
        select(Withdrawal).where(Withdrawal.project_id == project_id).options(joinedload(Withdrawal.by)),
        [Withdrawal.created_at, Withdrawal.id],  # the id is the key of a form
        mark=mark,
        key_of=lambda row: (row.created_at, row.id),
        size=SHOWN,
    )


def withdrawal_of(session: Session, task: Task) -> Withdrawal | None:
    """What withdrew this task: the first that names it, its batch or its project."""
    of_project = and_(Withdrawal.batch_id.is_(None), Withdrawal.task_id.is_(None))
    names_it = or_(of_project, Withdrawal.batch_id == task.batch_id, Withdrawal.task_id == task.id)
    return session.scalar(
        select(Withdrawal)
        .where(Withdrawal.project_id == task.project_id, names_it)
        .order_by(Withdrawal.created_at, Withdrawal.id)
        .limit(1)
    )


def count_open(session: Session, scope: Scope) -> int:
    """How many tasks would be withdrawn."""
    found = select(func.count()).select_from(Task).where(within(scope), Task.state.in_(OPEN))
    return session.scalar(found) or 0


def withdraw_all(session: Session, scope: Scope) -> int:
    """Withdraw every task that is not done; how many that were.  Claims on them have ended or wait for us."""
    return move_all(session, and_(within(scope), Task.state.in_(OPEN)), TaskState.WITHDRAWN)


def cancel_batches(session: Session, scope: Scope) -> int:
    """Cancel the batches that are not over, how many that were."""
    here = [Batch.project_id == scope.project_id, Batch.state.in_(GOING_ON)]
    if scope.batch_id is not None:
        here.append(Batch.id == scope.batch_id)
    return len(
        session.execute(
            update(Batch)
            .where(*here)
            .values(state=BatchState.CANCELLED)
            .returning(Batch.id)
            .execution_options(synchronize_session=False)
        ).all()
    )


def live_within(
    session: Session, scope: Scope, *, after: uuid.UUID | None = None, at_most: int
) -> Sequence[uuid.UUID]:
    """Assignments on these tasks that somebody has in hand or held ahead, in their order."""
    statement = select(Assignment.id).join(Assignment.task).where(within(scope), LIVE)
    if after is not None:
        statement = statement.where(Assignment.id > after)
    return session.scalars(statement.order_by(Assignment.id).limit(at_most)).all()


def left_over(session: Session, *, at_most: int = 500) -> Sequence[uuid.UUID]:
    """Live assignments on withdrawn tasks, of whatever project: each is ended in a moment."""
    return session.scalars(
        select(Assignment.id)
        .join(Assignment.task)
        .where(LIVE, Task.state == TaskState.WITHDRAWN)
        .order_by(Assignment.id)
        .limit(at_most)
    ).all()


def count_left_over(session: Session, project_id: uuid.UUID) -> int:
    """How many people still have a withdrawn task of this project in hand or held ahead."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Assignment.task)
            .where(Assignment.project_id == project_id, LIVE, Task.state == TaskState.WITHDRAWN)
        )
        or 0
    )


def batch_of(session: Session, project_id: uuid.UUID, batch_id: uuid.UUID) -> Batch | None:
    """One batch of the project; the caller has checked who may see the project."""
    return session.scalar(select(Batch).where(Batch.id == batch_id, Batch.project_id == project_id))
