"""The board: open, funded projects by what a person looks for, and how many there are of each kind."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.projects.models import Project, ProjectState

Listing = tuple[Project, int]  # with its budget in minor units
_FACETS = {
    "specialty": Project.specialty,
    "type": Project.task_type,
    "tier": Project.tier,
    "language": Project.language,
}

_BALANCE = LedgerAccount.credits_minor - LedgerAccount.debits_minor


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person looks for; empty means everything.  `min_hourly_minor` in minor units."""

    words: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    task_types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_hourly_minor: int | None = None
    max_minutes: int | None = None
    by_pay: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """How many jobs fit: in all, by rate, and by each value of a facet with that facet's filter left out."""

    total: int = 0
    values: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def count(self, facet: str, *wanted: str) -> int:
        """Jobs with one of these values; of a specialty, those below it in the tree too."""
        return sum(
            number
            for (name, found), number in self.values.items()
            if name == facet and any(_is_within(found, value, facet) for value in wanted)
        )

    def without(self, facet: str) -> int:
        """Jobs when the filter of this facet is left out."""
        return sum(number for (name, _), number in self.values.items() if name == facet)


def _is_within(found: str, value: str, facet: str) -> bool:
    return found == value or (facet == "specialty" and found.startswith(f"{value}."))


def board(
    session: Session,
    filters: Filters,
    now: datetime,
    *,
    mark: str | None,
    also: Sequence[sa.ColumnElement[bool]] = (),
) -> Page[Listing]:
    """One page of open, funded projects with companies and budgets: newest first, or best paid an hour.

    `also` are conditions of rooms above, such as that somebody may do the job.
    """
    first = Project.hourly_minor if filters.by_pay else Project.opened_at
    return pages.page(
        session,
        _listed(now).where(*_conditions(filters), *also),
        [first, Project.id],
        mark=mark,
        key_of=lambda row: (row[0].hourly_minor if filters.by_pay else row[0].opened_at, row[0].id),
    )


def facets(session: Session, filters: Filters, now: datetime, rates: Sequence[int]) -> Facet:
    """Every count beside the filters, in one statement; `rates` are the offered minor units an hour."""
    counts = [_count("total", "", filters, now)]
    counts += [_grouped(name, column, filters, now) for name, column in _FACETS.items()]
    counts += [_count("hour", str(rate), replace(filters, min_hourly_minor=rate), now) for rate in rates]
    counts += [
        _count("any_hour", "", replace(filters, min_hourly_minor=None), now),
        _count("any_minutes", "", replace(filters, max_minutes=None), now),
        _count("any_words", "", replace(filters, words=()), now),
    ]
    values = {(name, value): number for name, value, number in session.execute(sa.union_all(*counts))}
    return Facet(values.get(("total", ""), 0), values)


def newest(
    session: Session,
    now: datetime,
    *,
    at_most: int,
    filters: Filters | None = None,
    since: datetime | None = None,
) -> Sequence[Listing]:
    """The last projects that opened (after `since`) and fit, with companies and budgets."""
    rows = session.execute(
        _listed(now)
        .where(*_conditions(filters or Filters()), Project.opened_at > since if since else sa.true())
        .order_by(Project.opened_at.desc(), Project.id.desc())
        .limit(at_most)
    )
    return [(project, budget) for project, budget in rows]


def listed(session: Session, project_ids: Sequence[uuid.UUID], now: datetime) -> Sequence[Listing]:
    """Those of the projects that are on the board, with companies and budgets, in the order of the ids."""
    rows = session.execute(_listed(now).where(Project.id.in_(project_ids)))
    found = {project.id: (project, budget) for project, budget in rows}
    return [found[one] for one in project_ids if one in found]


def fitting(filters: Filters, now: datetime, *also: sa.ColumnElement[bool]) -> sa.Select[uuid.UUID]:
    """The ids of the projects on the board that fit, as a part of another statement."""
    return (
        select(Project.id)
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now), *_conditions(filters), *also)
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
        _listed(now)
        .where(alike, Project.id != project.id)
        .order_by(Project.opened_at.desc(), Project.id.desc())
        .limit(at_most)
    )
    return [(found, budget) for found, budget in rows]


def _listed(now: datetime) -> sa.Select[Project, int]:
    return (
        select(Project, _BALANCE)
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
    unit = Project.price_minor + Project.fee_minor + Project.review_fee_minor
    return (
        Project.state == ProjectState.OPEN,
        sa.or_(Project.ends_at.is_(None), Project.ends_at > now),
        unit <= _BALANCE,
    )


def _conditions(filters: Filters, *, besides: str = "") -> list[sa.ColumnElement[bool]]:
    found = [Project.search_text.contains(word, autoescape=True) for word in filters.words]
    chosen = {"type": filters.task_types, "tier": filters.tiers, "language": filters.languages}
    found += [_FACETS[name].in_(values) for name, values in chosen.items() if values and name != besides]
    if filters.specialties and besides != "specialty":
        found.append(sa.or_(*(_within(specialty) for specialty in filters.specialties)))
    if filters.min_hourly_minor is not None:
        found.append(Project.hourly_minor >= filters.min_hourly_minor)
    if filters.max_minutes is not None:
        found.append(Project.minutes <= filters.max_minutes)
    return found


def _within(specialty: str) -> sa.ColumnElement[bool]:
    below = Project.specialty.startswith(f"{specialty}.", autoescape=True)
    return sa.or_(Project.specialty == specialty, below)


def _count(name: str, value: str, filters: Filters, now: datetime) -> sa.Select[str, str, int]:
    return (
        select(_text(name), _text(value), func.count(Project.id))
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now), *_conditions(filters))
    )


def _grouped(
    name: str, column: InstrumentedAttribute[str], filters: Filters, now: datetime
) -> sa.Select[str, str, int]:
    return (
        select(_text(name), column, func.count(Project.id))
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now), *_conditions(filters, besides=name))
        .group_by(column)
    )


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal(value), sa.String)  # PostgreSQL wants a type in a UNION
