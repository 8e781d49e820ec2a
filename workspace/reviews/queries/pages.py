"""What the pages of review show."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kit.pages import Page, page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, Task
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.reviews.queries.serving import served_to
from workspace.submissions.models import WAITING, Submission, SubmissionRevision, SubmissionState

_ENDED = (ReviewState.DECIDED, ReviewState.CONFIRMED, ReviewState.OVERTURNED)


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
        .where(Review.state == ReviewState.QUEUED, Submission.state.in_(WAITING), served_to(user_id, now))
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
