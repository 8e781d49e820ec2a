"""Who is asked about which job: the columns every rule speaks of, as tables, aliases or typed-in values."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.projects.models import Project
from marketplace.projects.policy import Tree

_TYPES: Mapping[type, Any] = {uuid.UUID: sa.Uuid, int: sa.Integer, str: sa.String}


@dataclass(frozen=True, slots=True)
class Case:
    """One person and one job in a statement, with what is known of companies' rules, which are data.

    `trees` are the rules of the jobs asked about, by `Project.rules_key`; `failing` are keys of rules that a
    known person does not meet.  Exactly one of the two is given.
    """

    now: datetime
    expert: Any = Expert
    user: Any = User
    job: Any = Project
    trees: Mapping[str, Tree] = field(default_factory=dict)
    failing: Sequence[str] | None = None


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


def typed(**values: uuid.UUID | int | str) -> TypedJob:
    """What stands in a form, as the columns the rules ask for."""
    return TypedJob(**{name: sa.literal(value, _TYPES[type(value)]()) for name, value in values.items()})


def somebody_else(case: Case) -> Case:
    """The same question about another person."""
    return Case(case.now, aliased(Expert), aliased(User), case.job, case.trees, case.failing)
