"""Lists paged by key: the next page starts after the last row seen, however deep it lies."""

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit.errors import NotFound

T = TypeVar("T")
SIZE = 25
BIGGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the mark of the next page (None on the last)."""

    rows: Sequence[T]
    next_mark: str | None


def page(
    session: Session,
    statement: sa.Select[*tuple[Any, ...]],
    keys: Sequence[Any],
    *,
    mark: str | None,
    key_of: Callable[[Any], Sequence[Any]],
    size: int = SIZE,
    ascending: bool = False,
) -> Page[Any]:
    """One page of `statement`, newest or largest first by `keys` (the last one unique, all descending).

    `ascending` turns every key round: a queue shows the longest waiting first.
    `mark` comes from the address; `key_of(row)` gives the values of `keys` for a row.  A mark that is not
    ours is NotFound (404), not a database error.
    """
    if mark:
        values = _read(mark, [key.type.python_type for key in keys])
        bound = [sa.literal(value, key.type) for key, value in zip(keys, values, strict=True)]
        here, there = sa.tuple_(*keys), sa.tuple_(*bound)
        statement = statement.where(here > there if ascending else here < there)
    order = [key.asc() if ascending else key.desc() for key in keys]
    statement = statement.order_by(*order).limit(size + 1)
    found = list(session.execute(statement).unique().all())
    rows = [row[0] if len(row) == 1 else row for row in found]
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, _write(key_of(rows[-1])) if more else None)


def cut(
    rows: Sequence[T],
    *,
    mark: str | None,
    key_of: Callable[[T], Sequence[Any]],
    kinds: Sequence[type[Any]],
    size: int = SIZE,
) -> Page[T]:
    """One page of a bounded list that is sorted by key, largest first; `kinds` are the types of the key."""
    if mark:
        after = tuple(_read(mark, kinds))
        rows = [row for row in rows if tuple(key_of(row)) < after]
    more = len(rows) > size
    return Page(rows[:size], _write(key_of(rows[size - 1])) if more else None)


def _write(values: Sequence[Any]) -> str:
    raw = json.dumps([_plain(value) for value in values])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _read(mark: str, kinds: Sequence[type[Any]]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        return [_typed(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise NotFound("That page does not exist.") from error


def _typed(value: Any, kind: type[Any]) -> Any:
    if type(value) is not (str if kind in _WRITTEN else kind):
        raise ValueError("not a mark of ours")
    if isinstance(value, str) and b"\0" in value.encode():  # which refuses lone surrogates too
        raise ValueError("not a mark of ours")
    if isinstance(value, int) and abs(value) > BIGGEST:
        raise ValueError("not a mark of ours")
    return _WRITTEN[kind](value) if kind in _WRITTEN else value


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("not a mark of ours")
    return moment.astimezone(UTC)


_WRITTEN: dict[type[Any], Callable[[str], Any]] = {datetime: _moment, uuid.UUID: uuid.UUID}
