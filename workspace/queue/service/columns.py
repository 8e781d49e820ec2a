"""The columns a file has, with a value of each, and which of them fit the fields of a type by their names."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.queue.service.mapping import EXTERNAL_ID
from workspace.queue.service.places import Step, spelled
from workspace.queue.service.reading import Row
from workspace.task_types.base import PayloadField, TaskType

ROWS, COLUMNS, DEEP = 200, 60, 3
SAMPLE = 80
ASKED, GIVEN = ("instruction", "question", "task"), ("input", "context", "text")


@dataclass(frozen=True, slots=True)
class Found:
    """One column, as people write it, and the first value that is not empty."""

    place: str
    sample: str


def names_of(rows: Sequence[Row]) -> list[str]:
    """The columns at the top of any row, in the order they appear."""
    names = dict.fromkeys(name for row in rows if row.raw for name in row.raw)
    return list(names)


def columns_of(rows: Sequence[Row]) -> list[Found]:
    """Every place with a value in the first rows, objects opened, with a sample; at most 60."""
    samples: dict[str, str] = {}
    for row in rows[:ROWS]:
        for steps, value in _walk((), row.raw or {}):
            place = spelled(*steps)
            if not samples.get(place) and (place in samples or len(samples) < COLUMNS):
                samples[place] = _sample(value)
    return [Found(place, sample) for place, sample in samples.items()]


def _walk(steps: tuple[Step, ...], value: Any) -> Iterator[tuple[tuple[Step, ...], Any]]:
    if isinstance(value, Mapping) and value and len(steps) <= DEEP:
        for name, inner in value.items():
            yield from _walk((*steps, name), inner)
    elif steps:
        yield steps, value


def _sample(value: Any) -> str:
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[: 2 * SAMPLE]
    text = " ".join(text[: 4 * SAMPLE].split())
    return text if len(text) <= SAMPLE else text[: SAMPLE - 1] + "…"


def guess(kind: TaskType[Any, Any], there: Sequence[str]) -> dict[str, str]:
    """Field -> column by their names alone; each column once, fields nobody finds a column for left out."""
    names = {_folded(name): name for name in reversed(there) if name == "_id" or name[:1] != "_"}
    chosen: dict[str, str] = {}
    used: set[str] = set()
    for field in (EXTERNAL_ID, *kind.payload_fields):
        if field.advanced or any(_clash(field, place) for place in chosen):
            continue
        for place, name in _of_field(field, names):
            if name not in used and place not in chosen:
                chosen[place] = spelled(name)
                used.add(name)
    return _joined(chosen, names, used)


def _clash(field: PayloadField, place: str) -> bool:
    return place == field.top or (place.startswith(field.top) and field.name == field.top)


def _of_field(field: PayloadField, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The column with the likeliest name, or one for each of several."""
    if not field.rows:
        found = next((names[_folded(name)] for name in field.also if _folded(name) in names), None)
        if found is not None:
            yield field.name, found
        return
    for pattern in field.also:
        signs = [*((str(n + 1), "abcdefgh"[n : n + 1]) for n in range(field.rows))]
        hits = [
            next((names[key] for sign in pair if (key := _folded(pattern.replace("#", sign))) in names), None)
            for pair in signs
        ]
        run = hits[: hits.index(None)] if None in hits else hits
        if run:
            yield from ((field.name.replace("[]", f"[{n}]"), name) for n, name in enumerate(run) if name)
            return


def _joined(chosen: dict[str, str], names: Mapping[str, str], used: set[str]) -> dict[str, str]:
    """An instruction and its input are one prompt."""
    asked = next((names[name] for name in ASKED if name in names), None)
    given = next((names[name] for name in GIVEN if name in names and names[name] not in used), None)
    if asked and given and chosen.get("prompt") == spelled(asked):
        chosen["prompt"] = f"{spelled(asked)}+{spelled(given)}"
    return chosen


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
