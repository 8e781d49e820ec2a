"""What was withdrawn and what somebody decided on appeals are read newest first, along an index."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit import ids
from tests.workspace.queue.test_queue_plans import dialect, plan
from workspace.queue.models import Withdrawal
from workspace.reviews.models import Appeal


def test_an_index_is_walked_and_nothing_sorted(session: Session) -> None:
    if dialect(session) == "postgresql":
        for way in ("seqscan", "bitmapscan", "sort"):
            session.execute(sa.text(f"SET LOCAL enable_{way} = off"))
    somebody = ids.new_id()
    withdrawn = sa.select(Withdrawal.id).where(Withdrawal.project_id == somebody)
    decided = sa.select(Appeal.id).where(Appeal.decided_by_id == somebody)
    for statement, index in (
        (withdrawn.order_by(Withdrawal.created_at.desc(), Withdrawal.id.desc()), "ix_withdrawals_newest_of"),
        (decided.order_by(Appeal.decided_at.desc(), Appeal.id.desc()), "ix_appeals_decided"),
    ):
        said = plan(session, statement.limit(11))
        assert index in said
        assert "TEMP B-TREE" not in said
        assert "Sort" not in said
