"""Counting what was decided."""

import uuid

from sqlalchemy.orm import Session

from marketplace.kit.database import insert_once
from marketplace.reputation import policy, queries
from marketplace.reputation.models import Reputation


def count(session: Session, user_id: uuid.UUID, task_type: str, *, approved: bool, first_time: bool) -> None:
    """Add one decision on a person's work; `first_time`: approved without a round of changes."""
    insert_once(
        session,
        Reputation,
        user_id=user_id,
        task_type=task_type,
        approved_count=0,
        first_time_count=0,
        rejected_count=0,
    )
    queries.add(
        session,
        user_id,
        task_type,
        approved=int(approved),
        first_time=int(approved and first_time),
        rejected=int(not approved),
    )


def trusted(session: Session, user_id: uuid.UUID) -> bool:
    """Whether this person's earnings need no hold."""
    approved, first_time, _ = queries.totals(session, user_id)
    return policy.is_trusted(approved_count=approved, first_time_count=first_time)
