"""What is due: verdicts, locks, approvals by the clock, final rejections."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workspace.reviews.models import Review
from workspace.reviews.queries.serving import OPEN, PENDING
from workspace.submissions.models import WAITING, Submission, SubmissionState

AT_MOST = 500


def locks_ended(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Open reviews whose time in one person's hands is over."""
    return session.scalars(
        select(Review.id).where(OPEN, Review.locked_until <= now).order_by(Review.locked_until).limit(AT_MOST)
    ).all()


def undecided_verdicts(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Verdicts whose eight seconds are over and which have not acted."""
    return session.scalars(
        select(Review.id).where(PENDING, Review.acts_at <= now).order_by(Review.acts_at).limit(AT_MOST)
    ).all()


def late(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Submissions nobody judged in time: the clock approves them."""
    return _due(session, WAITING, now)


def appeal_over(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Rejected submissions whose time to appeal is over."""
    return _due(session, {SubmissionState.REJECTED}, now)


def _due(session: Session, states: Collection[SubmissionState], now: datetime) -> Sequence[uuid.UUID]:
    return session.scalars(
        select(Submission.id)
        .where(Submission.state.in_(states), Submission.due_at <= now)
        .order_by(Submission.due_at)
        .limit(AT_MOST)
    ).all()
