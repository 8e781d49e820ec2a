"""Who is asked about which job: the columns every rule speaks of, as tables, aliases or typed-in values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit.database import UtcDateTime
from marketplace.projects.models import Project
from marketplace.projects.policy import Tree

_COLUMNS: Mapping[str, Any] = {
    "company_id": sa.Uuid,
    "specialty": sa.String,
    "tier_rank": sa.Integer,
    "language": sa.String,
    "language_level": sa.String,
    "excluded_countries": sa.String,
    "content_classes": sa.String,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One person and one job in a statement, with what is known of companies' rules, which are data.

    `trees` are the rules of the jobs asked about, by `Project.rules_key`; `failing` are keys of rules that a
    known person does not meet.  Exactly one of the two is given.  In a statement that is kept (`spans` given)
    moments and `failing` are parameters; `spans` then notes how long before `now` each named moment is.
    """

    now: Any
    expert: Any = Expert
    user: Any = User
    job: Any = Project
    trees: Mapping[Any, Tree] = field(default_factory=dict)
    failing: Sequence[str] | sa.BindParameter[Any] | None = None
    spans: dict[str, timedelta] | None = None

    @property
    def today(self) -> Any:
        """The day it is, in UTC."""
        return self.now.date() if self.spans is None else sa.bindparam("today", type_=sa.Date())

    def ago(self, span: timedelta) -> Any:
        """The moment so long before now."""
        if self.spans is None:
            return self.now - span
        name = f"ago_{int(span.total_seconds())}"
        self.spans[name] = span
        return sa.bindparam(name, type_=UtcDateTime())


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedJob:
    """The columns of a job that is still being typed."""

    company_id: Any
    specialty: Any
    tier_rank: Any
    language: Any
    language_level: Any
    excluded_countries: Any
    content_classes: Any
    rules_key: Any


def typed(rules_key: str) -> TypedJob:
    """A job in a form, for a statement that is kept: every column but the key of its rules is a parameter."""
    columns = {name: sa.bindparam(name, type_=kind()) for name, kind in _COLUMNS.items()}
    return TypedJob(**columns, rules_key=sa.literal(rules_key, sa.String()))


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement whose moments are parameters."""

    statement: sa.Select[Any]
    spans: Mapping[str, timedelta]

    def moments(self, now: datetime) -> dict[str, Any]:
        """The values of those parameters."""
        return {"now": now, "today": now.date(), **{name: now - span for name, span in self.spans.items()}}


def kept_case(trees: Sequence[Tree] = (), **more: Any) -> Case:
    """The case of a statement that is kept: moments, and the keys of companies' rules, are parameters."""
    now = sa.bindparam("now", type_=UtcDateTime())
    told = {sa.bindparam(_key(place), type_=sa.String()): tree for place, tree in enumerate(trees)}
    return Case(now, trees=told, spans={}, **more)


def keys_of_rules(keys: Sequence[str]) -> dict[str, str]:
    """The values of the keys, in the order of the trees."""
    return {_key(place): key for place, key in enumerate(keys)}


def _key(place: int) -> str:
    return f"asked_rules_{place}"


def somebody_else(case: Case) -> Case:
    """The same question about another person."""
    return replace(case, expert=aliased(Expert), user=aliased(User))
