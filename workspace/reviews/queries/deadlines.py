"""What is due: verdicts, locks, approvals by the clock, final rejections."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workspace.reviews.models import Review, ReviewState
from workspace.submissions.models import WAITING, Submission, SubmissionState


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
