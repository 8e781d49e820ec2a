"""Applications a company answers by hand."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.applications.models import Application, ApplicationState, Closed
from marketplace.experts.models import Expert
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project

A = ApplicationState


def waiting(session: Session, project_id: uuid.UUID, now: datetime, *, mark: str | None) -> Page[Application]:
    """Whoever waits for the company's answer, the longest first, experts and Users loaded."""
    return pages.page(
        session,
        _with_people().where(Application.project_id == project_id, *_waiting(now)),
        [Application.id],
        mark=mark,
        key_of=lambda row: (row.id,),
        ascending=True,
    )


def answered(
    session: Session, project_id: uuid.UUID, now: datetime, *, mark: str | None
) -> Page[Application]:
    """What became of the others the company chose among, the newest first, experts and Users loaded."""
    return pages.page(
        session,
        _with_people().where(
            Application.project_id == project_id,
            Application.answer_by.is_not(None),
            not_(and_(*_waiting(now))),
        ),
        [Application.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def waiting_count(session: Session, project_id: uuid.UUID, now: datetime) -> int:
    """How many wait for the company's answer."""
    statement = select(func.count()).select_from(Application)
    return session.scalar(statement.where(Application.project_id == project_id, *_waiting(now))) or 0


def waiting_counts(
    session: Session, project_ids: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, int]:
    """The same for a page of projects; those nobody waits for are left out."""
    rows = session.execute(
        select(Application.project_id, func.count())
        .where(Application.project_id.in_(project_ids), *_waiting(now))
        .group_by(Application.project_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def lock_waiting(
    session: Session, project_id: uuid.UUID, ids: Collection[uuid.UUID], now: datetime
) -> Sequence[Application]:
    """Those of these that still wait for the company's answer, locked in one order and read anew."""
    return session.scalars(
        _with_people()
        .where(Application.project_id == project_id, Application.id.in_(ids), *_waiting(now))
        .order_by(Application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).all()


def unanswered(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[Application]:
    """Applications nobody answered in time, locked; those another worker has are left out."""
    return session.scalars(
        select(Application)
        .where(Application.state == A.RECEIVED, Application.answer_by <= now)
        .order_by(Application.answer_by)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()


def application(session: Session, application_id: uuid.UUID) -> Application | None:
    """One application with expert, project and company, for listeners."""
    return session.scalar(
        _with_people()
        .join(Application.project)
        .join(Project.company)
        .where(Application.id == application_id)
        .options(contains_eager(Application.project).contains_eager(Project.company))
    )


def answers_of(session: Session, company_id: uuid.UUID) -> tuple[int, int]:
    """How many applications a company had to answer by hand and are over, and how many it left unanswered.

    One that the expert took back, or that a rule or the project's end closed first, counts for neither.
    """
    left = Application.closed_reason == Closed.NO_ANSWER.value
    answer = or_(
        left, Application.closed_reason == Closed.NOT_CHOSEN.value, Application.offer_ends_at.is_not(None)
    )
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(case((left, 1), else_=0)), 0))
        .select_from(Application)
        .join(Application.project)
        .where(Project.company_id == company_id, Application.answer_by.is_not(None), answer)
    ).one()
    return int(row[0]), int(row[1])


def companies_that_choose(session: Session) -> Sequence[uuid.UUID]:
    """Companies that had applications to answer by hand."""
    return session.scalars(
        select(Project.company_id)
        .join(Application, Application.project_id == Project.id)
        .where(Application.answer_by.is_not(None))
        .distinct()
    ).all()


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Application.state == A.RECEIVED, Application.answer_by > now


def _with_people() -> Select[Application]:
    return (
        select(Application)
        .join(Application.expert)
        .join(Expert.user)
        .options(contains_eager(Application.expert).contains_eager(Expert.user))
    )
