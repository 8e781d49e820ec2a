"""Who is served which review, and what is locked while it moves."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.companies.models import Member
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, Part, TaskPart
from workspace.reviews.models import Review, ReviewState
from workspace.submissions.models import WAITING, Submission

CONFLICT = timedelta(days=365)


def served_to(user_id: uuid.UUID, now: datetime) -> Any:
    """Never one's own task, never the company one belongs or belonged to in the past 12 months."""
    author = exists().where(
        TaskPart.task_id == Submission.task_id, TaskPart.user_id == user_id, TaskPart.part == Part.AUTHOR
    )
    member = exists().where(
        Member.company_id == Project.company_id,
        Member.user_id == user_id,
        or_(Member.left_at.is_(None), Member.left_at > now - CONFLICT),
    )
    return and_(Submission.user_id != user_id, ~author, ~member)


def next_for(session: Session, user_id: uuid.UUID, *, now: datetime, undo: timedelta) -> Review | None:
    """The waiting review this person may judge that the clock approves first; nobody else holds it."""
    return session.scalar(
        select(Review)
        .join(Review.submission)
        .join(Project, Project.id == Submission.project_id)
        .where(
            Review.state == ReviewState.QUEUED,
            Submission.state.in_(WAITING),
            Submission.submitted_at <= now - undo,
            served_to(user_id, now),
        )
        .options(contains_eager(Review.submission))
        .order_by(Review.due_at, Review.id)
        .limit(1)
        .with_for_update(of=[Submission, Review], skip_locked=True)
    )


def open_of(session: Session, user_id: uuid.UUID) -> Review | None:
    """The review in this person's hands."""
    return session.scalar(
        select(Review)
        .where(Review.reviewer_id == user_id, Review.state == ReviewState.OPEN)
        .options(joinedload(Review.submission))
    )


def for_reviewer(session: Session, user_id: uuid.UUID, review_id: uuid.UUID) -> Review | None:
    """A review served to this person, with everything its page shows."""
    return session.scalar(
        select(Review)
        .where(Review.id == review_id, Review.reviewer_id == user_id)
        .options(
            joinedload(Review.submission)
            .joinedload(Submission.assignment)
            .options(
                joinedload(Assignment.task),
                joinedload(Assignment.project).joinedload(Project.company),
                joinedload(Assignment.guideline),
            )
        )
    )


def lock(session: Session, review_id: uuid.UUID) -> Review | None:
    """The review and its submission, locked in the house's order, with the assignment they are about."""
    submission_id = session.scalar(select(Review.submission_id).where(Review.id == review_id))
    if submission_id is None or lock_submission(session, submission_id) is None:
        return None
    return session.scalar(
        select(Review)
        .where(Review.id == review_id)
        .options(joinedload(Review.submission).joinedload(Submission.assignment))
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    )


def lock_submission(session: Session, submission_id: uuid.UUID) -> Submission | None:
    """The submission, locked, with its assignment."""
    return session.scalar(
        select(Submission)
        .where(Submission.id == submission_id)
        .options(joinedload(Submission.assignment))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    )


def of_round(session: Session, submission_id: uuid.UUID, number: int) -> Review | None:
    """The review of one round of a submission."""
    return session.scalar(
        select(Review).where(Review.submission_id == submission_id, Review.round == number).with_for_update()
    )
