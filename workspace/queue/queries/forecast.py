"""What a job has for one person, who else is there for it, and how much people do there in a week."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.applications.models import Engagement, EngagementState
from workspace.queue.models import Assignment, AssignmentState, Task, TaskState
from workspace.queue.queries.rules import TAKEN
from workspace.queue.queries.slots import part_in, skips_of

TASKS_MAXIMUM = 1_000  # counted one by one; more are "1,000 or more"
PEOPLE_MAXIMUM = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """What one person handed in since a day, and when they claimed the first of it."""

    count: int
    first: datetime


def tasks_for(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> int:
    """Free tasks of the project in which this person has no part and which they never skipped."""
    found = (
        select(Task.id)
        .where(
            Task.project_id == project_id,
            Task.state == TaskState.AVAILABLE,
            ~part_in(user_id).exists(),
            ~skips_of(user_id).exists(),
        )
        .limit(TASKS_MAXIMUM)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(found)) or 0


def free_opinions(session: Session, project_id: uuid.UUID) -> int:
    """How many opinions the free tasks of a project still want."""
    wanted = func.coalesce(func.sum(Task.overlap - Task.taken_count), 0)
    return int(
        session.scalar(select(wanted).where(Task.project_id == project_id, Task.state == TaskState.AVAILABLE))
        or 0
    )


def others_active(session: Session, project_id: uuid.UUID, expert_id: uuid.UUID, since: datetime) -> int:
    """Other people with the right to work on the project who came for work since then."""
    statement = select(func.count()).select_from(Engagement)
    return (
        session.scalar(
            statement.where(
                Engagement.project_id == project_id,
                Engagement.state == EngagementState.ACTIVE,
                Engagement.looked_at >= since,
                Engagement.expert_id != expert_id,
            )
        )
        or 0
    )


def paces(session: Session, project_id: uuid.UUID, since: datetime) -> Sequence[Pace]:
    """What each person handed in on the project since then; at most so many people are looked at."""
    rows = session.execute(
        select(func.count(), func.min(Assignment.claimed_at))
        .where(
            Assignment.project_id == project_id,
            Assignment.state == AssignmentState.SUBMITTED,
            Assignment.claimed_at >= since,
        )
        .group_by(Assignment.user_id)
        .order_by(func.max(Assignment.claimed_at).desc())
        .limit(PEOPLE_MAXIMUM)
    )
    return [Pace(int(count), first) for count, first in rows]


def taken_by(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> int:
    """Tasks of the project this person took and did not give back: what a company's number counts."""
    statement = select(func.count()).select_from(Assignment)
    return (
        session.scalar(
            statement.where(
                Assignment.project_id == project_id,
                Assignment.user_id == user_id,
                Assignment.state.in_(TAKEN),
            )
        )
        or 0
    )
