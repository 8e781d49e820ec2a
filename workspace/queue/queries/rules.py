"""The rules of a claim as conditions: a task not seen, one at a time, a fair share, the company's number."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select
from sqlalchemy.orm import Session, aliased

from config.policy import WORK
from marketplace.applications.models import Engagement, EngagementState
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit.money import BASIS
from marketplace.matching.queries import Case, somebody_else
from marketplace.matching.service import PEOPLE
from marketplace.projects.models import Project
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

G = AssignmentState
TAKEN = (G.ACTIVE, G.HELD, G.SUBMITTED, G.STOPPED)
RECENT = timedelta(minutes=WORK.fair_share_minutes)


@dataclass(frozen=True, slots=True)
class Share:
    """What the words of these rules need about one person on one project."""

    own: int  # tasks taken and not given back
    opinions: int  # the project wants in all
    others_wait: bool
    is_working: bool
    finds_a_task: bool


def not_seen(who: Case) -> ColumnElement[bool]:
    """A task is free in which this person has no part and which they never skipped."""
    part = select(TaskPart.id).where(TaskPart.task_id == Task.id, TaskPart.user_id == who.user.id)
    skipped = select(Assignment.id).where(
        Assignment.task_id == Task.id,
        Assignment.user_id == who.user.id,
        Assignment.state == G.RELEASED,
        Assignment.end_reason.not_in(("", LEFT)),
    )
    free = select(Task.id).where(
        Task.project_id == who.job.id,
        Task.state == literal(TaskState.AVAILABLE, Task.state.type, literal_execute=True),
        not_(part.correlate_except(TaskPart).exists()),
        not_(skipped.correlate_except(Assignment).exists()),
    )
    return free.correlate_except(Task).exists()


def one_at_a_time(who: Case) -> ColumnElement[bool]:
    """Nothing of the project is in hand."""
    active = select(Assignment.id).where(
        Assignment.user_id == who.user.id,
        Assignment.project_id == who.job.id,
        Assignment.state == literal(G.ACTIVE, Assignment.state.type, literal_execute=True),
    )
    return not_(active.correlate_except(Assignment).exists())


def within_quota(who: Case) -> ColumnElement[bool]:
    """Fewer tasks taken than the company lets one expert take."""
    return or_(who.job.quota.is_(None), _own(who) < who.job.quota)


def fair_share(who: Case) -> ColumnElement[bool]:
    """Under the share one person may have of a project, or nobody waits."""
    return or_(_under_share(who), not_(others_wait(who)))


def others_wait(who: Case) -> ColumnElement[bool]:
    """Somebody else is engaged, came for work lately, meets the rules, is under the share, finds a task."""
    other, engagement = somebody_else(who), aliased(Engagement)
    return (
        select(engagement.id)
        .join(other.expert, other.expert.id == engagement.expert_id)
        .join(other.user, other.user.id == other.expert.user_id)
        .where(
            engagement.project_id == who.job.id,
            engagement.state == EngagementState.ACTIVE,
            engagement.looked_at >= who.now - RECENT,
            engagement.expert_id != who.expert.id,
            *(rule.sql(other) for rule in PEOPLE),
            _under_share(other),
            not_seen(other),
        )
        .correlate_except(engagement, other.expert, other.user)
        .exists()
    )


def shares(
    session: Session, who: Case, expert_id: uuid.UUID, project_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Share]:
    """Project -> where this person stands with the rules above, in one statement."""
    waits = and_(not_(_under_share(who)), others_wait(who))  # nobody asks for others under the share
    asked = (waits, not_(one_at_a_time(who)), not_seen(who))
    rows = session.execute(
        select(Project.id, _own(who), _opinions(who), *(case((one, 1), else_=0) for one in asked))
        .select_from(Expert)
        .join(User, User.id == Expert.user_id)
        .join(Project, Project.id.in_(project_ids))
        .where(Expert.id == expert_id)
    )
    return {row[0]: Share(int(row[1]), int(row[2]), *(bool(one) for one in row[3:])) for row in rows}


def _under_share(who: Case) -> ColumnElement[bool]:
    own = _own(who)
    return or_(own < WORK.fair_share_floor, own * BASIS < _opinions(who) * WORK.fair_share_bps)


def _own(who: Case) -> ColumnElement[int]:
    taken = select(func.count()).where(
        and_(
            Assignment.user_id == who.user.id,
            Assignment.project_id == who.job.id,
            Assignment.state.in_(TAKEN),
        )
    )
    return taken.correlate_except(Assignment).scalar_subquery()


def _opinions(who: Case) -> ColumnElement[int]:
    tasks = select(func.coalesce(func.sum(Batch.task_count), 0)).where(
        Batch.project_id == who.job.id, Batch.state != BatchState.CANCELLED
    )
    opinions: ColumnElement[int] = tasks.correlate_except(Batch).scalar_subquery() * who.job.overlap
    return opinions
