"""How a task is read from its source, and an answer judged; both pure."""

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workspace.practice.models import Clause, Finding, Item, Outcome, Point
from workspace.task_types import registry
from workspace.task_types.base import Invalid, Json, TaskType

SEED = 7  # everybody sees the responses in the same order, and it is not the order they were written in
NOTHING = "none"  # TOML has no null: what a known answer says of a solution without an error


class Miswritten(Exception):
    """A task of ours that breaks a rule; said to whoever writes it, never to a visitor."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Clause(_Row):
    number: str
    title: str
    text: str


class _Point(_Row):
    question: str
    clause: str
    why: str = Field(min_length=30)
    gold: dict[str, Any] | None = None
    instead: dict[str, Any] | None = None
    enough: float = Field(default=1.0, gt=0, le=1)


class _Item(_Row):
    kind: str
    order: int
    title: str = Field(max_length=60)
    summary: str = Field(min_length=40, max_length=160)
    minutes: int = Field(ge=1, le=15)
    clause: list[_Clause] = Field(min_length=1)
    point: list[_Point] = Field(min_length=1)
    payload: dict[str, Any]
    answer: dict[str, Any]


def read_item(slug: str, source: str) -> Item:
    """The task; Miswritten when it breaks a rule of its own or of its type."""
    try:
        row = _Item.model_validate(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Miswritten(f"{slug}: {error}") from error
    if row.kind not in registry.ALL:
        raise Miswritten(f"{slug}: no type is called {row.kind}")
    kind = registry.get(row.kind)
    payload = kind.read_payload(row.payload)
    if isinstance(payload, Invalid):
        raise Miswritten(f"{slug}: {payload.errors}")
    clauses = {one.number: Clause(**one.model_dump()) for one in row.clause}
    points = tuple(_point(slug, one, clauses) for one in row.point)
    _check(slug, kind, payload, points)
    plain = row.model_dump(include={"order", "title", "summary", "minutes", "answer"})
    blinded = kind.blind(payload, SEED)
    return Item(slug=slug, kind=kind, clauses=(*clauses.values(),), points=points, payload=blinded, **plain)


def judge(item: Item, answer: Any) -> list[Finding]:
    """Every question with what became of it."""
    return [Finding(point, _outcome(item, point, answer)) for point in item.points]


def _point(slug: str, row: _Point, clauses: Mapping[str, Clause]) -> Point:
    if row.clause not in clauses:
        raise Miswritten(f"{slug}: there is no clause {row.clause}")
    gold, instead = _nulls(row.gold), _nulls(row.instead)
    return Point(row.question, clauses[row.clause], row.why, gold, instead, row.enough)


def _check(slug: str, kind: TaskType[Any, Any], payload: Any, points: tuple[Point, ...]) -> None:
    for gold in (gold for point in points for gold in (point.gold, point.instead) if gold is not None):
        known = kind.read_gold(payload, gold)
        if isinstance(known, Invalid):
            raise Miswritten(f"{slug}: {known.errors}")


def _nulls(gold: dict[str, Any] | None) -> Json | None:
    if gold is None:
        return None
    return {name: None if value == NOTHING else value for name, value in gold.items()}


def _outcome(item: Item, point: Point, answer: Any) -> Outcome:
    score = _score(item, point.gold, answer)
    if score is None:
        return Outcome.OWN
    other = _score(item, point.instead, answer)
    right = score >= point.enough if other is None else score > other
    return Outcome.RIGHT if right else Outcome.WRONG


def _score(item: Item, gold: Json | None, answer: Any) -> float | None:
    return None if gold is None else item.kind.score_against_gold(item.payload, gold, answer)
