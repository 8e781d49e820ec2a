"""From the columns of a file to the fields of a payload, as somebody chose them once for the whole file."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.queue.errors import MappingRefused
from workspace.queue.service.places import Absent, Column, Constant, Part, Unreadable, pick, read_source
from workspace.task_types.base import PayloadField, TaskType

EXTERNAL_ID = PayloadField(
    "external_id", "Your own id of the task", ("text", "number"), also=("external_id", "id", "_id")
)
FIELDS, LISTED = 80, 12
BLANK_LINE = "\n\n"
Chosen = Mapping[str, str]
Key = str | int
_PLACE = re.compile(r"[a-z_]+(?:\[\d{1,2}\])?(?:\.[a-z_]+(?:\[\d{1,2}\])?)*")
_KEY = re.compile(r"[a-z_]+|\d+")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_FLAGS = {"true": True, "false": False}
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "flag"),
    (str, "text"),
    (int, "number"),
    (float, "number"),
    (list, "list"),
    (dict, "object"),
)
_WORDS = {
    "text": "text",
    "list": "a list",
    "object": "an object",
    "number": "a number",
    "flag": "true or false",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the payload and where it comes from."""

    place: str
    field: PayloadField
    source: tuple[Part, ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """The place as names and positions."""
        return tuple(int(key) if key.isdigit() else key for key in _KEY.findall(self.place))

    @property
    def columns(self) -> list[Column]:
        """The columns it reads."""
        return [part for part in self.source if isinstance(part, Column)]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every field that was chosen; empty takes rows as they come."""

    entries: tuple[Entry, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.entries)

    def applied(self, row: Mapping[str, Any], *, cells: bool) -> tuple[dict[str, Any], dict[str, str]]:
        """The payload this row says, and what is wrong with it by place; `cells` are all text (CSV)."""
        raw: dict[str, Any] = {}
        problems: dict[str, str] = {}
        opened: dict[str, Any] = {}
        for entry in self.entries:
            try:
                value = _value(entry, row, opened, cells=cells)
            except Absent as absent:
                problems[entry.place] = f"There is no {absent} in this row."
            except Unreadable as problem:
                problems[entry.place] = str(problem)
            else:
                if value is not None:
                    _put(raw, entry.keys, value)
        return _without_gaps(raw), problems


def known_fields(kind: TaskType[Any, Any]) -> tuple[PayloadField, ...]:
    """What a row of a file can say for this type, its id first."""
    return (EXTERNAL_ID, *kind.payload_fields)


def read_mapping(kind: TaskType[Any, Any], chosen: Chosen) -> Plan:
    """The plan behind `field -> columns`; MappingRefused (422) has a sentence for every wrong field."""
    problems: dict[str, str] = {}
    entries = [entry for entry in (_entry(kind, *pair, problems) for pair in chosen.items()) if entry]
    if len(chosen) > FIELDS:
        problems.setdefault("", f"Choose columns for at most {FIELDS} fields.")
    if entries:
        _whole(kind, entries, problems)
    if problems:
        raise MappingRefused(problems)
    return Plan(tuple(entries))


def check_columns(plan: Plan, names: Iterable[str]) -> None:
    """MappingRefused (422) for columns that no row of the file has."""
    there = list(names)
    shown = ", ".join(there[:LISTED]) + (", …" if len(there) > LISTED else "")
    problems = {
        entry.place: f"There is no column {column.first} in this file. It has: {shown}."
        for entry in plan.entries
        for column in entry.columns
        if column.first not in there
    }
    if problems:
        raise MappingRefused(problems)


def _entry(kind: TaskType[Any, Any], place: str, text: str, problems: dict[str, str]) -> Entry | None:
    found = next((field for field in known_fields(kind) if field.stands_for(place)), None)
    if not _PLACE.fullmatch(place) or found is None:
        names = ", ".join(field.name for field in known_fields(kind))
        problems[place] = f"{kind.title} has no field {place[:80]}. It has: {names}."
        return None
    try:
        source = read_source(text)
    except Unreadable as problem:
        problems[place] = str(problem)
        return None
    if len(source) > 1 and "text" not in found.holds:
        problems[place] = "Only texts can be joined. Choose one column here."
    return Entry(place, found, source)


def _whole(kind: TaskType[Any, Any], entries: Sequence[Entry], problems: dict[str, str]) -> None:
    """What only all of them together can break."""
    tops = {entry.field.top for entry in entries}
    for field in kind.payload_fields:
        if field.required and field.top not in tops:
            problems.setdefault(
                field.name, f"Choose a column for {field.label[:1].lower()}{field.label[1:]}."
            )
    for entry in entries:
        for other in entries:
            if other.keys[: len(entry.keys)] == entry.keys and len(other.keys) > len(entry.keys):
                problems.setdefault(
                    entry.place,
                    f"Choose columns either for {entry.place} or for {other.place}, not for both.",
                )
    _positions(entries, problems)


def _positions(entries: Sequence[Entry], problems: dict[str, str]) -> None:
    lists: dict[str, set[int]] = {}
    for entry in entries:
        if len(entry.keys) > 1 and isinstance(entry.keys[1], int):
            lists.setdefault(str(entry.keys[0]), set()).add(entry.keys[1])
    for name, found in lists.items():
        for position in sorted(set(range(max(found))) - found)[:1]:
            problems.setdefault(f"{name}[{max(found)}]", f"Choose columns for {name}[{position}] as well.")


def _value(entry: Entry, row: Mapping[str, Any], opened: dict[str, Any], *, cells: bool) -> Any:
    """What the row says for one field; None when it says nothing."""
    if len(entry.source) > 1:
        return ("/" if entry.field is EXTERNAL_ID else BLANK_LINE).join(_texts(entry, row, opened))
    (part,) = entry.source
    if isinstance(part, Constant):
        return _fit(entry.field, part.text, f"“{part.text[:40]}”", loose=True)
    value = pick(row, part, opened)
    if value is None or (cells and value == ""):
        return None
    return _fit(entry.field, value, f"Column {part}", loose=cells)


def _texts(entry: Entry, row: Mapping[str, Any], opened: dict[str, Any]) -> Iterator[str]:
    for part in entry.source:
        value = part.text if isinstance(part, Constant) else pick(row, part, opened)
        if value is None:
            continue
        if entry.field is EXTERNAL_ID and type(value) is int:  # a name, never read by a trainer
            value = str(value)
        if not isinstance(value, str):
            raise Unreadable(f"Column {part} holds {_said(value)}. Only texts can be joined.")
        if value.strip():
            yield value


def _fit(field: PayloadField, value: Any, name: str, *, loose: bool) -> Any:
    """The value if it may stand there; `loose` text is read as JSON, number or flag where those belong."""
    if loose and isinstance(value, str):
        value = _loosened(field, value)
    if _kind(value) not in field.holds:
        wanted = " or ".join(_WORDS[kind] for kind in field.holds)
        raise Unreadable(f"{name} holds {_said(value)}. Give {wanted} here.")
    return value


def _loosened(field: PayloadField, text: str) -> Any:
    if {"list", "object"} & set(field.holds) and text.lstrip()[:1] in {"[", "{"}:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return found if _kind(found) in field.holds else text
    if "text" in field.holds:
        return text
    if "number" in field.holds and _NUMBER.fullmatch(text.strip()):
        return int(text)
    return _FLAGS.get(text.strip().casefold(), text) if "flag" in field.holds else text


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "")


def _said(value: Any) -> str:
    return _WORDS.get(_kind(value), "nothing")


def _put(raw: dict[str, Any], keys: tuple[Key, ...], value: Any) -> None:
    """Write the value at its place; lists are kept as {position: item} until all is there."""
    inner: Any = raw
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
    inner[keys[-1]] = value


def _without_gaps(raw: dict[str, Any]) -> dict[str, Any]:
    """Items by position become lists; an item nobody said anything of is left out."""
    return {
        name: [value[place] for place in sorted(value)] if _is_items(value) else value
        for name, value in raw.items()
    }


def _is_items(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(key, int) for key in value)
