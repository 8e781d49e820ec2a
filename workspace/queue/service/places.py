r"""Where in a row something stands, as people write it.

`question`, `a.b[0]`, `turns[-1]`, `steps[:-1]` are columns; a name with a dot, a bracket, a plus or a quote
in it stands in double quotes, as in JSON: `"model.v1".text`.  Columns joined by `+` become one text.  `:text`
says the text itself, the same in every row; in quotes (`:"text"`) something may follow it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Step = str | int | slice
LONGEST = 2_000
PARTS = 12  # joined into one text: each of them copies what is in the file
_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^"\[\].+]+)\s*')
_TAIL = re.compile(r"\s*(?:\[(-?\d{1,4})\]|\[(-?\d{1,4})?:(-?\d{1,4})?\]|\.)\s*")
_PLAIN = re.compile(r'[^"\[\].+:=\s](?:[^"\[\].+]*[^"\[\].+\s])?')
_SAID = re.compile(r'\s*:("(?:[^"\\]|\\.)*")\s*(?=\+|\Z)')


class Unreadable(ValueError):
    """A place nobody can read; the sentence says why."""


class Absent(LookupError):
    """The row has nothing at this place."""


@dataclass(frozen=True, slots=True)
class Column:
    """A place in a row: names of objects, positions and ranges of lists."""

    steps: tuple[Step, ...]

    @property
    def first(self) -> str:
        """The column of the file."""
        return str(self.steps[0])

    def __str__(self) -> str:
        """The place as people write it."""
        return "".join(_spelled(number, step) for number, step in enumerate(self.steps))


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text in every row."""

    text: str


Part = Column | Constant


def spelled(*steps: Step) -> str:
    """A place as people write it, names in quotes where they need them."""
    return str(Column(steps))


def _spelled(number: int, step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if isinstance(step, slice):
        return f"[{'' if step.start is None else step.start}:{'' if step.stop is None else step.stop}]"
    name = step if _PLAIN.fullmatch(step) else json.dumps(step, ensure_ascii=False)
    return f".{name}" if number else name


def read_source(text: str) -> tuple[Part, ...]:
    """Columns and constants joined by `+`; Unreadable says what is wrong."""
    if len(text) > LONGEST:
        raise Unreadable(f"Shorten this to {LONGEST:,} characters.")
    parts: list[Part] = []
    at = 0
    while True:
        part, at = _part(text, at)
        parts.append(part)
        if len(parts) > PARTS:
            raise Unreadable(f"Join at most {PARTS} columns to one text.")
        if at >= len(text):
            return tuple(parts)
        if text[at] != "+":
            raise Unreadable(f"Put + between two columns, or a dot before a name (at character {at + 1}).")
        at += 1


def _part(text: str, at: int) -> tuple[Part, int]:
    if said := _SAID.match(text, at):
        return Constant(_unquoted(said[1])), said.end()
    if text[at:].lstrip().startswith(":"):
        return Constant(text[at:].lstrip()[1:].strip()), len(text)
    return _column(text, at)


def _column(text: str, at: int) -> tuple[Column, int]:
    steps: list[Step] = []
    name, at = _name(text, at)
    steps.append(name)
    while tail := _TAIL.match(text, at):
        at = tail.end()
        if tail[1] is not None:
            steps.append(int(tail[1]))
        elif tail[0].strip() == ".":
            name, at = _name(text, at)
            steps.append(name)
        else:
            steps.append(slice(_whole(tail[2]), _whole(tail[3])))
    return Column(tuple(steps)), at


def _name(text: str, at: int) -> tuple[str, int]:
    found = _NAME.match(text, at)
    if found is None or not found[1].strip():
        raise Unreadable(
            f"Name a column here (at character {at + 1}). A name with a dot, a bracket or a plus in it "
            'stands in double quotes: "a.b".'
        )
    name = found[1]
    return (_unquoted(name) if name.startswith('"') else name.strip()), found.end()


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        raise Unreadable(f"{text} is not text in double quotes as in JSON.") from None


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)


def pick(row: Mapping[str, Any], column: Column, opened: dict[str, Any] | None = None) -> Any:
    """What stands at this place of the row; Absent names the part that is not there.

    A text that is a JSON object or list is opened where the place leads into it; `opened` remembers what was
    opened of a row, for the next column that leads into the same text.
    """
    value: Any = row
    known = {} if opened is None else opened
    for number, step in enumerate(column.steps):
        value = _opened(value, known)
        try:
            value = _into(value, step)
        except (KeyError, IndexError, TypeError):
            raise Absent(str(Column(column.steps[: number + 1]))) from None
    return value


def _into(value: Any, step: Step) -> Any:
    if isinstance(step, str):
        if not isinstance(value, Mapping):
            raise KeyError(step)
        return value[step]
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise IndexError(step)
    return value[step]


def _opened(value: Any, known: dict[str, Any]) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    if value not in known:
        try:
            known[value] = json.loads(value)
        except (ValueError, RecursionError):
            known[value] = value
    return known[value]
