"""The first revision on both databases: up, the same as the models, down to nothing, up again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from marketplace.kit.database import Base, make_migration_engine
from marketplace.ledger import queries
from marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction
from tests.conftest import ROOT, fresh_postgres

REVISION = "20261124_0001"
TABLES = [
    model.metadata.tables[model.__tablename__] for model in (LedgerAccount, LedgerTransaction, LedgerPosting)
]


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """Alembic on an empty database."""
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    if request.param == "sqlite":
        config.attributes["url"] = f"sqlite:///{tmp_path}/books.db"
    else:
        config.attributes["url"] = fresh_postgres(
            request.getfixturevalue("postgres_url"), "test_ledger_migration"
        )
    return config


@pytest.fixture
def engine(config: Config) -> Iterator[sa.Engine]:
    engine = make_migration_engine(config.attributes["url"])
    yield engine
    engine.dispose()


def ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """The ledger's own tables and what hangs on them; the guard table of SQLite has no model."""
    table = name if kind == "table" else thing.table.name
    return str(table).startswith("ledger_") and table != "ledger_guard"


def left_over(engine: sa.Engine) -> list[str]:
    """Everything in the database that carries the ledger's name."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.exec_driver_sql("SELECT name FROM sqlite_master")
        else:
            found = connection.exec_driver_sql(
                "SELECT relname FROM pg_class UNION SELECT proname FROM pg_proc UNION SELECT tgname FROM pg_trigger"
            )
        return [name for (name,) in found if "ledger" in name]


def test_up_down_and_up_again(config: Config, engine: sa.Engine) -> None:
    command.upgrade(config, "head")
    command.downgrade(config, REVISION)
    with Session(engine) as session:
        assert queries.broken(session) == []
    command.downgrade(config, "base")
    assert left_over(engine) == []
    command.upgrade(config, "head")
    with Session(engine) as session:
        assert queries.broken(session) == []


def test_the_tables_are_those_of_the_models(config: Config, engine: sa.Engine) -> None:
    command.upgrade(config, REVISION)
    with engine.connect() as connection:
        postgresql = engine.dialect.name == "postgresql"  # SQLite has no identity columns to compare
        options = {"include_object": ours, "compare_type": True, "compare_server_default": postgresql}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


@pytest.fixture
def unmarked() -> Iterator[None]:
    """Adding a constraint to a table that exists marks it as never to be made with its table: forget that."""
    rules = {constraint: constraint._create_rule for table in TABLES for constraint in table.constraints}
    yield
    for constraint, rule in rules.items():
        constraint._create_rule = rule


@pytest.mark.usefixtures("unmarked")
def test_the_models_alone_make_the_same_constraints(engine: sa.Engine) -> None:
    """The catalogue after create_all is the one `schema_faults` expects, but for the triggers."""
    with engine.begin() as connection:
        Base.metadata.create_all(connection, tables=TABLES)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("CREATE TABLE ledger_guard (applying INTEGER PRIMARY KEY)")
    with Session(engine) as session:
        faults = queries.schema_faults(session)
    assert faults
    told = [
        fault
        for fault in faults
        if fault.startswith(("trigger", "function")) and fault.endswith("is missing")
    ]
    assert faults == told


def test_the_script_for_administrators_can_be_printed(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    config.attributes["url"] = postgres_url
    command.upgrade(config, REVISION, sql=True)
    script = capsys.readouterr().out
    assert script.count("CREATE TABLE ledger_") == 3
    assert script.count("CREATE TRIGGER ledger_") == 10
    assert script.count("CREATE FUNCTION ledger_") == 2
