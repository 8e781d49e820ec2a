"""What the rules cost: a fixed number of statements, and for one person nothing is read whole."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from marketplace.matching import service
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_plan, make_project

RULES = {
    "all": [
        {"fact": "approved_count", "op": "not_exists"},
        {"any": [{"fact": "credential", "op": "exists"}, {"fact": "country", "op": "eq", "value": "US"}]},
    ]
}
OF_PEOPLE = ("experts", "users", "credentials", "members", "reputations", "worked_on", "content_choices")


@pytest.fixture
def said(app: Application) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT with its parameters."""
    found: list[tuple[str, Any]] = []
    engine = app.sessions.kw["bind"]

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)


def test_for_one_person_no_table_of_people_is_read_whole(
    session: Session, said: list[tuple[str, Any]]
) -> None:
    expert, project = make_expert(session), make_project(session, rules=RULES)
    session.flush()
    said.clear()
    service.eligibility(session, expert.user, expert, project)
    asked = list(said)
    assert asked
    for statement, parameters in asked:
        for line in _plan(session, statement, parameters):
            assert not any(f"{scan}{table}" in f"{line} " for table in OF_PEOPLE for scan in _SCANS), line


def test_who_fits_is_one_statement_however_many_there_are(
    session: Session, statements: Callable[[], int]
) -> None:
    company = make_company(session)
    counts = []
    for _ in range(2):
        make_expert(session)
        session.flush()
        statements()
        service.who_fits(session, make_plan(rules=RULES), company.id)
        counts.append(statements())
    clock = int(session.get_bind().dialect.name == "postgresql")  # asks the database what time it is
    assert counts == [1 + clock, 1 + clock]


_SCANS = ("SCAN ", "Seq Scan on ")


def _plan(session: Session, statement: str, parameters: Any) -> list[str]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # small tables are read whole for speed
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
