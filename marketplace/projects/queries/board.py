"""The board: open, funded projects by what a person looks for."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.projects.models import Project, ProjectState

Listing = tuple[Project, int]  # with its budget in minor units
Condition = sa.ColumnElement[bool]
HARMLESS, AGREED = "none", "agreed"  # which content: none that is sensitive, or only what was agreed to

BALANCE = LedgerAccount.credits_minor - LedgerAccount.debits_minor
UNIT = Project.price_minor + Project.fee_minor + Project.review_fee_minor


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person looks for; empty means everything.  Minor units an hour; `min_funded` in tasks paid for.

    `eligible` and the content somebody agreed to are about whoever asks.
    """

    words: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    task_types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_hourly_minor: int | None = None
    max_minutes: int | None = None
    min_funded: int | None = None
    content: str = ""
    eligible: bool = False
    by_pay: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """What rooms above know: conditions that words find a job, that a person may start it, that they agreed
    to see everything in it.  None: nobody is asked, and the filter is left out; words then find nothing.
    """

    words: Condition | None = None
    eligible: Condition | None = None
    agreed: Condition | None = None


def board(
    session: Session,
    filters: Filters,
    now: datetime,
    *,
    mark: str | None,
    looking: Looking = Looking(),
) -> Page[Listing]:
    """One page of open, funded projects with companies and budgets: newest first, or best paid an hour."""
    first = Project.hourly_minor if filters.by_pay else Project.opened_at
    return pages.page(
        session,
        with_companies(now).where(*_conditions(filters, looking)),
        [first, Project.id],
        mark=mark,
        key_of=lambda row: (row[0].hourly_minor if filters.by_pay else row[0].opened_at, row[0].id),
    )


def newest(
    session: Session,
    now: datetime,
    *,
    at_most: int,
    filters: Filters = Filters(),
    looking: Looking = Looking(),
    since: datetime | None = None,
) -> Sequence[Listing]:
    """The last projects that opened (after `since`) and fit, with companies and budgets."""
    rows = session.execute(
        with_companies(now)
        .where(*_conditions(filters, looking), Project.opened_at > since if since else sa.true())
        .order_by(Project.opened_at.desc(), Project.id.desc())
        .limit(at_most)
    )
    return [(project, budget) for project, budget in rows]


def listed(session: Session, project_ids: Sequence[uuid.UUID], now: datetime) -> Sequence[Listing]:
    """Those of the projects that are on the board, with companies and budgets, in the order of the ids."""
    rows = session.execute(with_companies(now).where(Project.id.in_(project_ids)))
    found = {project.id: (project, budget) for project, budget in rows}
    return [found[one] for one in project_ids if one in found]


def fitting(filters: Filters, now: datetime, looking: Looking) -> sa.Select[uuid.UUID]:
    """The ids of the projects on the board that fit, as a part of another statement."""
    return (
        select(Project.id)
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now), *_conditions(filters, looking))
    )


def similar(session: Session, project: Project, now: datetime, *, at_most: int = 3) -> Sequence[Listing]:
    """Open projects of the same field or kind of work, for the page of one that is over."""
    field_of_work = project.specialty.partition(".")[0]
    alike = sa.or_(
        Project.specialty == field_of_work,
        Project.specialty.startswith(f"{field_of_work}.", autoescape=True),
        Project.task_type == project.task_type,
    )
    rows = session.execute(
        with_companies(now)
        .where(alike, Project.id != project.id)
        .order_by(Project.opened_at.desc(), Project.id.desc())
        .limit(at_most)
    )
    return [(found, budget) for found, budget in rows]


def with_companies(now: datetime) -> sa.Select[Project, int]:
    """What is on the board, with companies and budgets."""
    return (
        select(Project, BALANCE)
        .join(Project.company)
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now))
        .options(contains_eager(Project.company))
    )


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


def within(column: Any, specialty: str) -> Condition:
    """The specialty or one below it in the tree."""
    return sa.or_(column == specialty, column.startswith(f"{specialty}.", autoescape=True))


def _conditions(filters: Filters, looking: Looking) -> list[Condition]:
    chosen = (
        (Project.task_type, filters.task_types),
        (Project.tier, filters.tiers),
        (Project.language, filters.languages),
    )
    found: list[Condition] = [column.in_(values) for column, values in chosen if values]
    if filters.specialties:
        found.append(sa.or_(*(within(Project.specialty, one) for one in filters.specialties)))
    if filters.min_hourly_minor is not None:
        found.append(Project.hourly_minor >= filters.min_hourly_minor)
    if filters.max_minutes is not None:
        found.append(Project.minutes <= filters.max_minutes)
    if filters.min_funded is not None:
        found.append(UNIT * filters.min_funded <= BALANCE)
    if filters.content == HARMLESS:
        found.append(Project.content_classes == "")
    return found + _looked_for(filters, looking)


def _looked_for(filters: Filters, looking: Looking) -> list[Condition]:
    found = []
    if filters.words:
        found.append(looking.words if looking.words is not None else sa.false())
    if filters.content == AGREED and looking.agreed is not None:
        found += [Project.content_classes != "", looking.agreed]
    if filters.eligible and looking.eligible is not None:
        found.append(looking.eligible)
    return found
