"""What a rule is: a condition in SQL that decides, and a sentence from facts that explains.  Pure."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from marketplace.matching.policy.answers import RuleResult
from marketplace.matching.policy.people import Candidate
from marketplace.matching.queries import Case
from marketplace.projects.models import Project

CHANGED = "This changed a moment ago. Load the page again."


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule explains itself from; `learned` is what its own `learn` read about this project."""

    person: Candidate
    project: Project
    now: datetime
    learned: Any = None


def _nothing(session: Session, person: Candidate, projects: Sequence[Project]) -> Mapping[uuid.UUID, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, asked in SQL and explained in words; rooms above this one bring rules of their own.

    `learn` reads, for a page of projects in a fixed number of statements, what only this rule's words need.
    """

    name: str
    sql: Callable[[Case], ColumnElement[bool]]
    explain: Callable[[Known], RuleResult]
    learn: Callable[[Session, Candidate, Sequence[Project]], Mapping[uuid.UUID, Any]] = _nothing


def settled(result: RuleResult, *, said: bool) -> RuleResult:
    """The words, once SQL has decided; they differ only when something changed between two statements."""
    return result if result.passed is said else replace(result, passed=said, reason=CHANGED, fix=None)
