"""What every line of a data set keeps: text that is text, turns in turn, nothing missing, nothing odd."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Problem = tuple[str, str]
Line = Mapping[str, Any]
IDS = ("record_id", "group_id")
ROLES = ("system", "user", "assistant")
DEEP = 64
NULL = "There is nothing here: null is no value a trainer can read."
EMPTY = "This text is empty."


def text(value: Any, place: str) -> Iterator[Problem]:
    """Text with something in it."""
    if value is None:
        yield place, NULL
    elif not isinstance(value, str):
        yield place, "This is not text."
    elif not value.strip():
        yield place, EMPTY


def flag(value: Any, place: str) -> Iterator[Problem]:
    """True or false, never 0 or 1."""
    if value is None:
        yield place, NULL
    elif not isinstance(value, bool):
        yield place, "This is not true or false."


def number(value: Any, place: str, *, least: float = 0.0, most: float = math.inf) -> Iterator[Problem]:
    """A finite number from `least` to `most`."""
    if value is None:
        yield place, NULL
    elif isinstance(value, bool) or not isinstance(value, int | float):
        yield place, "This is not a number."
    elif not math.isfinite(value):
        yield place, "This number is not finite."
    elif value < least:
        yield place, f"This is less than {least:g}."
    elif value > most:
        yield place, f"This is more than {most:g}."


def whole(value: Any, place: str, *, least: int = 0) -> Iterator[Problem]:
    """A whole number of `least` or more."""
    if type(value) is int and value >= least:
        return
    yield place, NULL if value is None else f"This is not a whole number of {least} or more."


def conversation(value: Any, place: str, *, last: str) -> Iterator[Problem]:
    """Messages that take turns; a system message only at the front; `last` speaks last."""
    found = list(_messages(value, place))
    yield from found
    if found:
        return
    roles = [message["role"] for message in value]
    for position, (one, other) in enumerate(pairwise(roles), 1):
        if one == other:
            yield f"{place}[{position}]", f"Two {one} messages in a row."
        elif other == "system":
            yield f"{place}[{position}]", "A system message can only be the first."
    if roles[-1] != last:
        yield place, f"The last message is not the {last}'s."


def spoken(value: Any, place: str) -> Iterator[Problem]:
    """Exactly one message of the assistant."""
    yield from conversation(value, place, last="assistant")
    if isinstance(value, list) and len(value) > 1:
        yield place, "There is more than the answer here."


def _messages(value: Any, place: str) -> Iterator[Problem]:
    if value is None:
        yield place, NULL
    elif not isinstance(value, list) or not value:
        yield place, "This is not a list of messages."
    else:
        for position, message in enumerate(value):
            yield from _message(message, f"{place}[{position}]")


def _message(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping) or set(value) != {"role", "content"}:
        yield place, "A message has role and content, nothing else."
        return
    if value["role"] not in ROLES:
        yield f"{place}.role", f"The role is not one of {', '.join(ROLES)}."
    yield from text(value["content"], f"{place}.content")


def columns(line: Mapping[str, Any], wanted: Sequence[str], maybe: Sequence[str] = ()) -> Iterator[Problem]:
    """All of `wanted`, perhaps some of `maybe`, no others."""
    for name in wanted:
        if name not in line:
            yield name, "This column is missing."
    for name in line:
        if name not in wanted and name not in maybe:
            yield name, "This column is unknown here."


def storable(value: Any, place: str = "") -> Iterator[Problem]:
    """No NaN, no infinity, no half of a character, nothing nested too deeply; a loop, so that it ends."""
    todo: list[tuple[Any, str, int]] = [(value, place, 0)]
    while todo:
        inner, at, depth = todo.pop()
        if depth > DEEP:
            yield at, "This is nested too deeply."
        elif isinstance(inner, float) and not math.isfinite(inner):
            yield at, "This number is not finite."
        elif isinstance(inner, str) and any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in inner):
            yield at, "A text holds a character no file can keep."
        elif isinstance(inner, Mapping):
            todo += [(item, f"{at}.{name}" if at else str(name), depth + 1) for name, item in inner.items()]
        elif isinstance(inner, list | tuple):
            todo += [(item, f"{at}[{position}]", depth + 1) for position, item in enumerate(inner)]


def ids(line: Line) -> Iterator[Problem]:
    """Whose line it is, and what a split must not separate it from."""
    for name in IDS:
        if name in line:
            yield from text(line[name], name)


def maybe_empty(value: Any, place: str) -> Iterator[Problem]:
    """Text, which may be empty."""
    if not isinstance(value, str):
        yield place, NULL if value is None else "This is not text."


def within(place: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """The problems of a part, named from the top of the line."""
    for at, said in problems:
        yield (f"{place}.{at}" if at and not at.startswith("[") else place + at), said
