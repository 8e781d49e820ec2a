"""Every SELECT about applications and engagements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager

from config.policy import WORK
from config.terms import TERMS_VERSION
from marketplace.applications.models import (
    LIVE,
    Application,
    ApplicationState,
    Closed,
    Engagement,
    EngagementState,
)
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.matching.queries import Case
from marketplace.projects.models import GuidelineVersion, Project


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody has agreed to on a project."""

    state: EngagementState
    signed: bool  # today's terms
    read: bool  # the newest guideline version


def engagement(session: Session, expert_id: uuid.UUID, project_id: uuid.UUID) -> Engagement | None:
    """The expert's engagement on the project in whatever state."""
    return session.scalar(
        select(Engagement).where(Engagement.expert_id == expert_id, Engagement.project_id == project_id)
    )


def active_engagement(session: Session, expert_id: uuid.UUID, project_id: uuid.UUID) -> Engagement | None:
    """The expert's right to work on the project now."""
    return session.scalar(
        select(Engagement).where(
            Engagement.expert_id == expert_id,
            Engagement.project_id == project_id,
            Engagement.state == EngagementState.ACTIVE,
        )
    )


def lock_engagement(session: Session, expert_id: uuid.UUID, project_id: uuid.UUID) -> Engagement | None:
    """The engagement, locked until the transaction ends and read anew."""
    return session.scalar(
        select(Engagement)
        .where(Engagement.expert_id == expert_id, Engagement.project_id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def engagements_of(
    session: Session, expert_id: uuid.UUID, *, mark: str | None = None, size: int = pages.SIZE
) -> Page[Engagement]:
    """The expert's active engagements, projects and companies loaded, newest first."""
    statement = (
        select(Engagement)
        .join(Engagement.project)
        .join(Project.company)
        .where(Engagement.expert_id == expert_id, Engagement.state == EngagementState.ACTIVE)
        .options(contains_eager(Engagement.project).contains_eager(Project.company))
    )
    return pages.page(session, statement, [Engagement.id], mark=mark, key_of=lambda row: [row.id], size=size)


def engagements_on(session: Session, project_id: uuid.UUID) -> Sequence[Engagement]:
    """The engagements of a project that are not over, experts loaded."""
    return session.scalars(_going_on(project_id)).all()


def engagements_after(
    session: Session, project_id: uuid.UUID, after: uuid.UUID | None, *, at_most: int
) -> Sequence[Engagement]:
    """Some of them by key, those after `after`."""
    some = _going_on(project_id).where(Engagement.id > after if after else true())
    return session.scalars(some.order_by(Engagement.id).limit(at_most)).all()


def _going_on(project_id: uuid.UUID) -> Select[Engagement]:
    return (
        select(Engagement)
        .join(Engagement.expert)
        .where(
            Engagement.project_id == project_id,
            Engagement.state.in_({EngagementState.ACTIVE, EngagementState.SUSPENDED}),
        )
        .options(contains_eager(Engagement.expert))
    )


def for_expert(
    session: Session, expert_id: uuid.UUID, application_id: uuid.UUID, *, locked: bool = False
) -> Application | None:
    """The expert's own application, project and company loaded; None when it is somebody else's."""
    statement = (
        select(Application)
        .join(Application.project)
        .join(Project.company)
        .where(Application.id == application_id, Application.expert_id == expert_id)
        .options(contains_eager(Application.project).contains_eager(Project.company))
    )
    if locked:
        statement = statement.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.scalar(statement)


def live_application(session: Session, expert_id: uuid.UUID, project_id: uuid.UUID) -> Application | None:
    """The one application that is not decided yet."""
    return session.scalar(
        select(Application).where(
            Application.expert_id == expert_id,
            Application.project_id == project_id,
            Application.state.in_(LIVE),
        )
    )


def newest_application(session: Session, expert_id: uuid.UUID, project_id: uuid.UUID) -> Application | None:
    """The latest application, decided or not."""
    return session.scalar(
        select(Application)
        .where(Application.expert_id == expert_id, Application.project_id == project_id)
        .order_by(Application.id.desc())
        .limit(1)
    )


def applications_of(session: Session, expert_id: uuid.UUID, *, mark: str | None) -> Page[Application]:
    """The expert's applications, projects and companies loaded, newest first."""
    return pages.page(
        session,
        select(Application)
        .join(Application.project)
        .join(Project.company)
        .where(Application.expert_id == expert_id)
        .options(contains_eager(Application.project).contains_eager(Project.company)),
        [Application.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def offers_due(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[Application]:
    """Offers whose last moment has passed, locked."""
    return session.scalars(
        select(Application)
        .where(Application.state == ApplicationState.OFFERED, Application.offer_ends_at <= now)
        .order_by(Application.offer_ends_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()


def live_on(session: Session, project_id: uuid.UUID) -> Sequence[Application]:
    """Undecided applications to a project, locked in one order and read anew."""
    return session.scalars(
        select(Application)
        .where(Application.project_id == project_id, Application.state.in_(LIVE))
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def engagement_states(
    session: Session, expert_id: uuid.UUID, project_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, EngagementState]:
    """Project -> state of the expert's engagement there, for a page of the board."""
    rows = session.execute(
        select(Engagement.project_id, Engagement.state).where(
            Engagement.expert_id == expert_id, Engagement.project_id.in_(project_ids)
        )
    )
    return {row.project_id: row.state for row in rows}


def live_states(
    session: Session, expert_id: uuid.UUID, project_ids: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, ApplicationState]:
    """Project -> where the expert's application stands; what is over, by the clock too, is left out."""
    rows = session.execute(
        select(Application.project_id, Application.state).where(
            Application.expert_id == expert_id,
            Application.project_id.in_(project_ids),
            or_(
                Application.state == ApplicationState.IN_SCREENING,
                and_(Application.state == ApplicationState.OFFERED, Application.offer_ends_at > now),
                and_(Application.state == ApplicationState.RECEIVED, Application.answer_by > now),
            ),
        )
    )
    return {row[0]: row[1] for row in rows}


def is_engaged(who: Case) -> ColumnElement[bool]:
    """The condition of the rule `engagement`: an active right to work on the job."""
    return _engagement_of(who).exists()


def has_agreed(who: Case) -> ColumnElement[bool]:
    """The condition of the rule `terms`: today's terms are signed, and the newest guideline acknowledged."""
    newest = (
        select(GuidelineVersion.id)
        .where(GuidelineVersion.project_id == who.job.id, GuidelineVersion.published_at.is_not(None))
        .order_by(GuidelineVersion.number.desc())
        .limit(1)
        .correlate_except(GuidelineVersion)
        .scalar_subquery()
    )
    return (
        _engagement_of(who)
        .where(Engagement.acknowledged_id == newest, Engagement.terms_version == TERMS_VERSION)
        .exists()
    )


def may_try(who: Case) -> ColumnElement[bool]:
    """The condition of the rule `retry`: not left out by the company too lately, and tries left."""
    failed = select(func.count()).where(*_failed(who.expert.id, who.job.id)).correlate_except(Application)
    lately = select(Application.id).where(
        *_failed(who.expert.id, who.job.id), Application.closed_at > who.ago(timedelta(days=WORK.retry_days))
    )
    return (failed.scalar_subquery() < WORK.tries_maximum) & not_(
        lately.correlate_except(Application).exists()
    )


def failed_tries(
    session: Session, expert_id: uuid.UUID, project_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[int, datetime | None]]:
    """Project -> how often the expert was not chosen, and the last time; screenings count misses."""
    rows = session.execute(
        select(Application.project_id, func.count(), func.max(Application.closed_at))
        .where(
            Application.expert_id == expert_id,
            Application.project_id.in_(project_ids),
            Application.closed_reason == Closed.NOT_CHOSEN.value,
        )
        .group_by(Application.project_id)
    )
    return {row[0]: (int(row[1]), row[2]) for row in rows}


def engagements_at(
    session: Session, expert_id: uuid.UUID, project_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Agreed]:
    """Project -> what the expert has agreed to there."""
    newer = aliased(GuidelineVersion)
    newest = (
        select(newer.id)
        .where(newer.project_id == Engagement.project_id, newer.published_at.is_not(None))
        .order_by(newer.number.desc())
        .limit(1)
        .correlate(Engagement)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Engagement.project_id,
            Engagement.state,
            Engagement.terms_version,
            Engagement.acknowledged_id,
            newest,
        ).where(Engagement.expert_id == expert_id, Engagement.project_id.in_(project_ids))
    )
    return {row[0]: Agreed(row[1], row[2] == TERMS_VERSION, row[3] == row[4]) for row in rows}


def _engagement_of(who: Case) -> Select[uuid.UUID]:
    return (
        select(Engagement.id)
        .where(
            Engagement.expert_id == who.expert.id,
            Engagement.project_id == who.job.id,
            Engagement.state == EngagementState.ACTIVE,
        )
        .correlate_except(Engagement)
    )


def _failed(expert_id: Any, project_id: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        Application.expert_id == expert_id,
        Application.project_id == project_id,
        Application.closed_reason == Closed.NOT_CHOSEN.value,
    )
