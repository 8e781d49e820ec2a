"""Every SELECT on reputations."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.reputation.models import CompanyRecord, Reputation, ScreeningRequirement, ScreeningScore


@dataclass(frozen=True, slots=True)
class Decided:
    """Decided work: approved, of that the first time, rejected, and approved in one type of work."""

    approved: int = 0
    first_time: int = 0
    rejected: int = 0
    of_this_type: int = 0


def totals(session: Session, user_id: uuid.UUID) -> tuple[int, int, int]:
    """Approved, approved the first time, rejected, over all task types."""
    row = session.execute(
        select(
            func.coalesce(func.sum(Reputation.approved_count), 0),
            func.coalesce(func.sum(Reputation.first_time_count), 0),
            func.coalesce(func.sum(Reputation.rejected_count), 0),
        ).where(Reputation.user_id == user_id)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def of_user(session: Session, user_id: uuid.UUID) -> Sequence[Reputation]:
    """One row per task type the person has worked on."""
    return session.scalars(
        select(Reputation).where(Reputation.user_id == user_id).order_by(Reputation.task_type)
    ).all()


def records_by(
    session: Session, user_ids: Sequence[uuid.UUID], task_type: str
) -> Mapping[uuid.UUID, Decided]:
    """User -> decided work over all types, with what is approved in this one."""
    of_type = case((Reputation.task_type == task_type, Reputation.approved_count), else_=0)
    rows = session.execute(
        select(
            Reputation.user_id,
            func.sum(Reputation.approved_count),
            func.sum(Reputation.first_time_count),
            func.sum(Reputation.rejected_count),
            func.sum(of_type),
        )
        .where(Reputation.user_id.in_(user_ids))
        .group_by(Reputation.user_id)
    )
    return {row[0]: Decided(*(int(count) for count in row[1:])) for row in rows}


def add(
    session: Session, user_id: uuid.UUID, task_type: str, *, approved: int, first_time: int, rejected: int
) -> None:
    """Add to the counts in one statement, so that two decisions at once both count."""
    session.execute(
        update(Reputation)
        .where(Reputation.user_id == user_id, Reputation.task_type == task_type)
        .values(
            approved_count=Reputation.approved_count + approved,
            first_time_count=Reputation.first_time_count + first_time,
            rejected_count=Reputation.rejected_count + rejected,
        )
        .execution_options(synchronize_session=False)
    )


def take_rejection(session: Session, user_id: uuid.UUID, task_type: str) -> None:
    """One rejection less, in one statement, and never below none."""
    session.execute(
        update(Reputation)
        .where(
            Reputation.user_id == user_id, Reputation.task_type == task_type, Reputation.rejected_count > 0
        )
        .values(rejected_count=Reputation.rejected_count - 1)
        .execution_options(synchronize_session=False)
    )


def add_gold(session: Session, user_id: uuid.UUID, task_type: str, *, right: int) -> None:
    """Add one answer to a task with a known answer, in one statement."""
    session.execute(
        update(Reputation)
        .where(Reputation.user_id == user_id, Reputation.task_type == task_type)
        .values(gold_count=Reputation.gold_count + 1, gold_right_count=Reputation.gold_right_count + right)
        .execution_options(synchronize_session=False)
    )


def required_plan(session: Session, project_id: uuid.UUID) -> uuid.UUID | None:
    """The screening plan a project asks for; None: none."""
    return session.scalar(
        select(ScreeningRequirement.plan_id).where(ScreeningRequirement.project_id == project_id)
    )


def forget_requirement(session: Session, project_id: uuid.UUID) -> None:
    """From now on the project asks for no screening."""
    session.execute(delete(ScreeningRequirement).where(ScreeningRequirement.project_id == project_id))


def valid_pass(
    session: Session, user_id: uuid.UUID, plan_id: uuid.UUID, now: datetime
) -> ScreeningScore | None:
    """The person's pass of this plan that holds longest, if one holds now."""
    return session.scalar(
        select(ScreeningScore)
        .where(
            ScreeningScore.user_id == user_id,
            ScreeningScore.plan_id == plan_id,
            ScreeningScore.has_passed,
            ScreeningScore.valid_until > now,
        )
        .order_by(ScreeningScore.valid_until.desc())
        .limit(1)
    )


def end_pass(session: Session, screening_id: uuid.UUID, now: datetime) -> None:
    """The pass this screening gave holds no longer than now; one that is over stays as it is."""
    session.execute(
        update(ScreeningScore)
        .where(ScreeningScore.screening_id == screening_id, ScreeningScore.valid_until > now)
        .values(valid_until=now)
    )


def last_score(session: Session, user_id: uuid.UUID, plan_id: uuid.UUID) -> ScreeningScore | None:
    """How the person did last in this plan."""
    return session.scalar(
        select(ScreeningScore)
        .where(ScreeningScore.user_id == user_id, ScreeningScore.plan_id == plan_id)
        .order_by(ScreeningScore.taken_at.desc(), ScreeningScore.id.desc())
        .limit(1)
    )


def misses_in_a_row(session: Session, user_id: uuid.UUID, plan_id: uuid.UUID) -> int:
    """How often the person missed this plan since they last passed it."""
    passed = (
        select(func.max(ScreeningScore.taken_at))
        .where(
            ScreeningScore.user_id == user_id, ScreeningScore.plan_id == plan_id, ScreeningScore.has_passed
        )
        .scalar_subquery()
    )
    return int(
        session.scalar(
            select(func.count()).where(
                ScreeningScore.user_id == user_id,
                ScreeningScore.plan_id == plan_id,
                ScreeningScore.has_passed.is_(False),
                or_(passed.is_(None), ScreeningScore.taken_at > passed),
            )
        )
        or 0
    )


def company_record(session: Session, company_id: uuid.UUID) -> CompanyRecord | None:
    """What was counted about the company last night."""
    return session.scalar(select(CompanyRecord).where(CompanyRecord.company_id == company_id))
