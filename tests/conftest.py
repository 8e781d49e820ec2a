"""Both databases, one outer transaction per test, real pages checked on every visit."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy.orm import Session

from app import create_app
from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.kit.application import Application
from marketplace.kit.database import Base, Sessions, sessions_on
from tests import postgres
from tests.contracts.stripe_contract import Contract
from tests.pages import Pages

ROOT = Path(__file__).parent.parent


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest revision."""
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def settings_for(url: str, var: Path, **changes: Any) -> Settings:
    """Settings of a test: no limits, no real mail, the payment emulator."""
    return Settings(secret_key=SecretStr("x" * 32), database_url=url, var=var, **{"testing": True, **changes})


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server on which we may create databases."""
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoPostgres as why:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(f"PostgreSQL is required: {why}")
        pytest.skip(f"NO POSTGRESQL, HALF OF THE DATABASE TESTS DID NOT RUN: {why}")


def fresh_postgres(server: str, name: str) -> str:
    """An empty database called `name` on `server`; its address."""
    address = sa.make_url(server)
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    admin.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The whole product on a migrated database of each kind."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp("var")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/assay.db"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres_url"), f"test_{worker}")
    migrate(url)
    app = create_app(settings_for(url, folder))
    app.config["WTF_CSRF_ENABLED"] = False
    payments = app.extensions["assay"][Gateways].stripe
    assert isinstance(payments, EmulatedPayments)
    payments.emulator.watchers.append(Contract().watch)  # whatever a test asks of the provider
    yield app
    app.sessions.kw["bind"].dispose()


@pytest.fixture
def session(app: Application, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Everything a test does, requests included, happens inside one outer transaction and vanishes."""
    real = app.sessions.kw
    with real["bind"].connect() as connection:
        outer = connection.begin()
        info = {**real["info"], "writer_queue": None}  # the outer transaction already holds SQLite's lock
        inner = sessions_on(connection, info, join_transaction_mode="create_savepoint")
        monkeypatch.setattr(app, "sessions", inner)
        with inner() as session:
            yield session
        outer.rollback()


@pytest.fixture
def pages(app: Application, session: Session) -> Pages:
    """A browser without scripts that checks every page it opens."""
    return Pages(app, session)


@pytest.fixture
def clean(app: Application) -> Iterator[Sessions]:
    """For tests with real commits and threads: the database is emptied afterwards."""
    yield app.sessions
    empty(app.sessions.kw["bind"])


def empty(engine: sa.Engine) -> None:
    """Remove every row, append-only tables too: a test's right, nobody else's."""
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")  # triggers sleep
            for name in tables:
                connection.exec_driver_sql(f"DELETE FROM {name}")
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
        else:
            triggers = connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).all()
            for name, _ in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for name in tables:
                connection.exec_driver_sql(f"DELETE FROM {name}")
            for _, sql in triggers:
                connection.exec_driver_sql(sql)
        connection.commit()


@pytest.fixture
def statements(app: Application) -> Iterator[Callable[[], int]]:
    """How many statements ran since the last time it was asked."""
    seen: list[str] = []
    engine = app.sessions.kw["bind"]

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)

    def count() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield count
    sa.event.remove(engine, "before_cursor_execute", note)
