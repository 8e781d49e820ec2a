"""Things by the short code that pages print of them."""

from typing import TypeVar

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.kit import ids
from marketplace.kit.database import Record

T = TypeVar("T", bound=Record)
MOST = 20  # of one kind with one code; two of a billion would be chance


def called(session: Session, kind: type[T], code: str, *options: ORMOption) -> list[T]:
    """The rows of one table with this code, for staff: no index knows codes, so every id is looked at."""
    tail = ids.code_tail(code)
    if tail is None:
        return []
    rows = session.scalars(select(kind).where(cast(kind.id, String).endswith(tail)).options(*options))
    return [row for row in rows if ids.code(code[0], row.id) == code][:MOST]
