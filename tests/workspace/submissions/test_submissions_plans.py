"""What is asked at each submit walks an index."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories.submissions import make_submission
from workspace.submissions.queries import newest_times


def test_the_newest_times_of_a_project_are_not_sorted(session: Session) -> None:
    submission = make_submission(session)
    dialect = session.get_bind().dialect
    text = str(
        newest_times(submission.project_id, 30).compile(
            dialect=dialect, compile_kwargs={"literal_binds": True}
        )
    )
    if dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    prefix = "EXPLAIN QUERY PLAN " if dialect.name == "sqlite" else "EXPLAIN "
    plan = "\n".join(str(tuple(row)) for row in session.connection().exec_driver_sql(prefix + text))
    assert "ix_submissions_newest" in plan
    assert "TEMP B-TREE" not in plan
