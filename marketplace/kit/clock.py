"""The only source of time: always aware, always UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

_offset: list[timedelta] = []


def now() -> datetime:
    """The process's clock, for showing and for `created_at`; deadlines use `database_now`."""
    return datetime.now(UTC) + sum(_offset, timedelta())


def database_now(session: Session) -> datetime:
    """The database's clock: deadlines are made and judged by it, because processes' clocks drift apart."""
    if session.get_bind().dialect.name == "sqlite":
        return now()  # an embedded database has no clock of its own: it reads this machine's
    return _moment(session) + sum(_offset, timedelta())


def _moment(session: Session) -> datetime:
    """What the database's clock says; asked once by whoever only reads, so that a page has one moment."""
    if (known := session.info.get("moment")) is not None:
        return datetime.fromisoformat(str(known))
    with session.no_autoflush:  # looking at the clock must not write a half-changed row
        said = session.scalars(sa.select(sa.func.clock_timestamp())).one()
    moment = datetime.fromisoformat(str(said)).astimezone(UTC)
    if session.info.get("write") is False:
        session.info["moment"] = moment.isoformat()
    return moment


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move both clocks of this process; tests of deadlines and the demo's past use it, nothing else does."""
    _offset.append(by)
    try:
        yield
    finally:
        _offset.remove(by)
