"""Every SELECT of the first page."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session, joinedload

from marketplace.projects.models import Project
from workspace.home.models import SkippedStep


def skipped_by(session: Session, user_id: uuid.UUID) -> frozenset[str]:
    """The steps this person put aside."""
    return frozenset(session.scalars(select(SkippedStep.step).where(SkippedStep.user_id == user_id)))


def forget_skipped(session: Session, user_id: uuid.UUID) -> None:
    """Bring every step back."""
    session.execute(delete(SkippedStep).where(SkippedStep.user_id == user_id))


def jobs_where(condition: ColumnElement[bool]) -> Select[uuid.UUID]:
    """The select of the ids of projects that meet the condition, to rank among."""
    return select(Project.id).where(condition)


def projects(session: Session, project_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Project]:
    """These projects by id, companies loaded."""
    rows = session.scalars(
        select(Project).where(Project.id.in_(project_ids)).options(joinedload(Project.company))
    )
    return {project.id: project for project in rows}
