"""A task to practise on, and what is said about an answer to it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace.task_types.base import Json, TaskType


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule of the short guideline of a task."""

    number: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """One question about an answer: what is right, why, and the clause that says so.

    `gold` is what its type compares with; None is for each to judge alone.  Right is a score of `enough` or
    more or, where there is `instead`, a better score with `gold` than with that.
    """

    question: str
    clause: Clause
    why: str
    gold: Json | None = None
    instead: Json | None = None
    enough: float = 1.0


@dataclass(frozen=True, slots=True)
class Item:
    """One task: its blinded payload, its guideline, its questions, a good answer."""

    slug: str
    kind: TaskType[Any, Any]
    order: int
    title: str
    summary: str
    minutes: int
    clauses: tuple[Clause, ...]
    points: tuple[Point, ...]
    payload: Any
    answer: Mapping[str, Any]


class Outcome(enum.Enum):
    """What became of one question."""

    RIGHT = "right"
    WRONG = "wrong"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Finding:
    """One question with what became of it."""

    point: Point
    outcome: Outcome
