"""Tables and transactions: typed columns, the one `begin()` of the house, both databases."""

import enum
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    ORMExecuteState,
    Session,
    mapped_column,
    sessionmaker,
)

from marketplace.kit import clock, ids
from marketplace.kit.errors import Busy

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "recursive_triggers=ON",
)
QUEUE_SECONDS = 10
CONNECT_SECONDS = 3

Id = Annotated[uuid.UUID, mapped_column(primary_key=True)]
Minor = Annotated[int, mapped_column(sa.BigInteger)]
Json = dict[str, Any]
Sessions = sessionmaker[Session]


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out.  SQLite would hand back naive values."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What `kit.pages` reads back from a mark; a TypeDecorator says `object` by itself."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Hand back aware UTC on both databases."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """Every table: names of constraints, enums by value with a CHECK, JSONB on PostgreSQL."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        Json: sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


class Record(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """Columns every table has."""

    id: Mapped[Id] = mapped_column(default_factory=ids.new_id, insert_default=ids.new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(
        default_factory=clock.now, insert_default=clock.now, init=False, sort_order=-1
    )


_in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)


def make_sessions(url: str, *, statement_seconds: int = 5, **info: Any) -> Sessions:
    """Sessions on `url`; `info` travels on every session (the bus hangs there)."""
    engine = sa.create_engine(url, **_engine_options(url, statement_seconds))
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        info["writer_queue"] = threading.Lock()
    sa.event.listen(engine, "begin", _begin)
    return sessions_on(engine, info)


def sessions_on(bind: sa.Engine | sa.Connection, info: dict[str, Any], **options: Any) -> Sessions:
    """Sessions on an engine or, in tests, on one connection; a reading one refuses every write."""
    sessions = sessionmaker(bind, expire_on_commit=False, info=info, **options)
    sa.event.listen(sessions, "before_flush", _refuse_flush)
    sa.event.listen(sessions, "do_orm_execute", _refuse_statement)
    return sessions


def make_migration_engine(url: str) -> sa.Engine:
    """Foreign keys stay off on SQLite: a table rebuild would cascade through them and empty the children."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(
            engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF")
        )
    sa.event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def transaction(sessions: Sessions, *, write: bool = True) -> Iterator[Session]:
    """Returning commits, raising rolls back.  The only begin() and the only commit in the house."""
    if _in_transaction.get():
        raise RuntimeError("transactions do not nest")
    queue = sessions.kw["info"].get("writer_queue") if write else None
    if queue and not queue.acquire(timeout=QUEUE_SECONDS):
        raise Busy("We are busy. Try again in a moment.")
    token = _in_transaction.set(True)
    try:
        with sessions.begin() as session:
            session.info["write"] = write
            session.connection(execution_options={"write": write})
            yield session
    finally:
        _in_transaction.reset(token)
        if queue:
            queue.release()


def outside_transaction() -> None:
    """Every gateway calls this first: no network while rows are locked."""
    if _in_transaction.get():
        raise RuntimeError("a network call inside a transaction")


def patient(session: Session, seconds: int) -> None:
    """Let the statements of this transaction take so long; SQLite has no limit to lift."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SET LOCAL statement_timeout = '{seconds:d}s'")


def insert_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Write the row unless its key is taken.  True: this call wrote it."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(sa.literal(1))
    return session.execute(statement).first() is not None


def _engine_options(url: str, statement_seconds: int) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {}
    return {
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c statement_timeout={statement_seconds}s -c timezone=UTC",
        },
    }


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver sends no BEGIN of its own; _begin does
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("write", True)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    elif not write:  # one moment for all its questions, as on SQLite: sums of two SELECTs belong together
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _refuse_flush(session: Session, *_: Any) -> None:
    if not session.info.get("write", True):
        raise RuntimeError("a reading request tried to write")


def _refuse_statement(state: ORMExecuteState) -> None:
    if not state.is_select and not state.session.info.get("write", True):
        raise RuntimeError("a reading request tried to write")
