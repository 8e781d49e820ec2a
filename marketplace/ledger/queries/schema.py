"""I13: the triggers, functions and constraints of this database are the ones the code relies on."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.schema import AddConstraint

from marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.ledger.queries import triggers

_TABLES = {
    model.__tablename__: model.metadata.tables[model.__tablename__]
    for model in (LedgerAccount, LedgerTransaction, LedgerPosting)
}
# PostgreSQL prints an expression with casts and brackets that nobody wrote
_NOISE = re.compile(r"::(?:text|bigint|character varying)|[()]|'(?=\d)|(?<=\d)'")

_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN :names AND sql IS NOT NULL"
_OURS = "SELECT oid FROM pg_class WHERE relname IN :names AND relnamespace = current_schema()::regnamespace"
_TRIGGERS = f"""SELECT tgname AS name, pg_get_triggerdef(oid, true) AS text, tgenabled = 'O' AS works
    FROM pg_trigger WHERE tgrelid IN ({_OURS}) AND NOT tgisinternal"""  # noqa: S608 - our own text
_CONSTRAINTS = f"""SELECT conname AS name, pg_get_constraintdef(oid) AS text, convalidated AS works
    FROM pg_constraint WHERE conrelid IN ({_OURS}) AND contype IN ('c', 'f', 'p', 'u')"""  # noqa: S608 - the same
_FUNCTIONS = """SELECT proname AS name, prosrc AS text, prosecdef AS as_owner
    FROM pg_proc WHERE proname IN :names AND pronamespace = current_schema()::regnamespace"""
_TEXT = ("name", "text", "works")


def schema_faults(session: Session) -> list[str]:
    """One line for everything missing, changed, switched off or foreign; reads the catalogue only."""
    if session.get_bind().dialect.name == "sqlite":
        return _sqlite_faults(session)
    return _postgresql_faults(session)


def _sqlite_faults(session: Session) -> list[str]:
    found = _rows(session, _SQLITE, [*_TABLES], "type", "name", "sql")
    faults = _differences(
        "trigger",
        {name: _squeezed(f"CREATE TRIGGER {name} {text}") for name, text in triggers.SQLITE.items()},
        {row.name: _squeezed(row.sql) for row in found if row.type == "trigger"},
    )
    tables = "".join(_squeezed(row.sql) for row in found if row.type == "table")
    for name, clause in _clauses(session).items():
        text = _squeezed(clause)
        if f"{text}," not in tables and f"{text})" not in tables:
            faults.append(f"constraint {name} is missing or changed")
    if _rows(session, "SELECT applying FROM ledger_guard", [], "applying"):
        faults.append("rows are left in ledger_guard")
    return faults


def _postgresql_faults(session: Session) -> list[str]:
    return [
        *_differences(
            "trigger",
            {name: _bare(f"CREATE TRIGGER {name} {text}") for name, text in triggers.POSTGRESQL.items()},
            {row.name: _bare(row.text) * row.works for row in _rows(session, _TRIGGERS, [*_TABLES], *_TEXT)},
        ),
        *_differences(
            "function",
            {name: f"{as_owner} {_bare(text)}" for name, (as_owner, text) in triggers.FUNCTIONS.items()},
            {
                row.name: f"{row.as_owner} {_bare(row.text)}"
                for row in _rows(session, _FUNCTIONS, [*triggers.FUNCTIONS], "name", "text", "as_owner")
            },
        ),
        *_differences(
            "constraint",
            {name: _bare(clause) for name, clause in _clauses(session).items()},
            {
                row.name: _bare(f"CONSTRAINT {row.name} {row.text}") * row.works
                for row in _rows(session, _CONSTRAINTS, [*_TABLES], *_TEXT)
            },
        ),
    ]


def _differences(what: str, expected: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    changed = [name for name in expected if name in there and there[name] != expected[name]]
    return [
        *(f"{what} {name} is missing" for name in expected if name not in there),
        *(f"{what} {name} is changed or switched off" for name in changed),
        *(f"{what} {name} does not belong here" for name in there if name not in expected),
    ]


def _clauses(session: Session) -> dict[str, str]:
    """Constraint -> its clause, as the models say it in the words of this database."""
    dialect = session.get_bind().dialect
    clauses = {}
    for table in _TABLES.values():
        for constraint in table.constraints:
            if constraint.info.get("only", dialect.name) == dialect.name:
                added = str(AddConstraint(constraint, isolate_from_table=False).compile(dialect=dialect))
                clauses[str(constraint.name)] = added[added.index("CONSTRAINT") :]
    return clauses


def _rows(session: Session, statement: str, names: list[str], *columns: str) -> Sequence[sa.Row[Any]]:
    """A question to the catalogue; naming its columns makes it a SELECT, which reading sessions let pass."""
    named = sa.text(statement)
    if names:
        named = named.bindparams(sa.bindparam("names", names, expanding=True))
    return session.execute(named.columns(*(sa.column(column) for column in columns))).all()


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text.lower())


def _bare(text: str) -> str:
    return _squeezed(_NOISE.sub("", text.lower()))
