"""Every SELECT about guidelines."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.projects.models import GuidelineClause, GuidelineVersion


def current_guideline(session: Session, project_id: uuid.UUID) -> GuidelineVersion | None:
    """The published version with the highest number."""
    return session.scalar(
        select(GuidelineVersion)
        .where(GuidelineVersion.project_id == project_id, GuidelineVersion.published_at.is_not(None))
        .order_by(GuidelineVersion.number.desc())
        .limit(1)
    )


def draft_guideline(session: Session, project_id: uuid.UUID) -> GuidelineVersion | None:
    """The version that is being written; at most one."""
    return session.scalar(
        select(GuidelineVersion)
        .where(GuidelineVersion.project_id == project_id, GuidelineVersion.published_at.is_(None))
        .order_by(GuidelineVersion.number.desc())
        .limit(1)
    )


def guideline(session: Session, project_id: uuid.UUID, number: int) -> GuidelineVersion | None:
    """One published version by its number."""
    return session.scalar(
        select(GuidelineVersion).where(
            GuidelineVersion.project_id == project_id,
            GuidelineVersion.number == number,
            GuidelineVersion.published_at.is_not(None),
        )
    )


def guideline_versions(session: Session, project_id: uuid.UUID) -> Sequence[GuidelineVersion]:
    """The published versions, newest first."""
    return session.scalars(
        select(GuidelineVersion)
        .where(GuidelineVersion.project_id == project_id, GuidelineVersion.published_at.is_not(None))
        .order_by(GuidelineVersion.number.desc())
    ).all()


def last_guideline_number(session: Session, project_id: uuid.UUID) -> int:
    """The highest number of a version so far, 0 without one."""
    return (
        session.scalar(
            select(func.max(GuidelineVersion.number)).where(GuidelineVersion.project_id == project_id)
        )
        or 0
    )


def clauses(session: Session, version_id: uuid.UUID) -> Sequence[GuidelineClause]:
    """The clauses of a version in order."""
    return session.scalars(
        select(GuidelineClause)
        .where(GuidelineClause.version_id == version_id)
        .order_by(GuidelineClause.number)
    ).all()


def remove_clauses(session: Session, version_id: uuid.UUID) -> None:
    """Empty a version that is not published."""
    session.execute(delete(GuidelineClause).where(GuidelineClause.version_id == version_id))
