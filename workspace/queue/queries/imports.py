"""Imports, batches and the tasks of a project as its company sees them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.companies.models import Member
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project
from workspace.queue.models import Batch, BatchState, Task, TaskImport, TaskState

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a project is: tasks by state, and opinions wanted, begun and approved.

    Of withdrawn tasks nothing more is wanted than was begun: it is decided and paid, and may be approved.
    """

    tasks: Mapping[TaskState, int]
    wanted_count: int
    taken_count: int
    approved_count: int

    @property
    def task_count(self) -> int:
        """All tasks but the withdrawn ones."""
        return sum(count for state, count in self.tasks.items() if state is not TaskState.WITHDRAWN)

    @property
    def withdrawn_count(self) -> int:
        """The withdrawn tasks."""
        return self.tasks.get(TaskState.WITHDRAWN, 0)


def import_for(session: Session, user_id: uuid.UUID, import_id: uuid.UUID) -> TaskImport | None:
    """The import with its project, when the User is a Member of the owning company now."""
    return session.scalar(
        select(TaskImport)
        .join(TaskImport.project)
        .join(Member, Member.company_id == Project.company_id)
        .where(TaskImport.id == import_id, Member.user_id == user_id, Member.left_at.is_(None))
        .options(joinedload(TaskImport.project).joinedload(Project.company))
    )


def lock_import(session: Session, import_id: uuid.UUID) -> TaskImport:
    """The import, locked until the transaction ends and read anew."""
    return session.execute(
        select(TaskImport)
        .where(TaskImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def imports_of(session: Session, project_id: uuid.UUID) -> Sequence[TaskImport]:
    """The newest imports of a project, at most 25."""
    return session.scalars(
        select(TaskImport)
        .where(TaskImport.project_id == project_id)
        .order_by(TaskImport.id.desc())
        .limit(pages.SIZE)
    ).all()


def batch(session: Session, batch_id: uuid.UUID) -> Batch | None:
    """One batch by id."""
    return session.get(Batch, batch_id)


def batch_for(session: Session, user_id: uuid.UUID, batch_id: uuid.UUID) -> Batch | None:
    """The batch, locked, when the User is a Member of the owning company now."""
    return session.scalar(
        select(Batch)
        .join(Batch.project)
        .join(Member, Member.company_id == Project.company_id)
        .where(Batch.id == batch_id, Member.user_id == user_id, Member.left_at.is_(None))
        .with_for_update(of=Batch)
    )


def batches_of(session: Session, project_id: uuid.UUID) -> Sequence[Batch]:
    """The batches of a project, newest first, at most 25."""
    return session.scalars(
        select(Batch).where(Batch.project_id == project_id).order_by(Batch.number.desc()).limit(pages.SIZE)
    ).all()


def staging_batches(session: Session, project_id: uuid.UUID) -> Sequence[Batch]:
    """Batches that wait for their start, locked, the oldest first."""
    return session.scalars(
        select(Batch)
        .where(Batch.project_id == project_id, Batch.state == BatchState.STAGING)
        .order_by(Batch.number)
        .with_for_update()
    ).all()


def last_numbers(session: Session, project_id: uuid.UUID) -> tuple[int, int]:
    """The highest number of a batch and the highest position of a task so far, 0 without one."""
    number = session.scalar(select(func.max(Batch.number)).where(Batch.project_id == project_id))
    position = session.scalar(select(func.max(Task.position)).where(Task.project_id == project_id))
    return number or 0, position or 0


def taken_ids(session: Session, project_id: uuid.UUID, ids: Sequence[str]) -> dict[str, str]:
    """Which of these ids the project's tasks have: id -> SHA-256 of the payload."""
    taken: dict[str, str] = {}
    for start in range(0, len(ids), CHUNK):
        rows = session.execute(
            select(Task.external_id, Task.payload_sha256).where(
                Task.project_id == project_id, Task.external_id.in_(ids[start : start + CHUNK])
            )
        )
        taken.update((row[0], row[1]) for row in rows)
    return taken


def add_tasks(session: Session, rows: Sequence[Mapping[str, Any]], *, state: TaskState) -> None:
    """Write many tasks at once, staged or available."""
    stated = [{**row, "state": state} for row in rows]
    for start in range(0, len(stated), CHUNK):
        session.execute(insert(Task), stated[start : start + CHUNK])


def make_available(session: Session, batch_id: uuid.UUID) -> None:
    """Open every staged task of a batch to claims."""
    staged = and_(Task.batch_id == batch_id, Task.state == TaskState.STAGED)
    move_all(session, staged, TaskState.AVAILABLE)


def withdraw_open(session: Session, project_id: uuid.UUID) -> None:
    """Withdraw every task of the project that nobody has begun."""
    untouched = and_(
        Task.project_id == project_id,
        Task.state.in_((TaskState.STAGED, TaskState.AVAILABLE, TaskState.QUARANTINED)),
        Task.taken_count == 0,
    )
    move_all(session, untouched, TaskState.WITHDRAWN)


def has_tasks(session: Session, project_id: uuid.UUID) -> bool:
    """Whether the project has any task that is not withdrawn."""
    there = exists().where(Task.project_id == project_id, Task.state != TaskState.WITHDRAWN)
    return bool(session.scalar(select(there)))


def has_open_tasks(session: Session, project_id: uuid.UUID) -> bool:
    """Whether the project has a task that still wants opinions or decisions."""
    todo = (TaskState.STAGED, TaskState.AVAILABLE, TaskState.SATURATED, TaskState.QUARANTINED)
    there = exists().where(Task.project_id == project_id, Task.state.in_(todo))
    return bool(session.scalar(select(there)))


def first_task(session: Session, project_id: uuid.UUID) -> Task | None:
    """A real task of the project to show: the first one that is open or waits for its start."""
    return session.scalar(
        select(Task)
        .where(Task.project_id == project_id, Task.state.in_((TaskState.AVAILABLE, TaskState.STAGED)))
        .order_by(Task.position)
        .limit(1)
    ) or session.scalar(select(Task).where(Task.project_id == project_id).order_by(Task.position).limit(1))


def progress(session: Session, project_id: uuid.UUID) -> Progress:
    """Tasks and opinions of a project, counted."""
    rows = session.execute(
        select(
            Task.state,
            func.count(),
            func.sum(Task.overlap),
            func.sum(Task.taken_count),
            func.sum(Task.approved_count),
        )
        .where(Task.project_id == project_id)
        .group_by(Task.state)
    ).all()
    return Progress(
        tasks={row[0]: row[1] for row in rows},
        wanted_count=sum(int(row[3]) if row[0] is TaskState.WITHDRAWN else int(row[2]) for row in rows),
        taken_count=sum(int(row[3]) for row in rows),
        approved_count=sum(int(row[4]) for row in rows),
    )


def task_of(session: Session, project_id: uuid.UUID, task_id: uuid.UUID) -> Task | None:
    """One task of the project; the caller has checked who may see the project."""
    return session.scalar(select(Task).where(Task.id == task_id, Task.project_id == project_id))


def tasks_of(
    session: Session, project_id: uuid.UUID, *, state: TaskState | None, mark: str | None
) -> Page[Task]:
    """The tasks of a project, the last imported first, in one state or in all."""
    statement = select(Task).where(Task.project_id == project_id)
    if state is not None:
        statement = statement.where(Task.state == state)
    return pages.page(
        session, statement, [Task.position], mark=mark, key_of=lambda row: (row.position,), size=pages.SIZE
    )


def move_all(session: Session, which: ColumnElement[bool], to: TaskState) -> int:
    """Change the state of many tasks, some at a time: no statement may take seconds.  How many it moved."""
    moving = (
        update(Task)
        .where(Task.id.in_(select(Task.id).where(which).limit(4 * CHUNK)), which)
        .values(state=literal(to, Task.state.type))
        .returning(literal(1))
        .execution_options(synchronize_session=False)
    )
    moved = 0
    while some := len(session.execute(moving).all()):
        moved += some
    return moved
