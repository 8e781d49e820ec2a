"""Every SELECT about jobs and searches people keep."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from marketplace.applications.models import SavedJob, SavedSearch
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import PUBLIC, Project


def saved_job(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> SavedJob | None:
    """The mark of this person on this job."""
    return session.scalar(
        select(SavedJob).where(SavedJob.user_id == user_id, SavedJob.project_id == project_id)
    )


def saved_project_ids(
    session: Session, user_id: uuid.UUID, project_ids: Sequence[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Which jobs of a page of the board the person keeps."""
    return frozenset(
        session.scalars(
            select(SavedJob.project_id).where(
                SavedJob.user_id == user_id, SavedJob.project_id.in_(project_ids)
            )
        )
    )


def saved_jobs(session: Session, user_id: uuid.UUID, *, mark: str | None) -> Page[SavedJob]:
    """The jobs the person keeps, projects and companies loaded, the last one first."""
    return pages.page(
        session,
        select(SavedJob)
        .join(SavedJob.project)
        .join(Project.company)
        .where(SavedJob.user_id == user_id, Project.state.in_(PUBLIC))
        .options(contains_eager(SavedJob.project).contains_eager(Project.company)),
        [SavedJob.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def saved_searches(session: Session, user_id: uuid.UUID) -> Sequence[SavedSearch]:
    """Every saved search of the person, oldest first; there are never many."""
    return session.scalars(
        select(SavedSearch).where(SavedSearch.user_id == user_id).order_by(SavedSearch.id)
    ).all()


def saved_search(
    session: Session, search_id: uuid.UUID, *, user_id: uuid.UUID | None = None, locked: bool = False
) -> SavedSearch | None:
    """A saved search with its person; of this person when one is given."""
    statement = (
        select(SavedSearch)
        .join(SavedSearch.user)
        .where(SavedSearch.id == search_id, SavedSearch.user_id == user_id if user_id else sa.true())
        .options(contains_eager(SavedSearch.user))
    )
    if locked:
        statement = statement.with_for_update(of=SavedSearch).execution_options(populate_existing=True)
    return session.scalar(statement)


def searches_due(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[SavedSearch]:
    """Saved searches whose morning has come, locked, their people loaded."""
    return session.scalars(
        select(SavedSearch)
        .join(SavedSearch.user)
        .where(SavedSearch.next_at <= now)
        .options(contains_eager(SavedSearch.user))
        .order_by(SavedSearch.next_at)
        .limit(at_most)
        .with_for_update(of=SavedSearch, skip_locked=True)
    ).all()
