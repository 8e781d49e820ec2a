"""The rule `screening` in SQL, and the facts that explain it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.applications.models import (
    UNFINISHED,
    EngagementState,
    Screening,
    ScreeningState,
    ScreeningVersion,
)
from marketplace.applications.queries.joining import engagement_states, is_engaged
from marketplace.experts.models import Expert
from marketplace.matching.queries import Case
from marketplace.reputation.models import ScreeningRequirement, ScreeningScore

OPEN = tuple(UNFINISHED - {ScreeningState.REFUSED})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a project asks a person to pass, and how they stand with it."""

    last: ScreeningScore | None  # how they did last
    has_pass: bool  # one that holds now
    has_joined: bool  # works on the project already
    open_id: uuid.UUID | None  # a screening of the same plan that they have not ended
    open_project_id: uuid.UUID | None


def may_be_screened(who: Case) -> ColumnElement[bool]:
    """The condition of the rule `screening`: none is asked, one is passed, or one can be offered now.

    Whoever works on the project already is not asked again.
    """
    asks = select(ScreeningRequirement.id).where(ScreeningRequirement.project_id == who.job.id)
    return or_(
        not_(asks.correlate_except(ScreeningRequirement).exists()),
        is_engaged(who),
        _holds_a_pass(who),
        and_(not_(_must_wait(who)), not_(_has_one_elsewhere(who))),
    )


def asked(
    session: Session, expert: Expert, project_ids: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Asked]:
    """Project -> what it asks and how the person stands; projects that ask for nothing are left out."""
    plans = {
        row.project_id: row.plan_id
        for row in session.scalars(
            select(ScreeningRequirement).where(ScreeningRequirement.project_id.in_(project_ids))
        )
    }
    if not plans:
        return {}
    scores = _scores_of(session, expert.user_id, set(plans.values()))
    last = {score.plan_id: score for score in scores}
    held = {score.plan_id for score in scores if score.valid_until and score.valid_until > now}
    begun = _begun(session, expert.user_id, set(plans.values()))
    states = engagement_states(session, expert.id, list(plans))
    return {
        project_id: Asked(
            last.get(plan_id),
            plan_id in held,
            states.get(project_id) is EngagementState.ACTIVE,
            *begun.get(plan_id, (None, None)),
        )
        for project_id, plan_id in plans.items()
    }


def _scores_of(
    session: Session, user_id: uuid.UUID, plan_ids: Collection[uuid.UUID]
) -> Sequence[ScreeningScore]:
    return session.scalars(
        select(ScreeningScore)
        .where(ScreeningScore.user_id == user_id, ScreeningScore.plan_id.in_(plan_ids))
        .order_by(ScreeningScore.taken_at, ScreeningScore.id)
    ).all()


def _begun(
    session: Session, user_id: uuid.UUID, plan_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]:
    rows = session.execute(
        select(ScreeningVersion.plan_id, Screening.id, Screening.project_id)
        .join(Screening, Screening.version_id == ScreeningVersion.id)
        .where(
            Screening.user_id == user_id, ScreeningVersion.plan_id.in_(plan_ids), Screening.state.in_(OPEN)
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _holds_a_pass(who: Case) -> ColumnElement[bool]:
    return _scores(who).where(ScreeningScore.has_passed, ScreeningScore.valid_until > who.now).exists()


def _must_wait(who: Case) -> ColumnElement[bool]:
    """The newest score is a miss whose days of waiting are not over, or the last there is."""
    newer = aliased(ScreeningScore)
    later = or_(
        newer.taken_at > ScreeningScore.taken_at,
        and_(newer.taken_at == ScreeningScore.taken_at, newer.id > ScreeningScore.id),
    )
    newest = not_(
        select(newer.id)
        .where(newer.user_id == ScreeningScore.user_id, newer.plan_id == ScreeningScore.plan_id, later)
        .correlate(ScreeningScore)
        .exists()
    )
    waits = or_(ScreeningScore.retry_at.is_(None), ScreeningScore.retry_at > who.now)
    return _scores(who).where(not_(ScreeningScore.has_passed), waits, newest).exists()


def _has_one_elsewhere(who: Case) -> ColumnElement[bool]:
    return (
        select(Screening.id)
        .join(ScreeningVersion, ScreeningVersion.id == Screening.version_id)
        .join(ScreeningRequirement, ScreeningRequirement.plan_id == ScreeningVersion.plan_id)
        .where(
            ScreeningRequirement.project_id == who.job.id,
            Screening.user_id == who.expert.user_id,
            Screening.project_id != who.job.id,
            Screening.state.in_(OPEN),
        )
        .correlate_except(Screening, ScreeningVersion, ScreeningRequirement)
        .exists()
    )


def _scores(who: Case) -> Select[uuid.UUID]:
    return (
        select(ScreeningScore.id)
        .join(ScreeningRequirement, ScreeningRequirement.plan_id == ScreeningScore.plan_id)
        .where(ScreeningRequirement.project_id == who.job.id, ScreeningScore.user_id == who.expert.user_id)
        .correlate_except(ScreeningScore, ScreeningRequirement)
    )
