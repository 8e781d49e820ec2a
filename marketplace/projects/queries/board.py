"""The board: open, funded projects by what a person looks for."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.projects.models import OpenAnswers, Project, ProjectState
from marketplace.projects.queries.answers import BALANCE, FUNDED, UNIT, WANTED, answers_of_project
from marketplace.projects.queries.filters import (
    EVERYTHING,
    NOBODY,
    Columns,
    Condition,
    Filters,
    Looking,
    chosen,
    within,
)

Listing = tuple[Project, int]  # with how many answers it is funded for


def board(
    session: Session,
    filters: Filters,
    now: datetime,
    *,
    mark: str | None,
    looking: Looking = NOBODY,
) -> Page[Listing]:
    """One page of open, funded projects with companies: newest first, or best paid an hour."""
    first = Project.hourly_minor if filters.by_pay else Project.opened_at
    return pages.page(
        session,
        with_companies(now).where(*_chosen(filters, looking)),
        [first, Project.id],
        mark=mark,
        key_of=lambda row: (row[0].hourly_minor if filters.by_pay else row[0].opened_at, row[0].id),
    )


def newest(
    session: Session,
    now: datetime,
    *,
    at_most: int,
    filters: Filters = EVERYTHING,
    looking: Looking = NOBODY,
    since: datetime | None = None,
    told: sa.Select[uuid.UUID] | None = None,
) -> Sequence[Listing]:
    """The last projects that opened (after `since`), fit and are not `told`, with companies."""
    rows = session.execute(
        with_companies(now)
        .where(*_chosen(filters, looking), Project.opened_at > since if since else sa.true())
        .where(Project.id.not_in(told) if told is not None else sa.true())
        .order_by(Project.opened_at.desc(), Project.id.desc())
        .limit(at_most)
    )
    return [(project, funded) for project, funded in rows]


def listed(session: Session, project_ids: Sequence[uuid.UUID], now: datetime) -> Sequence[Listing]:
    """Those of the projects that are on the board, with companies, in the order of the ids."""
    rows = session.execute(with_companies(now).where(Project.id.in_(project_ids)))
    found = {project.id: (project, funded) for project, funded in rows}
    return [found[one] for one in project_ids if one in found]


def fitting(filters: Filters, now: datetime, looking: Looking) -> sa.Select[uuid.UUID]:
    """The ids of the projects on the board that fit, as a part of another statement."""
    return (
        select(Project.id)
        .join(LedgerAccount, budget_of_project())
        .outerjoin(OpenAnswers, answers_of_project())
        .where(*is_listed(now), *_chosen(filters, looking))
    )


def similar(session: Session, project: Project, now: datetime, *, at_most: int = 3) -> Sequence[Listing]:
    """Open projects of the same field or kind of work, for the page of one that is over."""
    field_of_work = project.specialty.partition(".")[0]
    alike = sa.or_(within(Project.specialty, field_of_work), Project.task_type == project.task_type)
    rows = session.execute(
        with_companies(now)
        .where(alike, Project.id != project.id)
        .order_by(Project.opened_at.desc(), Project.id.desc())
        .limit(at_most)
    )
    return [(found, funded) for found, funded in rows]


def with_companies(now: datetime) -> sa.Select[Project, int]:
    """What is on the board, with companies and how many answers each is funded for."""
    return (
        select(Project, FUNDED)
        .join(Project.company)
        .join(LedgerAccount, budget_of_project())
        .outerjoin(OpenAnswers, answers_of_project())
        .where(*is_listed(now))
        .options(contains_eager(Project.company))
    )


def funded_now(session: Session, project_id: uuid.UUID) -> int:
    """How many answers of one project are wanted and paid for, whether it is on the board or not."""
    statement = (
        select(FUNDED)
        .select_from(Project)
        .join(LedgerAccount, budget_of_project())
        .outerjoin(OpenAnswers, answers_of_project())
    )
    return int(session.scalar(statement.where(Project.id == project_id)) or 0)


def budget_of_project() -> sa.ColumnElement[bool]:
    """The ledger account that holds a project's budget, for a join."""
    return sa.and_(
        LedgerAccount.kind == Kind.PROJECT_BUDGET,
        LedgerAccount.owner_id == Project.id,
        LedgerAccount.currency == Project.currency,
    )


def is_listed(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Open, not past its end, and the next task is paid for."""
    return (
        Project.state == ProjectState.OPEN,
        sa.or_(Project.ends_at.is_(None), Project.ends_at > now),
        UNIT <= BALANCE,
    )


def _chosen(filters: Filters, looking: Looking) -> Collection[Condition]:
    """The filters that are set, of the board's own tables."""
    on = Columns(
        specialty=Project.specialty,
        task_type=Project.task_type,
        tier=Project.tier,
        language=Project.language,
        hourly_minor=Project.hourly_minor,
        minutes=Project.minutes,
        content_classes=Project.content_classes,
        unit=UNIT,
        balance=BALANCE,
        wanted=WANTED,
        looking=looking,
    )
    return chosen(on, filters).values()
