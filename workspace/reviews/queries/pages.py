"""What the pages of review show."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kit.pages import SIZE, Page, page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment
from workspace.reviews.models import UNDECIDED, Appeal, Review, ReviewState, Verdict
from workspace.reviews.queries.serving import PENDING, QUEUED, served_to
from workspace.submissions.models import GOOD, WAITING, Submission, SubmissionRevision, SubmissionState

_ENDED = (ReviewState.DECIDED, ReviewState.IN_AUDIT, ReviewState.CONFIRMED, ReviewState.OVERTURNED)
_DECIDED = (*GOOD, SubmissionState.REJECTED, SubmissionState.FINAL_REJECTED)
RECORD = 200  # the last so many submissions make an expert's record
_APPEALED = exists().where(Appeal.submission_id == Submission.id, Appeal.state.in_(UNDECIDED))
_UNDECIDED = (
    *WAITING,
    SubmissionState.IN_REVIEW,
    SubmissionState.CHANGES_REQUESTED,
    SubmissionState.ADJUDICATION,
)
_UNPAID = (SubmissionState.REJECTED, SubmissionState.FINAL_REJECTED)
_UNSEEN = (SubmissionState.UNDONE, *_UNPAID)


def decided_of(session: Session, submission_id: uuid.UUID) -> Sequence[Review]:
    """The verdicts on a submission that have acted, first round first."""
    return session.scalars(
        select(Review)
        .where(Review.submission_id == submission_id, Review.state.in_(_ENDED))
        .order_by(Review.round)
    ).all()


def decisions(session: Session, project_id: uuid.UUID) -> tuple[int, int]:
    """How many verdicts acted on a project, and how many of them were rejections not found wrong since."""
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Review.verdict == Verdict.REJECT, Review.state != ReviewState.OVERTURNED),
        )
        .select_from(Review)
        .join(Review.submission)
        .where(Submission.project_id == project_id, Review.state.in_(_ENDED))
    ).one()
    return int(row[0]), int(row[1])


def waiting_by_project(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[Any]:
    """What waits for this reviewer, the first deadline first.

    Each row: project_id, title, task_type, waiting (how many), fee_minor (the lowest), first_due_at.
    """
    return session.execute(
        select(
            Project.id.label("project_id"),
            Project.title,
            Project.task_type,
            func.count().label("waiting"),
            func.min(Review.fee_minor).label("fee_minor"),
            func.min(Review.due_at).label("first_due_at"),
        )
        .select_from(Review)
        .join(Review.submission)
        .join(Project, Project.id == Submission.project_id)
        .where(QUEUED, served_to(user_id, now))
        .group_by(Project.id, Project.title, Project.task_type)
        .order_by(func.min(Review.due_at))
        .limit(50)
    ).all()


def pending_of(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[Review]:
    """The verdicts this reviewer can still take back, the newest first, with what they are about."""
    return session.scalars(
        select(Review)
        .where(Review.reviewer_id == user_id, PENDING, Review.acts_at > now)
        .options(_about())
        .order_by(Review.acts_at.desc())
    ).all()


def peers_of(session: Session, submission: Submission) -> Sequence[Submission]:
    """Other people's answers to the same task that were not rejected, oldest first."""
    return session.scalars(
        select(Submission)
        .where(
            Submission.task_id == submission.task_id,
            Submission.id != submission.id,
            Submission.state.not_in(_UNSEEN),
        )
        .order_by(Submission.id)
    ).all()


def outcomes(session: Session, user_id: uuid.UUID) -> Sequence[tuple[bool, int]]:
    """(approved, round) of the last submissions of a person that were decided, the newest first.

    A rejection leaves them out while its appeal waits.
    """
    rows = session.execute(
        select(Submission.state, Submission.round)
        .where(Submission.user_id == user_id, Submission.state.in_(_DECIDED), ~_APPEALED)
        .order_by(Submission.id.desc())
        .limit(RECORD)
    ).all()
    return [(state in GOOD, number) for state, number in rows]


def given_by(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[Review]:
    """The verdicts a reviewer gave, newest first, with what they were about."""
    statement = (
        select(Review)
        .where(Review.reviewer_id == user_id, Review.state.in_([*_ENDED, ReviewState.PENDING]))
        .options(_about())
    )
    keys = [Review.acts_at, Review.id]  # ids are derived from submissions: they have no order of their own
    return page(session, statement, keys, mark=mark, key_of=lambda row: [row.acts_at, row.id])


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
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Assignment.price_minor), 0))
        .select_from(Submission)
        .join(Submission.assignment)
        .where(Submission.user_id == user_id, Submission.state.in_(_UNDECIDED))
    ).one()
    return int(row[0]), int(row[1])


def undecided_of(
    session: Session, user_id: uuid.UUID, mark: str | None, size: int = SIZE
) -> Page[Submission]:
    """A person's answers that wait for a decision, newest first, with price and project."""
    return _own(session, user_id, _UNDECIDED, mark, size)


def unpaid_of(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[Submission]:
    """A person's answers that were not approved, newest first, with price and project."""
    return _own(session, user_id, _UNPAID, mark, SIZE)


def unpaid_count(session: Session, user_id: uuid.UUID) -> int:
    """How many answers of a person were not approved."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(Submission.user_id == user_id, Submission.state.in_(_UNPAID))
        )
        or 0
    )


def _own(
    session: Session,
    user_id: uuid.UUID,
    states: Collection[SubmissionState],
    mark: str | None,
    size: int,
) -> Page[Submission]:
    statement = (
        select(Submission)
        .where(Submission.user_id == user_id, Submission.state.in_(states))
        .options(joinedload(Submission.assignment).joinedload(Assignment.project))
    )
    return page(session, statement, [Submission.id], mark=mark, key_of=lambda row: [row.id], size=size)


def _about() -> Any:
    """What a list says of a review: the assignment with its project."""
    return joinedload(Review.submission).joinedload(Submission.assignment).joinedload(Assignment.project)
