"""Counting what was decided."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.reputation import policy, queries
from marketplace.reputation.models import (
    CompanyRecord,
    Reputation,
    ScreeningRequirement,
    ScreeningScore,
    WorkedOn,
)


def count(session: Session, user_id: uuid.UUID, task_type: str, *, approved: bool, first_time: bool) -> None:
    """Add one decision on a person's work; `first_time`: approved without a round of changes."""
    _begin(session, user_id, task_type)
    queries.add(
        session,
        user_id,
        task_type,
        approved=int(approved),
        first_time=int(approved and first_time),
        rejected=int(not approved),
    )


def forget_rejection(session: Session, user_id: uuid.UUID, task_type: str) -> None:
    """A rejection of this person's work was wrong: it leaves their record."""
    queries.take_rejection(session, user_id, task_type)


def remember_project(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> None:
    """Note that this person has approved work on the project; safe to repeat."""
    insert_once(session, WorkedOn, user_id=user_id, project_id=project_id)


def count_gold(session: Session, user_id: uuid.UUID, task_type: str, *, right: bool) -> None:
    """Add one answer to a task whose right answer we knew."""
    _begin(session, user_id, task_type)
    queries.add_gold(session, user_id, task_type, right=int(right))


def trusted(session: Session, user_id: uuid.UUID) -> bool:
    """Whether this person's earnings need no hold."""
    approved, first_time, rejected = queries.totals(session, user_id)
    return policy.is_trusted(approved_count=approved, first_time_count=first_time, rejected_count=rejected)


def require_screening(session: Session, project_id: uuid.UUID, plan_id: uuid.UUID | None) -> None:
    """Let a project ask for a valid pass of this plan from now on; None asks for none."""
    queries.forget_requirement(session, project_id)
    if plan_id is not None:
        insert_once(session, ScreeningRequirement, project_id=project_id, plan_id=plan_id)


def record_score(  # noqa: PLR0913 - one row
    session: Session,
    user_id: uuid.UUID,
    *,
    plan_id: uuid.UUID,
    screening_id: uuid.UUID,
    specialty: str,
    score_bps: int,
    taken_at: datetime,
    valid_until: datetime | None,
    retry_at: datetime | None,
) -> None:
    """Write down how a screening ended, once; `valid_until` of a pass, `retry_at` of anything else."""
    insert_once(
        session,
        ScreeningScore,
        user_id=user_id,
        plan_id=plan_id,
        screening_id=screening_id,
        specialty=specialty,
        score_bps=score_bps,
        has_passed=valid_until is not None,
        taken_at=taken_at,
        valid_until=valid_until,
        retry_at=retry_at,
    )


def _begin(session: Session, user_id: uuid.UUID, task_type: str) -> None:
    insert_once(
        session,
        Reputation,
        user_id=user_id,
        task_type=task_type,
        approved_count=0,
        first_time_count=0,
        rejected_count=0,
        gold_count=0,
        gold_right_count=0,
    )


def write_company(session: Session, company_id: uuid.UUID, *, figures: dict[str, Any]) -> None:
    """Keep what was counted about a company, in place of what stood there."""
    now = clock.database_now(session)
    first = insert_once(session, CompanyRecord, company_id=company_id, counted_at=now, figures=figures)
    record = None if first else queries.company_record(session, company_id)
    if record is not None:
        record.counted_at, record.figures = now, figures
