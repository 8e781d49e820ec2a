"""How many jobs each filter of the board would give, in one statement over the board read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import LedgerAccount
from marketplace.projects.models import OpenAnswers, Project
from marketplace.projects.queries.answers import BALANCE, UNIT, WANTED, answers_of_project
from marketplace.projects.queries.board import budget_of_project, is_listed
from marketplace.projects.queries.filters import (
    NOBODY,
    Columns,
    Condition,
    Filters,
    Looking,
    chosen,
    contents,
    is_funded_for,
    pays,
)

TREE = "specialty"
KNOWN = tuple(one.name for one in fields(Looking))  # columns of their own: 1 where it is so
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
    looking: Looking = NOBODY,
) -> Facet:
    """Every count beside the filters; `rates` in minor units an hour, `funded` in answers."""
    jobs = _jobs(now, looking)
    on = _columns(jobs.c)
    asked = chosen(on, filters)
    counts = [_count("total", "", jobs, asked)]
    counts += [
        select(_text(name), jobs.c[column], func.count())
        .select_from(jobs)
        .where(*_but(asked, name))
        .group_by(jobs.c[column])
        for name, column in GROUPS.items()
    ]
    counts += [_count(name, "", jobs, asked) for name in asked if name not in GROUPS]
    counts += [_count(name, value, jobs, asked, also) for name, value, also in _values(on, rates, funded)]
    rows = session.execute(sa.union_all(*counts))
    return _facet({(name, value): number for name, value, number in rows})


def _jobs(now: datetime, looking: Looking) -> sa.CTE:
    """The board, once, with everything filters ask about as columns."""
    known = {name: getattr(looking, name) for name in KNOWN}
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
            WANTED.label("wanted"),
            *(case((one, 1), else_=0).label(name) for name, one in known.items() if one is not None),
        )
        .join(LedgerAccount, budget_of_project())
        .outerjoin(OpenAnswers, answers_of_project())
        .where(*is_listed(now))
        .cte("jobs")
    )


def _columns(jobs: Any) -> Columns:
    names = [one.name for one in fields(Columns) if one.name != "looking"]
    known = Looking(**{name: jobs[name] == 1 for name in KNOWN if name in jobs})
    return Columns(**{name: jobs[name] for name in names}, looking=known)


def _values(on: Columns, rates: Sequence[int], funded: Sequence[int]) -> list[tuple[str, str, Condition]]:
    """What can be chosen of the filters that are no lists."""
    found = [("hour", str(rate), pays(on, rate)) for rate in rates]
    found += [("funded", str(answers), is_funded_for(on, answers)) for answers in funded]
    found += [("content", value, asked) for value, asked in contents(on).items()]
    eligible = on.looking.eligible
    return found + ([("eligible", "yes", eligible)] if eligible is not None else [])


def _but(chosen: Mapping[str, Condition], name: str) -> list[Condition]:
    return [asked for other, asked in chosen.items() if other != name]


def _count(
    name: str, value: str, jobs: sa.CTE, chosen: Mapping[str, Condition], *also: Condition
) -> sa.Select[str, str, int]:
    """Jobs with every filter but this one, and with `also`."""
    return select(_text(name), _text(value), func.count()).select_from(jobs).where(*_but(chosen, name), *also)


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal(value), sa.String)  # PostgreSQL wants a type in a UNION
