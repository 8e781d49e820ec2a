"""One history for both databases, and it says the same as the models."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from tests.conftest import ROOT, fresh_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request, tmp_path):
    """Alembic on an empty database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/history.db"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres_url"), "test_history")
    config = Config(str(ROOT / "migrations" / "alembic.ini"))
    config.attributes["url"] = url
    return config


def test_the_history_builds_what_the_models_say_and_can_be_taken_back(config):
    command.upgrade(config, "head")
    command.check(config)
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)


def test_the_audit_record_is_append_only(config):
    command.upgrade(config, "head")
    engine = sa.create_engine(config.attributes["url"])
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO audit_records (id, created_at, tag, subject_type, subject_id, at, detail) VALUES "
                "('00000000000000000000000000000001', '2026-01-01', 'a:b:c', 'x', "
                "'00000000000000000000000000000001', '2026-01-01', '{}')"
            )
        for statement in ("UPDATE audit_records SET tag = 'd'", "DELETE FROM audit_records"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
