"""How many jobs each filter of the board would give, in one statement over the board read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import LedgerAccount
from marketplace.projects.models import Project
from marketplace.projects.queries.board import (
    AGREED,
    BALANCE,
    HARMLESS,
    UNIT,
    Condition,
    Filters,
    Looking,
    budget_of_project,
    is_listed,
    within,
)

TREE = "specialty"
GROUPS = {TREE: "specialty", "type": "task_type", "tier": "tier", "language": "language"}


@dataclass(frozen=True, slots=True)
class Facet:
    """How many jobs fit: in all, and for each value of a filter with that filter left out.

    `below` counts for each specialty the jobs of those below it in the tree too.
    """

    total: int = 0
    values: Mapping[tuple[str, str], int] = field(default_factory=dict)
    below: Mapping[str, int] = field(default_factory=dict)

    def count(self, facet: str, *wanted: str) -> int:
        """Jobs with one of these values; of a specialty, those below it in the tree too."""
        if facet != TREE:
            return sum(self.values.get((facet, value), 0) for value in wanted)
        tops = (one for one in wanted if not any(one.startswith(f"{other}.") for other in wanted))
        return sum(self.below.get(one, 0) for one in tops)

    def without(self, facet: str) -> int:
        """Jobs when the filter of this facet is left out."""
        if facet in GROUPS:
            return sum(number for (name, _), number in self.values.items() if name == facet)
        return self.values.get((facet, ""), self.total)


def _facet(values: Mapping[tuple[str, str], int]) -> Facet:
    below: dict[str, int] = {}
    for (name, slug), number in values.items():
        steps = slug.split(".") if name == TREE else []
        for depth in range(len(steps)):
            above = ".".join(steps[: depth + 1])
            below[above] = below.get(above, 0) + number
    return Facet(values.get(("total", ""), 0), values, below)


def facets(
    session: Session,
    filters: Filters,
    now: datetime,
    *,
    rates: Sequence[int] = (),
    funded: Sequence[int] = (),
    looking: Looking = Looking(),  # noqa: B008 - frozen
) -> Facet:
    """Every count beside the filters; `rates` in minor units an hour, `funded` in tasks."""
    jobs = _jobs(now, looking)
    chosen = _chosen(jobs.c, filters, looking)
    counts = [_count("total", "", jobs, chosen)]
    counts += [
        select(_text(name), jobs.c[column], func.count())
        .select_from(jobs)
        .where(*_but(chosen, name))
        .group_by(jobs.c[column])
        for name, column in GROUPS.items()
    ]
    counts += [_count(name, "", jobs, chosen) for name in chosen if name not in GROUPS]
    counts += [
        _count(name, value, jobs, chosen, also)
        for name, value, also in _values(jobs.c, rates, funded, looking)
    ]
    rows = session.execute(sa.union_all(*counts))
    return _facet({(name, value): number for name, value, number in rows})


def _jobs(now: datetime, looking: Looking) -> sa.CTE:
    """The board, once, with everything filters ask about as columns."""
    asked = {"found": looking.words, "startable": looking.eligible, "agreed": looking.agreed}
    return (
        select(
            Project.specialty,
            Project.task_type,
            Project.tier,
            Project.language,
            Project.hourly_minor,
            Project.minutes,
            Project.content_classes,
            UNIT.label("unit"),
            BALANCE.label("balance"),
            *(case((one, 1), else_=0).label(name) for name, one in asked.items() if one is not None),
        )
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now))
        .cte("jobs")
    )


def _chosen(jobs: Any, filters: Filters, looking: Looking) -> dict[str, Condition]:
    """The filters that are set, by name."""
    lists = {"type": filters.task_types, "tier": filters.tiers, "language": filters.languages}
    found: dict[str, Condition] = {
        name: jobs[GROUPS[name]].in_(values) for name, values in lists.items() if values
    }
    if filters.specialties:
        found["specialty"] = sa.or_(*(within(jobs.specialty, one) for one in filters.specialties))
    if filters.min_hourly_minor is not None:
        found["hour"] = jobs.hourly_minor >= filters.min_hourly_minor
    if filters.max_minutes is not None:
        found["minutes"] = jobs.minutes <= filters.max_minutes
    if filters.min_funded is not None:
        found["funded"] = jobs.unit * filters.min_funded <= jobs.balance
    if filters.content and (content := _content(jobs, looking).get(filters.content)) is not None:
        found["content"] = content
    if filters.words:
        found["words"] = jobs.found == 1 if looking.words is not None else sa.false()
    if filters.eligible and looking.eligible is not None:
        found["eligible"] = jobs.startable == 1
    return found


def _content(jobs: Any, looking: Looking) -> dict[str, Condition]:
    found: dict[str, Condition] = {HARMLESS: jobs.content_classes == ""}
    if looking.agreed is not None:
        found[AGREED] = sa.and_(jobs.content_classes != "", jobs.agreed == 1)
    return found


def _values(
    jobs: Any, rates: Sequence[int], funded: Sequence[int], looking: Looking
) -> list[tuple[str, str, Condition]]:
    """What can be chosen of the filters that are no lists."""
    found: list[tuple[str, str, Condition]] = [
        ("hour", str(rate), jobs.hourly_minor >= rate) for rate in rates
    ]
    found += [("funded", str(tasks), jobs.unit * tasks <= jobs.balance) for tasks in funded]
    found += [("content", value, asked) for value, asked in _content(jobs, looking).items()]
    return found + ([("eligible", "yes", jobs.startable == 1)] if looking.eligible is not None else [])


def _but(chosen: Mapping[str, Condition], name: str) -> list[Condition]:
    return [asked for other, asked in chosen.items() if other != name]


def _count(
    name: str, value: str, jobs: sa.CTE, chosen: Mapping[str, Condition], *also: Condition
) -> sa.Select[str, str, int]:
    """Jobs with every filter but this one, and with `also`."""
    return select(_text(name), _text(value), func.count()).select_from(jobs).where(*_but(chosen, name), *also)


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal(value), sa.String)  # PostgreSQL wants a type in a UNION
