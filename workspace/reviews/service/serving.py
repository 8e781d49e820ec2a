"""Who judges what: the system serves, nobody chooses."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from workspace.queue.models import Part, TaskPart
from workspace.reviews import policy, queries
from workspace.reviews.errors import NotYours
from workspace.reviews.models import Review, ReviewState
from workspace.submissions.models import Submission, SubmissionState

LOCK = timedelta(minutes=WORK.review_lock_minutes)
LONGEST = timedelta(hours=WORK.review_lock_maximum_hours)
UNDO = timedelta(seconds=WORK.undo_seconds)


def review_id(submission_id: uuid.UUID, number: int) -> uuid.UUID:
    """The id of the review of one round: known before the row exists, so that its fee can be reserved."""
    return ids.derived(submission_id, f"review:{number}")


def queue_review(session: Session, submission: Submission) -> bool:
    """Put the submission's present round in the queue, once; False when it is there already."""
    return insert_once(
        session,
        Review,
        id=review_id(submission.id, submission.round),
        submission_id=submission.id,
        round=submission.round,
        fee_minor=submission.assignment.review_fee_minor,
        due_at=submission.auto_approve_at,
        state=ReviewState.QUEUED,
    )


def lapse(session: Session, submission: Submission) -> None:
    """Take the waiting review of this round out of the queue: taken back, or approved by the clock."""
    review = queries.of_round(session, submission.id, submission.round)
    if review is not None and review.state in {ReviewState.QUEUED, ReviewState.OPEN}:
        review.move(ReviewState.LAPSED)


def open_next(session: Session, *, reviewer: User) -> Review | None:
    """The review in this person's hands, or the next one, locked for ten minutes; None: queue clear."""
    now = clock.database_now(session)
    held = queries.open_of(session, reviewer.id)
    if held is not None and held.locked_until is not None and held.locked_until > now:
        return held
    if held is not None:
        _put_back(held)
        # the unique index allows one open review per person: the old one must be gone before the next opens
        session.flush()
    review = queries.next_for(session, reviewer.id, now=now, undo=UNDO)
    if review is None:
        return None
    review.came_from = review.submission.state
    review.submission.move(SubmissionState.IN_REVIEW)
    review.move(ReviewState.OPEN)
    review.reviewer, review.opened_at, review.locked_until = reviewer, now, now + LOCK
    insert_once(session, TaskPart, task_id=review.submission.task_id, user_id=reviewer.id, part=Part.REVIEWER)
    return review


def renew(session: Session, review: Review, *, reviewer: User) -> None:
    """Keep the review for ten more minutes, four hours in all; NotYours when it went back."""
    if not policy.may_give(review, reviewer.id) or review.opened_at is None:
        raise NotYours
    now = clock.database_now(session)
    review.locked_until = min(now + LOCK, review.opened_at + LONGEST)


def step_aside(session: Session, review: Review, *, reviewer: User) -> None:
    """Give the review back to the queue; somebody else will judge it."""
    locked = queries.lock(session, review.id)
    if locked is None or not policy.may_give(locked, reviewer.id):
        raise NotYours
    _put_back(locked)


def put_back(session: Session, identity: uuid.UUID) -> None:
    """Return a review whose lock has ended to the queue; one that moved on meanwhile stays as it is."""
    review = queries.lock(session, identity)
    now = clock.database_now(session)
    if review is not None and review.state is ReviewState.OPEN and (review.locked_until or now) <= now:
        _put_back(review)


def _put_back(review: Review) -> None:
    review.move(ReviewState.QUEUED)
    review.submission.move(review.came_from or SubmissionState.SUBMITTED)
    review.reviewer, review.opened_at, review.locked_until = None, None, None
