"""What stands above a text, between two lines of `+++`, in TOML."""

import tomllib
from datetime import date
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marketplace.learn.models import Change, Front

MARK = "+++"
PARTS = 3  # nothing, the front, the text


class Miswritten(Exception):
    """A text of ours that breaks a rule of its own kind; said to whoever writes it, never to a visitor."""


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: int = Field(ge=1)
    on: date
    note: str = Field(min_length=1)


class _Front(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = Field(min_length=3, max_length=70)
    summary: str = Field(min_length=40, max_length=200)
    order: int = Field(ge=1)
    section: str = Field(default="", max_length=40)
    version: int = Field(ge=1)
    updated: date
    history: list[_Change] = Field(min_length=1)


def split(name: str, source: str) -> tuple[Front, str]:
    """The front and the text under it; Miswritten when either breaks a rule."""
    parts = source.split(MARK, PARTS - 1)
    if len(parts) != PARTS or parts[0].strip():
        raise Miswritten(f"{name}: begin with {MARK}, the front, and {MARK}")
    try:
        front = _Front.model_validate(tomllib.loads(parts[1]))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Miswritten(f"{name}: {error}") from error
    _check(name, front)
    changes = tuple(Change(row.version, row.on, row.note) for row in front.history)
    return Front(**{**front.model_dump(), "history": changes}), parts[2].strip()


def _check(name: str, front: _Front) -> None:
    newest = front.history[0]
    if (newest.version, newest.on) != (front.version, front.updated):
        raise Miswritten(f"{name}: version and updated are those of the first row of the history")
    if any(
        later.version != earlier.version + 1 or later.on < earlier.on
        for later, earlier in pairwise(front.history)
    ):
        raise Miswritten(f"{name}: the history goes from the newest version to the first, one by one")
    if front.history[-1].version != 1:
        raise Miswritten(f"{name}: the history ends with version 1")
