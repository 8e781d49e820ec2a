"""Shapes of JSON and form values, and the comparison of a value with its shape."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

INTEGER = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Null:
    """JSON null."""


@dataclass(frozen=True)
class Anything:
    """A value whose shape nobody describes."""


@dataclass(frozen=True)
class Scalar:
    """string, integer, number or boolean; `choices` are the only values, when given."""

    kind: str
    choices: frozenset[Any] | None = None


@dataclass(frozen=True)
class Array:
    """A list of one shape."""

    items: "Shape"


@dataclass(frozen=True)
class Map:
    """An object with free names and values of one shape."""

    values: "Shape"


@dataclass(frozen=True)
class AnyOf:
    """One of several shapes."""

    options: tuple["Shape", ...]


@dataclass(frozen=True)
class Field:
    """A property of a record."""

    shape: "Shape"
    required: bool


@dataclass(frozen=True)
class Record:
    """An object with named fields; `read` makes them late, because records contain each other.

    `extra`: names it does not list are fine.
    """

    name: str
    read: Callable[[], Mapping[str, Field]] = field(compare=False)
    extra: bool = False


Shape = Null | Anything | Scalar | Array | Map | AnyOf | Record


def differences(shape: Shape, value: Any, *, form: bool, path: str = "") -> Iterator[str]:
    """One line per place where the value is not of the shape.  `form`: numbers and booleans are spelled."""
    if isinstance(shape, AnyOf):
        yield from _any_of(shape.options, value, form, path)
    elif isinstance(shape, Array):
        yield from _array(shape.items, value, form, path)
    elif isinstance(shape, Map):
        yield from _map(shape.values, value, form, path)
    elif isinstance(shape, Record):
        yield from _record(shape, value, form, path)
    elif isinstance(shape, Null) and value is not None:
        yield f"{path}: {value!r} is not null"
    elif isinstance(shape, Scalar) and not _is(shape, value, form):
        yield f"{path}: {value!r} is not {shape.kind} {sorted(shape.choices or ())}"


def _any_of(options: tuple[Shape, ...], value: Any, form: bool, path: str) -> Iterator[str]:
    tries = [list(differences(option, value, form=form, path=path)) for option in options]
    if all(tries):  # none of them fits: show the nearest
        yield from min(tries, key=lambda lines: (-_depth(lines), len(lines)))


def _depth(lines: list[str]) -> int:
    return max(line.partition(":")[0].count(".") for line in lines)


def _is(shape: Scalar, value: Any, form: bool) -> bool:
    if shape.kind == "string":
        fits = isinstance(value, str)
    elif form:
        fits = isinstance(value, str) and _spelled(shape.kind, value)
    elif shape.kind == "boolean":
        fits = isinstance(value, bool)
    elif shape.kind == "integer":
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    return fits and (shape.choices is None or value in shape.choices)


def _spelled(kind: str, text: str) -> bool:
    if kind == "boolean":
        return text in {"true", "false"}
    return bool((INTEGER if kind == "integer" else NUMBER).fullmatch(text))


def _array(items: Shape, value: Any, form: bool, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is not a list"
        return
    for index, item in enumerate(value):
        yield from differences(items, item, form=form, path=f"{path}.{index}")


def _map(values: Shape, value: Any, form: bool, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is not an object"
        return
    for name, item in value.items():
        yield from differences(values, item, form=form, path=f"{path}.{name}")


def _record(shape: Record, value: Any, form: bool, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is not a {shape.name}"
        return
    fields = shape.read()
    for name in [] if shape.extra else sorted(value.keys() - fields.keys()):
        yield f"{path}.{name}: {shape.name} has no such field"
    for name, entry in fields.items():
        if name in value:
            yield from differences(entry.shape, value[name], form=form, path=f"{path}.{name}")
        elif entry.required:
            yield f"{path}.{name}: missing in {shape.name}"
