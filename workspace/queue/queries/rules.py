"""The rules of a claim as conditions: a task not seen, one at a time, a fair share, the company's number."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, not_, or_, select
from sqlalchemy.orm import Session, aliased

from config.policy import WORK
from marketplace.applications.models import Engagement, EngagementState
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit.money import BASIS
from marketplace.matching.queries import SHAPES, Case, Kept, kept_case, keys_of_rules, somebody_else
from marketplace.matching.service import PEOPLE
from marketplace.projects.models import Project
from marketplace.projects.policy import Tree
from workspace.queue.models import (
    Assignment,
    AssignmentState,
    Batch,
    BatchState,
    Task,
    TaskState,
)
from workspace.queue.queries.slots import part_in, skips_of

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
    free = select(Task.id).where(
        Task.project_id == who.job.id,
        Task.state == literal(TaskState.AVAILABLE, Task.state.type, literal_execute=True),
        not_(part_in(who.user.id).exists()),
        not_(skips_of(who.user.id).exists()),
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
            engagement.looked_at >= who.ago(RECENT),
            engagement.expert_id != who.expert.id,
            *(rule.sql(other) for rule in PEOPLE),
            _under_share(other),
            not_seen(other),
        )
        .correlate_except(engagement, other.expert, other.user)
        .exists()
    )


def shares(
    session: Session,
    expert_id: uuid.UUID,
    project_ids: Sequence[uuid.UUID],
    *,
    now: datetime,
    trees: Mapping[str, Tree],
) -> Mapping[uuid.UUID, Share]:
    """Project -> where this person stands with the rules above.

    One statement, kept by the shapes of the companies' rules, which `trees` gives by `Project.rules_key`.
    """
    kept = _shares_of(tuple(trees.values()))
    values = {"expert_id": expert_id, "project_ids": project_ids, **keys_of_rules(list(trees))}
    rows = session.execute(kept.statement, {**values, **kept.moments(now)})
    return {row[0]: Share(int(row[1]), int(row[2]), *(bool(one) for one in row[3:])) for row in rows}


@lru_cache(maxsize=SHAPES)
def _shares_of(trees: tuple[Tree, ...]) -> Kept:
    who = kept_case(trees)
    waits = and_(not_(_under_share(who)), others_wait(who))  # nobody asks for others under the share
    asked = (waits, not_(one_at_a_time(who)), not_seen(who))
    statement = (
        select(Project.id, _own(who), _opinions(who), *(case((one, 1), else_=0) for one in asked))
        .select_from(Expert)
        .join(User, User.id == Expert.user_id)
        .join(Project, Project.id.in_(bindparam("project_ids", expanding=True)))
        .where(Expert.id == bindparam("expert_id"))
    )
    return Kept(statement, who.spans or {})


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
