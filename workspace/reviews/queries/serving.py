"""Who is served which review."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from config.policy import PEOPLE, WORK
from marketplace.care import queries as care
from marketplace.companies.models import Member
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, Part, TaskPart
from workspace.reviews.models import Review, ReviewState, StepAside
from workspace.submissions.models import WAITING, Submission

CONFLICT = timedelta(days=PEOPLE.conflict_days)
UNDO = timedelta(seconds=WORK.undo_seconds)
# written into the statement, not bound: a partial index is only used for a condition the planner can read
_STATE = Review.state.type
QUEUED = Review.state == bindparam("queued", ReviewState.QUEUED, _STATE, literal_execute=True)
OPEN = Review.state == bindparam("open", ReviewState.OPEN, _STATE, literal_execute=True)
PENDING = Review.state == bindparam("pending", ReviewState.PENDING, _STATE, literal_execute=True)


def served_to(user_id: uuid.UUID, now: datetime) -> Any:
    """Whose work this person may judge.

    Never a task they answered themselves, never a company they belong or belonged to in the past 12 months,
    never a submission they gave back, no sensitive content they did not agree to see, nothing its author can
    still take back, nothing the clock has approved by now.
    """
    author = exists().where(
        TaskPart.task_id == Submission.task_id, TaskPart.user_id == user_id, TaskPart.part == Part.AUTHOR
    )
    member = exists().where(
        Member.company_id == Project.company_id,
        Member.user_id == user_id,
        or_(Member.left_at.is_(None), Member.left_at > now - CONFLICT),
    )
    agreed = care.agreed(user_id, Project.content_classes)
    aside = exists().where(StepAside.submission_id == Submission.id, StepAside.user_id == user_id)
    return and_(
        Submission.state.in_(WAITING),
        Submission.submitted_at <= now - UNDO,
        Submission.due_at > now,
        Submission.user_id != user_id,
        ~author,
        ~member,
        ~aside,
        agreed,
    )


def next_for(
    session: Session,
    user_id: uuid.UUID,
    *,
    now: datetime,
    projects: Collection[uuid.UUID] = (),
    task_types: Collection[str] = (),
    without_sensitive: bool = False,
) -> Review | None:
    """The waiting review this person may judge that the clock approves first, locked; nobody else holds it.

    `projects` and `task_types` narrow the draw; empty ones do not.  `without_sensitive` is for a pause.
    """
    statement = (
        select(Review)
        .join(Review.submission)
        .join(Project, Project.id == Submission.project_id)
        .where(QUEUED, served_to(user_id, now))
    )
    if without_sensitive:
        statement = statement.where(Project.content_classes == "")
    if projects:
        statement = statement.where(Submission.project_id.in_(projects))
    if task_types:
        statement = statement.where(Project.task_type.in_(task_types))
    return session.scalar(
        statement.options(contains_eager(Review.submission))
        .order_by(Review.due_at, Review.id)
        .limit(1)
        .with_for_update(of=[Submission, Review], skip_locked=True)
        .execution_options(populate_existing=True)
    )


def may_take_again(session: Session, user_id: uuid.UUID, review_id: uuid.UUID, now: datetime) -> bool:
    """Whether a review this person held last waits again, and they may still judge it."""
    statement = (
        select(Review.id)
        .join(Review.submission)
        .join(Project, Project.id == Submission.project_id)
        .where(Review.id == review_id, Review.reviewer_id == user_id, QUEUED, served_to(user_id, now))
    )
    return session.scalar(statement) is not None


def open_of(session: Session, user_id: uuid.UUID) -> Review | None:
    """The review in this person's hands."""
    return session.scalar(
        select(Review).where(Review.reviewer_id == user_id, OPEN).options(joinedload(Review.submission))
    )


def for_reviewer(session: Session, user_id: uuid.UUID, review_id: uuid.UUID) -> Review | None:
    """A review this person holds or held last, while nobody else has opened it; with all it shows."""
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


def part_of(session: Session, user_id: uuid.UUID, task_id: uuid.UUID) -> Part | None:
    """What this person did on the task."""
    return session.scalar(
        select(TaskPart.part).where(TaskPart.task_id == task_id, TaskPart.user_id == user_id)
    )
