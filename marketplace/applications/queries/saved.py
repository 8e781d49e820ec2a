"""Every SELECT about jobs and searches people keep."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, contains_eager

from marketplace.applications.models import SavedJob, SavedSearch, ToldProject
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import PUBLIC, Project

ROWS = 500  # of one INSERT


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


def told_of(search_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The jobs this search has told of, as a part of another statement."""
    return select(ToldProject.project_id).where(ToldProject.search_id == search_id)


def on_the_board(session: Session, fitting: sa.Select[uuid.UUID], since: datetime) -> Sequence[uuid.UUID]:
    """Those of the fitting jobs that opened after `since`."""
    return session.scalars(select(Project.id).where(Project.id.in_(fitting), Project.opened_at > since)).all()


def note_told(session: Session, search_id: uuid.UUID, project_ids: Sequence[uuid.UUID]) -> None:
    """Remember that the search has told of these jobs; safe to repeat."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for start in range(0, len(project_ids), ROWS):
        rows = [{"search_id": search_id, "project_id": one} for one in project_ids[start : start + ROWS]]
        session.execute(insert(ToldProject).values(rows).on_conflict_do_nothing())


def forget_told(session: Session, search_id: uuid.UUID, before: datetime | None = None) -> None:
    """Forget what the search has told of: everything, or what it told before this moment."""
    session.execute(
        sa.delete(ToldProject).where(
            ToldProject.search_id == search_id, ToldProject.created_at < before if before else sa.true()
        )
    )
