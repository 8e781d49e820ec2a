"""The claim's query costs the same with 1,000 and with 100,000 open tasks: an index is walked, nothing is sorted."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit import clock, ids
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import make_assignment, make_batch, make_tasks
from workspace.queue.models import Assignment, Batch, Task
from workspace.queue.queries import assignments
from workspace.queue.queries.slots import candidates

COLUMNS = (
    "id, created_at, project_id, batch_id, external_id, position, task_type, type_version, payload,"
    " payload_sha256, overlap, taken_count, approved_count, state"
)
MANY = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i < :high) "
        f"INSERT INTO tasks ({COLUMNS}) SELECT lower(hex(randomblob(16))), :now, :project, :batch, "
        "'t' || i, i, 'response_ranking', 1, '{}', '', 3, 0, 0, :state FROM n"
    ),
    "postgresql": (
        f"INSERT INTO tasks ({COLUMNS}) SELECT gen_random_uuid(), :now, :project, :batch, "
        "'t' || i, i, 'response_ranking', 1, '{}', '', 3, 0, 0, :state FROM generate_series(CAST(:low AS int), CAST(:high AS int)) AS i"
    ),
}

BY_PERSON = {"sqlite": "uq_assignments_one", "postgresql": "ix_assignments_user"}


def dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def fill(session: Session, batch: Batch, low: int, high: int, state: str = "available") -> None:
    """Tasks at the positions `low` to `high`, faster than one by one."""
    project = batch.project
    statement = sa.text(MANY[dialect(session)]).bindparams(
        sa.bindparam("project", type_=Task.project_id.type),
        sa.bindparam("batch", type_=Task.batch_id.type),
        sa.bindparam("now", type_=Task.created_at.type),
    )
    if dialect(session) == "postgresql":
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    values = {"project": project.id, "batch": batch.id, "now": clock.now(), "state": state}
    session.execute(statement, {**values, "low": low, "high": high})


def plan(session: Session, statement: sa.Select[Any]) -> str:
    """What the database says it will do, as one text."""
    text = compiled(session, statement)
    prefix = "EXPLAIN QUERY PLAN " if dialect(session) == "sqlite" else "EXPLAIN "
    return "\n".join(str(tuple(row)) for row in session.connection().exec_driver_sql(prefix + text))


def compiled(session: Session, statement: sa.Select[Any]) -> str:
    """The statement with its values in place."""
    dialect_ = session.get_bind().dialect
    return str(statement.compile(dialect=dialect_, compile_kwargs={"literal_binds": True})).replace(
        "LIMIT ?", "LIMIT -1"
    )


def work(session: Session, statement: sa.Select[Any]) -> int:
    """How much was done: steps of SQLite's machine, blocks PostgreSQL read."""
    if dialect(session) == "sqlite":
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(step, 1)
        session.scalar(statement)
        driver.set_progress_handler(None, 1)
        return steps
    rows = session.connection().exec_driver_sql(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + compiled(session, statement)
    )
    top = rows.scalar_one()[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


def assert_walks_an_index(session: Session, statement: sa.Select[Any]) -> None:
    said = plan(session, statement)
    assert "ix_tasks_available" in said or "ix_tasks_project " in said, said
    for bad in ("TEMP B-TREE", "Sort", "Seq Scan on tasks", "SCAN"):
        assert bad not in said, said


def test_a_claim_costs_the_same_with_a_hundred_times_the_tasks(session: Session) -> None:
    user, costs = make_user(session), []
    for count in (1_000, 100_000):
        project = make_project(session)
        fill(session, make_batch(session, project), 1, count)
        statement = candidates(project.id, user.id)
        assert_walks_an_index(
            session, statement
        )  # a large import is claimed from before statistics know of it
        session.execute(sa.text("ANALYZE"))
        assert_walks_an_index(session, statement)
        costs.append(work(session, statement))
    assert costs[1] <= 1.5 * costs[0], costs


def test_done_tasks_are_not_walked_through(session: Session) -> None:
    user = make_user(session)
    project = make_project(session)
    batch = make_batch(session, project)
    fill(session, batch, 1, 10)
    crowded = make_project(session)
    batch = make_batch(session, crowded)
    fill(session, batch, 1, 5_000, state="done")
    fill(session, batch, 5_001, 5_010)
    session.execute(sa.text("ANALYZE"))
    few = work(session, candidates(project.id, user.id))  # in the same, equally high index
    assert work(session, candidates(crowded.id, user.id)) <= 1.5 * few


def crowd(session: Session, live: Assignment) -> None:
    """Two thousand strangers who hold and work, copied from one row; without them the planner may take any index."""
    names = [column.name for column in Assignment.__table__.columns]
    own = {"id": "gen_random_uuid()", "user_id": "gen_random_uuid()"}
    session.execute(
        sa.text("SET LOCAL session_replication_role = replica")
    )  # strangers have no row of a User
    session.execute(
        sa.text(
            f"INSERT INTO assignments ({', '.join(names)}) SELECT {', '.join(own.get(n, n) for n in names)}"
            " FROM assignments, generate_series(1, 2000) WHERE assignments.id = :live"
        ).bindparams(sa.bindparam("live", live.id, type_=Assignment.id.type))
    )
    session.execute(sa.text("ANALYZE assignments"))


def test_deadlines_and_hands_are_found_by_their_partial_indexes(session: Session) -> None:
    live = make_assignment(session)
    session.flush()
    if dialect(session) == "postgresql":
        crowd(session, live)
    now = clock.now() - timedelta(days=1)
    due = sa.select(Assignment.id).where(assignments.LIVE, Assignment.expires_at <= now)
    assert "ix_assignments_deadline" in plan(session, due.order_by(Assignment.expires_at))
    user, project = Assignment.user_id == ids.new_id(), Assignment.project_id == live.project_id
    active = plan(session, sa.select(Assignment.id).where(user, project, assignments._ACTIVE))
    held = plan(session, sa.select(Assignment.id).where(user, assignments._HELD))
    # of a person's few rows PostgreSQL may take all and look, which costs the same
    assert any(index in active for index in ("uq_assignments_one_active", BY_PERSON[dialect(session)])), (
        active
    )
    assert any(index in held for index in ("uq_assignments_one_held", BY_PERSON[dialect(session)])), held


def test_claims_use_the_same_number_of_statements_however_many_tasks_there_are(
    session: Session, statements
) -> None:
    counts = []
    for count in (2, 200):
        project = make_project(session)
        make_tasks(session, project, count)
        first = make_assignment(session, project=project)
        session.flush()
        statements()
        make_assignment(session, project=project, expert=first.expert)
        counts.append(statements())
    assert counts[0] == counts[1]
