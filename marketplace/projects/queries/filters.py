"""What the filters of the board mean, said once: for the list itself and for the numbers beside it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Condition = sa.ColumnElement[bool]
HARMLESS, AGREED = "none", "agreed"  # which content: none that is sensitive, or only what was agreed to


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person looks for; empty means everything.  Minor units an hour; `min_funded` in funded answers.

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


EVERYTHING, NOBODY = Filters(), Looking()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns filters ask about, of the tables or of a part of a statement that names them alike."""

    specialty: Any
    task_type: Any
    tier: Any
    language: Any
    hourly_minor: Any
    minutes: Any
    content_classes: Any
    unit: Any  # what one answer costs, in minor units
    balance: Any  # of the budget, in minor units
    wanted: Any  # answers that can be claimed now
    looking: Looking


def chosen(on: Columns, filters: Filters) -> dict[str, Condition]:
    """The filters that are set, by name."""
    lists = {
        "type": (on.task_type, filters.task_types),
        "tier": (on.tier, filters.tiers),
        "language": (on.language, filters.languages),
    }
    found: dict[str, Condition] = {
        name: column.in_(values) for name, (column, values) in lists.items() if values
    }
    if filters.specialties:
        found["specialty"] = sa.or_(*(within(on.specialty, one) for one in filters.specialties))
    if filters.min_hourly_minor is not None:
        found["hour"] = pays(on, filters.min_hourly_minor)
    if filters.max_minutes is not None:
        found["minutes"] = on.minutes <= filters.max_minutes
    if filters.min_funded is not None:
        found["funded"] = is_funded_for(on, filters.min_funded)
    return found | _looked_for(on, filters)


def contents(on: Columns) -> dict[str, Condition]:
    """The choices of content; what was agreed to only when somebody is known."""
    found: dict[str, Condition] = {HARMLESS: on.content_classes == ""}
    if on.looking.agreed is not None:
        found[AGREED] = sa.and_(on.content_classes != "", on.looking.agreed)
    return found


def pays(on: Columns, hourly_minor: int) -> Condition:
    """So much an hour or more, in minor units."""
    found: Condition = on.hourly_minor >= hourly_minor
    return found


def is_funded_for(on: Columns, answers: int) -> Condition:
    """So many answers or more are wanted and paid for."""
    return sa.and_(on.wanted >= answers, on.unit * answers <= on.balance)


def within(column: Any, specialty: str) -> Condition:
    """The specialty or one below it in the tree."""
    return sa.or_(column == specialty, column.startswith(f"{specialty}.", autoescape=True))


def _looked_for(on: Columns, filters: Filters) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    if (content := contents(on).get(filters.content)) is not None:
        found["content"] = content
    if filters.words:
        found["words"] = on.looking.words if on.looking.words is not None else sa.false()
    if filters.eligible and on.looking.eligible is not None:
        found["eligible"] = on.looking.eligible
    return found
