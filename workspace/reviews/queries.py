"""Every SELECT on reviews; what a reviewer may see is decided here."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.companies.models import Member
from marketplace.kit.pages import Page, page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, Part, Task, TaskPart
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.submissions.models import WAITING, Submission, SubmissionRevision, SubmissionState

CONFLICT = timedelta(days=365)
_ENDED = (ReviewState.DECIDED, ReviewState.CONFIRMED, ReviewState.OVERTURNED)


def _served_to(user_id: uuid.UUID, now: datetime) -> Any:
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
            _served_to(user_id, now),
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


def decided_of(session: Session, submission_id: uuid.UUID) -> Sequence[Review]:
    """The verdicts on a submission that have acted, first round first."""
    return session.scalars(
        select(Review)
        .where(Review.submission_id == submission_id, Review.state.in_(_ENDED))
        .order_by(Review.round)
    ).all()


def decisions(session: Session, project_id: uuid.UUID) -> tuple[int, int]:
    """How many verdicts acted on a project, and how many of them were rejections."""
    row = session.execute(
        select(func.count(), func.count().filter(Review.verdict == Verdict.REJECT))
        .select_from(Review)
        .join(Review.submission)
        .where(Submission.project_id == project_id, Review.state.in_(_ENDED))
    ).one()
    return int(row[0]), int(row[1])


def waiting_by_project(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[Any]:
    """(project title, task type, how many wait, fee in minor units, first deadline) for this reviewer."""
    return session.execute(
        select(
            Project.title,
            Project.task_type,
            func.count(),
            func.min(Review.fee_minor),
            func.min(Review.due_at),
        )
        .select_from(Review)
        .join(Review.submission)
        .join(Project, Project.id == Submission.project_id)
        .where(Review.state == ReviewState.QUEUED, Submission.state.in_(WAITING), _served_to(user_id, now))
        .group_by(Project.id, Project.title, Project.task_type)
        .order_by(func.min(Review.due_at))
        .limit(50)
    ).all()


def given_by(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[Review]:
    """The verdicts a reviewer gave, newest first, with what they were about."""
    statement = (
        select(Review)
        .where(Review.reviewer_id == user_id, Review.state.in_([*_ENDED, ReviewState.PENDING]))
        .options(
            joinedload(Review.submission)
            .joinedload(Submission.assignment)
            .options(joinedload(Assignment.project), joinedload(Assignment.task).load_only(Task.external_id))
        )
    )
    return page(session, statement, [Review.id], mark=mark, key_of=lambda row: [row.id])


def locks_ended(session: Session, now: datetime, limit: int = 200) -> Sequence[uuid.UUID]:
    """Open reviews whose time in one person's hands is over."""
    return session.scalars(
        select(Review.id)
        .where(Review.state == ReviewState.OPEN, Review.locked_until <= now)
        .order_by(Review.locked_until)
        .limit(limit)
    ).all()


def undecided_verdicts(session: Session, now: datetime, limit: int = 200) -> Sequence[uuid.UUID]:
    """Verdicts whose eight seconds are over and whose message has not come."""
    return session.scalars(
        select(Review.id)
        .where(Review.state == ReviewState.PENDING, Review.acts_at <= now)
        .order_by(Review.acts_at)
        .limit(limit)
    ).all()


def late(session: Session, now: datetime, limit: int = 200) -> Sequence[uuid.UUID]:
    """Submissions nobody judged in time: the clock approves them."""
    return session.scalars(
        select(Submission.id)
        .where(Submission.state.in_(WAITING), Submission.due_at <= now)
        .order_by(Submission.due_at)
        .limit(limit)
    ).all()


def appeal_over(session: Session, now: datetime, limit: int = 200) -> Sequence[uuid.UUID]:
    """Rejected submissions whose time to appeal is over."""
    return session.scalars(
        select(Submission.id)
        .where(Submission.state == SubmissionState.REJECTED, Submission.due_at <= now)
        .order_by(Submission.due_at)
        .limit(limit)
    ).all()


def fees_today(session: Session, user_id: uuid.UUID, now: datetime) -> tuple[int, int]:
    """How many verdicts a reviewer gave since midnight UTC, and what they pay in minor units."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Review.fee_minor), 0)).where(
            Review.reviewer_id == user_id, Review.state.in_(_ENDED), Review.decided_at >= midnight
        )
    ).one()
    return int(row[0]), int(row[1])


def answers_of(session: Session, submission_id: uuid.UUID) -> Sequence[SubmissionRevision]:
    """The answers of all rounds as they were handed in, first round first."""
    return session.scalars(
        select(SubmissionRevision)
        .where(SubmissionRevision.submission_id == submission_id)
        .order_by(SubmissionRevision.round)
    ).all()


def waiting_of(session: Session, user_id: uuid.UUID) -> tuple[int, int]:
    """How many answers of a person wait for a decision, and the pay reserved for them in minor units."""
    undecided = [*WAITING, SubmissionState.IN_REVIEW, SubmissionState.CHANGES_REQUESTED]
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Assignment.price_minor), 0))
        .select_from(Submission)
        .join(Submission.assignment)
        .where(Submission.user_id == user_id, Submission.state.in_(undecided))
    ).one()
    return int(row[0]), int(row[1])
