"""Free slots of tasks: found by index, taken and given back by conditional updates."""

import uuid
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, literal, select, update
from sqlalchemy.orm import Session

from marketplace.projects import queries as projects
from workspace.queue.models import (
    LEFT,
    Assignment,
    AssignmentState,
    Batch,
    BatchState,
    Task,
    TaskPart,
    TaskState,
)

# written into the statement, not bound: a partial index is only used for a condition the planner can read
_AVAILABLE = bindparam("available", TaskState.AVAILABLE, Task.state.type, literal_execute=True)
_STATE = Task.state.type
_TO_DO = (TaskState.STAGED, TaskState.AVAILABLE, TaskState.SATURATED, TaskState.QUARANTINED)


def part_in(user_id: Any) -> Select[uuid.UUID]:
    """The part this person (an id, or a column) has in the task of the statement around it."""
    return (
        select(TaskPart.id)
        .where(TaskPart.task_id == Task.id, TaskPart.user_id == user_id)
        .correlate_except(TaskPart)
    )


def skips_of(user_id: Any) -> Select[uuid.UUID]:
    """What this person gave back of the task of the statement around it, by a reason of their own."""
    return (
        select(Assignment.id)
        .where(
            Assignment.task_id == Task.id,
            Assignment.user_id == user_id,
            Assignment.state == AssignmentState.RELEASED,
            Assignment.end_reason.not_in(("", LEFT)),
        )
        .correlate_except(Assignment)
    )


def candidates(project_id: uuid.UUID, user_id: uuid.UUID) -> Select[Task]:
    """The first free task of the project, by position, in which this person has no part and never skipped.

    The OFFSET changes nothing but the plan: it keeps each question beside its task, whereas a join may be
    answered for all tasks, and they sorted, before the first is taken.
    """
    return (
        select(Task)
        .where(
            Task.project_id == project_id,
            Task.state == _AVAILABLE,
            ~part_in(user_id).offset(0).exists(),
            ~skips_of(user_id).offset(0).exists(),
        )
        .order_by(Task.position)
        .limit(1)
    )


def next_available(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> Task | None:
    """The next task this person may claim, locked; None when there is none.

    Tasks locked by other claims are passed over; only when no other is left do we wait for one of them,
    because a task with several slots is locked for a moment by each claim on it.
    """
    statement = candidates(project_id, user_id)
    return _locked(session, statement, skip_locked=True) or _locked(session, statement, skip_locked=False)


def task_for(session: Session, task_id: uuid.UUID, user_id: uuid.UUID) -> Task | None:
    """The task, locked, when it has a free slot and this person has no part in it."""
    statement = select(Task).where(Task.id == task_id, Task.state == _AVAILABLE, ~part_in(user_id).exists())
    return _locked(session, statement, skip_locked=False)


def lock_task(session: Session, task_id: uuid.UUID) -> Task:
    """The task, locked until the transaction ends and read anew."""
    return session.execute(
        select(Task).where(Task.id == task_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def take_slot(session: Session, task: Task) -> bool:
    """Fill one slot; the last one makes the task saturated.  False: somebody else was faster."""
    full = Task.taken_count + 1 >= Task.overlap
    taken = _change(
        session,
        task.id,
        (Task.state == TaskState.AVAILABLE) & (Task.taken_count < Task.overlap),
        taken_count=Task.taken_count + 1,
        state=case((full, literal(TaskState.SATURATED, _STATE)), else_=Task.state),
    )
    if taken:
        projects.count_free(session, task.project_id, -1)
    return taken


def give_slot(session: Session, task_id: uuid.UUID) -> bool:
    """Free one slot; a saturated task is available again.  False: no slot was filled."""
    reopened = Task.state == TaskState.SATURATED
    given = _change(
        session,
        task_id,
        (Task.taken_count > Task.approved_count),
        taken_count=Task.taken_count - 1,
        state=case((reopened, literal(TaskState.AVAILABLE, _STATE)), else_=Task.state),
    )
    task = session.get_one(Task, task_id)
    if given and task.state is TaskState.AVAILABLE:
        projects.count_free(session, task.project_id, 1)
    return given


def count_approved(session: Session, task_id: uuid.UUID) -> bool:
    """Count one approved opinion; the last one wanted makes the task done.  False: it cannot be counted."""
    done = (Task.approved_count + 1 >= Task.overlap) & Task.state.in_(
        {TaskState.AVAILABLE, TaskState.SATURATED}
    )
    return _change(
        session,
        task_id,
        Task.approved_count < Task.taken_count,
        approved_count=Task.approved_count + 1,
        state=case((done, literal(TaskState.DONE, _STATE)), else_=Task.state),
    )


def retake_slot(session: Session, task_id: uuid.UUID) -> bool:
    """Fill one slot again with an answer that is approved already.  False: every slot is filled."""
    was_available = lock_task(session, task_id).state is TaskState.AVAILABLE
    open_task = Task.state.in_({TaskState.AVAILABLE, TaskState.SATURATED})
    done = (Task.approved_count + 1 >= Task.overlap) & open_task
    full = (Task.taken_count + 1 >= Task.overlap) & open_task
    taken = _change(
        session,
        task_id,
        Task.taken_count < Task.overlap,
        taken_count=Task.taken_count + 1,
        approved_count=Task.approved_count + 1,
        state=case(
            (done, literal(TaskState.DONE, _STATE)),
            (full, literal(TaskState.SATURATED, _STATE)),
            else_=Task.state,
        ),
    )
    if taken and was_available:
        projects.count_free(session, session.get_one(Task, task_id).project_id, -1)
    return taken


def forget_part(session: Session, task_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Remove the person's part in the task: they may claim it again."""
    session.execute(delete(TaskPart).where(TaskPart.task_id == task_id, TaskPart.user_id == user_id))


def _locked(session: Session, statement: Select[Task], *, skip_locked: bool) -> Task | None:
    return session.scalar(
        statement.with_for_update(of=Task, skip_locked=skip_locked).execution_options(populate_existing=True)
    )


def _change(session: Session, task_id: uuid.UUID, expected: Any, **values: Any) -> bool:
    """One conditional update; a Task already loaded is read anew."""
    changed = session.execute(
        update(Task)
        .where(Task.id == task_id, expected)
        .values(**values)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        return False
    session.scalars(select(Task).where(Task.id == task_id).execution_options(populate_existing=True)).one()
    return True


def complete_batch_of(session: Session, task_id: uuid.UUID) -> None:
    """Complete the batch of a task that is done or withdrawn when none of its tasks is left to do."""
    over = Task.state.in_({TaskState.DONE, TaskState.WITHDRAWN})
    batch_id = select(Task.batch_id).where(Task.id == task_id, over).scalar_subquery()
    open_task = select(Task.id).where(
        Task.project_id == Batch.project_id, Task.batch_id == Batch.id, Task.state.in_(_TO_DO)
    )
    session.execute(
        update(Batch)
        .where(
            Batch.id == batch_id,
            Batch.state.in_({BatchState.IN_PROGRESS, BatchState.PAUSED}),
            ~open_task.exists(),
        )
        .values(state=BatchState.COMPLETED)
        .execution_options(synchronize_session=False)
    )
