"""Every SELECT about what a person or a project has had before."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project
from workspace.queue.models import WITHDRAWN, Assignment, AssignmentState
from workspace.submissions.models import (
    Submission,
    SubmissionRevision,
    SubmissionState,
)
from workspace.submissions.queries.answers import whole


def revision(session: Session, submission_id: uuid.UUID, number: int) -> SubmissionRevision | None:
    """The answer of one round as it was handed in."""
    return session.scalar(
        select(SubmissionRevision).where(
            SubmissionRevision.submission_id == submission_id, SubmissionRevision.round == number
        )
    )


def of_user(
    session: Session,
    user_id: uuid.UUID,
    states: Collection[SubmissionState],
    *,
    mark: str | None,
    project_id: uuid.UUID | None = None,
) -> Page[Submission]:
    """A person's submissions in these states, of one project or any, newest first, whole."""
    statement = select(Submission).where(Submission.user_id == user_id, Submission.state.in_(states))
    if project_id is not None:
        statement = statement.where(Submission.project_id == project_id)
    return pages.page(
        session,
        whole(statement),
        [Submission.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def stopped_of(
    session: Session, user_id: uuid.UUID, *, mark: str | None, project_id: uuid.UUID | None = None
) -> Page[Assignment]:
    """What a person stopped half way or a company withdrew, newest first, task and project loaded."""
    withdrawn = and_(Assignment.state == AssignmentState.CANCELLED, Assignment.end_reason == WITHDRAWN)
    ended = or_(Assignment.state == AssignmentState.STOPPED, withdrawn)
    statement = select(Assignment).where(Assignment.user_id == user_id, ended)
    if project_id is not None:
        statement = statement.where(Assignment.project_id == project_id)
    return pages.page(
        session,
        statement.options(
            joinedload(Assignment.task), joinedload(Assignment.project).joinedload(Project.company)
        ),
        [Assignment.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def projects_of(session: Session, user_id: uuid.UUID) -> Sequence[Project]:
    """The projects on which this person has begun anything, by title, at most 200."""
    begun = exists().where(Assignment.user_id == user_id, Assignment.project_id == Project.id)
    return session.scalars(select(Project).where(begun).order_by(Project.title, Project.id).limit(200)).all()


def rounds_of(session: Session, submission_id: uuid.UUID) -> Sequence[SubmissionRevision]:
    """The answers of a submission as they were handed in, first round first."""
    return session.scalars(
        select(SubmissionRevision)
        .where(SubmissionRevision.submission_id == submission_id)
        .order_by(SubmissionRevision.round)
    ).all()


def count_in(session: Session, user_id: uuid.UUID, states: Collection[SubmissionState]) -> int:
    """How many of this person's submissions are in these states."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(Submission.user_id == user_id, Submission.state.in_(states))
        )
        or 0
    )


def count_since(session: Session, user_id: uuid.UUID, moment: datetime) -> int:
    """How many answers this person has handed in since this moment."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(
                Submission.user_id == user_id,
                Submission.submitted_at >= moment,
                Submission.state != SubmissionState.UNDONE,
            )
        )
        or 0
    )


def active_times(session: Session, project_id: uuid.UUID, *, newest: int = 30) -> Sequence[int]:
    """Active seconds of the newest submissions of a project."""
    return session.scalars(newest_times(project_id, newest)).all()


def newest_times(project_id: uuid.UUID, newest: int) -> Select[int]:
    """The statement of `active_times`: asked at each submit, so an index is walked and nothing is sorted."""
    return (
        select(Submission.active_seconds)
        .where(Submission.project_id == project_id)
        .order_by(Submission.id.desc())
        .limit(newest)
    )


def last_of(
    session: Session, user_id: uuid.UUID, project_id: uuid.UUID, *, newest: int
) -> Sequence[Submission]:
    """A person's newest submissions of a project, tasks loaded."""
    return session.scalars(
        select(Submission)
        .where(
            Submission.user_id == user_id,
            Submission.project_id == project_id,
            Submission.state != SubmissionState.UNDONE,
        )
        .order_by(Submission.id.desc())
        .limit(newest)
        .options(joinedload(Submission.assignment).joinedload(Assignment.task))
    ).all()
