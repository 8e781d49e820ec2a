"""Assignments: whose they are, which are live, which are due."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.experts.models import Expert
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, AssignmentState, Task, TaskState

# written into the statement, not bound: a partial index is only used for a condition the planner can read
_STATE = Assignment.state.type
_ACTIVE = Assignment.state == bindparam("active", AssignmentState.ACTIVE, _STATE, literal_execute=True)
_HELD = Assignment.state == bindparam("held", AssignmentState.HELD, _STATE, literal_execute=True)
LIVE = Assignment.state.in_(
    bindparam(
        "live", [AssignmentState.ACTIVE, AssignmentState.HELD], _STATE, expanding=True, literal_execute=True
    )
)


def lock_expert(session: Session, expert_id: uuid.UUID) -> None:
    """Let this expert's claims, saves and submits happen one after the other.

    The first lock of every verb of an expert; then assignment, task, ledger accounts.
    """
    session.execute(select(Expert.id).where(Expert.id == expert_id).with_for_update(key_share=True))


def lock_assignment(session: Session, assignment_id: uuid.UUID) -> Assignment:
    """The assignment with all it is about, locked until the transaction ends and read anew."""
    return session.execute(
        _whole(select(Assignment).where(Assignment.id == assignment_id))
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).scalar_one()


def lock_assignment_of(session: Session, user_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment | None:
    """The person's own assignment with all it is about, locked behind their own lock; None: not theirs."""
    expert_id = session.scalar(
        select(Assignment.expert_id).where(Assignment.id == assignment_id, Assignment.user_id == user_id)
    )
    if expert_id is None:
        return None
    lock_expert(session, expert_id)
    return lock_assignment(session, assignment_id)


def assignment(session: Session, assignment_id: uuid.UUID) -> Assignment | None:
    """The assignment with all it is about, for callers that have checked who asks."""
    return session.scalar(_whole(select(Assignment).where(Assignment.id == assignment_id)))


def assignment_of(session: Session, user_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment | None:
    """The assignment with task, project, company and guideline, when it is this person's."""
    return session.scalar(
        _whole(select(Assignment).where(Assignment.id == assignment_id, Assignment.user_id == user_id))
    )


def ids_on(session: Session, task_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Every assignment there ever was on a task, the newest first; at most 50."""
    return session.scalars(
        select(Assignment.id).where(Assignment.task_id == task_id).order_by(Assignment.id.desc()).limit(50)
    ).all()


def active_of(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> Assignment | None:
    """What this person works on in the project now."""
    return session.scalar(
        _whole(
            select(Assignment).where(
                Assignment.user_id == user_id,
                Assignment.project_id == project_id,
                _ACTIVE,
            )
        )
    )


def held_of(session: Session, user_id: uuid.UUID) -> Assignment | None:
    """The one task held ahead for this person, of whatever project."""
    return session.scalar(_whole(select(Assignment).where(Assignment.user_id == user_id, _HELD)))


def live_of(session: Session, user_id: uuid.UUID) -> Sequence[Assignment]:
    """Everything reserved for this person, the nearest deadline first."""
    return session.scalars(
        _whole(
            select(Assignment)
            .where(Assignment.user_id == user_id, LIVE)
            .order_by(Assignment.expires_at, Assignment.id)
        )
    ).all()


def overdue_of(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[uuid.UUID]:
    """Live assignments of this person whose time is over, or whose task the company withdrew.

    Whoever looks at a list settles them first.
    """
    over = or_(Assignment.expires_at <= now, Task.state == TaskState.WITHDRAWN)
    return session.scalars(
        select(Assignment.id).join(Assignment.task).where(Assignment.user_id == user_id, LIVE, over)
    ).all()


def due(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[tuple[uuid.UUID, datetime]]:
    """Live assignments whose time is over, with that time, the oldest first."""
    rows = session.execute(
        select(Assignment.id, Assignment.expires_at)
        .where(LIVE, Assignment.expires_at <= now)
        .order_by(Assignment.expires_at)
        .limit(at_most)
    )
    return [(row[0], row[1]) for row in rows]


def has_live_work(session: Session, project_id: uuid.UUID) -> bool:
    """Whether somebody works on a task of the project now or has one held."""
    live = exists().where(Assignment.project_id == project_id, LIVE)
    return bool(session.scalar(select(live)))


def _whole(statement: Select[Assignment]) -> Select[Assignment]:
    return statement.options(
        joinedload(Assignment.task),
        joinedload(Assignment.guideline),
        joinedload(Assignment.engagement),
        joinedload(Assignment.expert).joinedload(Expert.user),
        joinedload(Assignment.project).joinedload(Project.company),
    )
