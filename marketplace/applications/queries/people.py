"""Who has ever joined a project of a company."""

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.applications.models import Engagement
from marketplace.experts.models import Expert
from marketplace.projects.models import Project


def joined_of(session: Session, company_id: uuid.UUID) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """Expert and User ids of everybody with an engagement on a project of the company, over or not."""
    rows = session.execute(
        select(Expert.id, Expert.user_id)
        .join(Engagement, Engagement.expert_id == Expert.id)
        .join(Project, Project.id == Engagement.project_id)
        .where(Project.company_id == company_id)
        .distinct()
    )
    return ((row.id, row.user_id) for row in rows)
