"""What the words of the rules need to know about a person, in as few statements as possible."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.companies.models import CompanyBlock, Member
from marketplace.projects.models import Project, ProjectState
from marketplace.reputation.models import Reputation, WorkedOn


def company_ids(session: Session, user_id: uuid.UUID, *, since: datetime) -> frozenset[uuid.UUID]:
    """The companies this User belongs to, or left after `since`."""
    return frozenset(
        session.scalars(
            select(Member.company_id).where(
                Member.user_id == user_id, or_(Member.left_at.is_(None), Member.left_at > since)
            )
        )
    )


def blocks(session: Session, user_id: uuid.UUID) -> Mapping[uuid.UUID, str]:
    """The companies that want no more work from this User, with the reason they gave."""
    rows = session.execute(
        select(CompanyBlock.company_id, CompanyBlock.reason).where(
            CompanyBlock.user_id == user_id, CompanyBlock.lifted_at.is_(None)
        )
    )
    return {row.company_id: row.reason for row in rows}


def past(session: Session, user_id: uuid.UUID) -> tuple[int, int, int, int, int]:
    """Approved, the first time, rejected, tasks with a known answer, those of them that were right."""
    columns = (
        Reputation.approved_count,
        Reputation.first_time_count,
        Reputation.rejected_count,
        Reputation.gold_count,
        Reputation.gold_right_count,
    )
    totals = select(*(func.coalesce(func.sum(column), 0) for column in columns))
    row = session.execute(totals.where(Reputation.user_id == user_id)).one()
    return int(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4])


def companies_worked_for(session: Session, user_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The companies on whose projects this User has approved work."""
    return frozenset(
        session.scalars(
            select(Project.company_id)
            .join(WorkedOn, WorkedOn.project_id == Project.id)
            .where(WorkedOn.user_id == user_id)
            .distinct()
        )
    )


def rules_of_open_jobs(session: Session) -> Sequence[Any]:
    """Each different rule of companies with open projects: `rules_key` and the columns it speaks of."""
    one_of_each = (
        select(func.min(Project.slug))
        .where(Project.state == ProjectState.OPEN, Project.rules_key != "")
        .group_by(Project.rules_key)
    )
    return session.execute(
        select(
            Project.rules_key, Project.rules, Project.specialty, Project.language_level, Project.company_id
        ).where(Project.slug.in_(one_of_each))
    ).all()
