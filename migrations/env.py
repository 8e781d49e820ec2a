"""Alembic's entry: one history for SQLite and PostgreSQL."""

import importlib
import os
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from marketplace.kit.database import Base, UtcDateTime, make_migration_engine

ROOT = Path(__file__).parent.parent
for path in sorted(
    [*ROOT.glob("marketplace/*/models*"), *ROOT.glob("workspace/*/models*")]
):  # files and packages
    importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def no_orphans(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    """Run after each step, inside its transaction: foreign keys are off while SQLite rebuilds a table."""
    if ctx.dialect.name == "sqlite":
        orphans = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise RuntimeError(f"the migration left orphans: {orphans[:5]}")


def render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """History must not import the code of today, and Alembic writes JSONB without its import."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: FBT001 - Alembic's shape
    """What exists on one database only has no model: the ledger's guard table, the full-text indexes."""
    if kind == "table":
        return name != "ledger_guard" and not str(name).startswith("search_texts")
    return not (reflected and name in {"lexemes", "ix_search_documents_lexemes"})


engine = make_migration_engine(context.config.attributes.get("url") or os.environ["DATABASE_URL"])
with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        connection.exec_driver_sql("SET lock_timeout = '2s'")
        connection.exec_driver_sql("SET statement_timeout = '5s'")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        render_item=render,
        include_object=ours,
        on_version_apply=no_orphans,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
