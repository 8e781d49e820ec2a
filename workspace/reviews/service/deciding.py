"""A verdict whose time has come acts: states, money and facts move in one transaction."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.ledger.errors import Overdraft
from workspace.queue import service as queue
from workspace.reviews import policy, queries
from workspace.reviews.events import (
    ReviewReturned,
    SubmissionApproved,
    SubmissionChangesAsked,
    SubmissionRejected,
)
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.reviews.service import payments
from workspace.reviews.service.serving import return_to_queue, review_id
from workspace.submissions.models import Submission, SubmissionState


def decide(session: Session, identity: uuid.UUID) -> None:
    """Let a pending verdict act once its time has come; an undone or decided one stays as it is."""
    review = queries.lock(session, identity)
    now = clock.database_now(session)
    if review is None or review.state is not ReviewState.PENDING or review.verdict is None:
        return
    if review.acts_at is None or review.acts_at > now:
        return
    if not _DECIDE[review.verdict](session, review, now):
        return
    review.move(ReviewState.DECIDED)
    review.decided_at = now
    audit.record(
        session,
        f"reviewer:submission:{review.verdict.value}",
        actor_id=review.reviewer_id,
        subject_type="submission",
        subject_id=review.submission_id,
        review_id=review.id,
        reason_code=review.reason_code,
    )


def approve(session: Session, submission: Submission, review: Review | None, now: datetime) -> None:
    """Accept and pay the work; without a review the clock did it, and the review fee goes back."""
    submission.move(SubmissionState.APPROVED if review is not None else SubmissionState.AUTO_APPROVED)
    submission.decided_at, submission.due_at = now, None
    payments.pay(session, submission.assignment, review, submission_id=submission.id)
    queue.count_approved(session, submission.task_id)
    publish(
        session,
        SubmissionApproved(
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            pay_minor=submission.assignment.price_minor,
            first_time=submission.round == 0,
            by_clock=review is None,
        ),
    )


def _approve(session: Session, review: Review, now: datetime) -> bool:
    approve(session, review.submission, review, now)
    return True


def _ask_for_changes(session: Session, review: Review, now: datetime) -> bool:
    submission = review.submission
    following = review_id(submission.id, submission.round + 1)
    try:
        payments.pay_review(session, submission.assignment, review, next_review=following)
    except Overdraft:  # the budget ran out within the eight seconds
        _hand_back(session, review, now)
        return False
    submission.move(SubmissionState.CHANGES_REQUESTED)
    submission.due_at = now + timedelta(hours=WORK.changes_due_hours)
    publish(
        session,
        SubmissionChangesAsked(
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            review_id=review.id,
        ),
    )
    return True


def _reject(session: Session, review: Review, now: datetime) -> bool:
    submission = review.submission
    submission.move(SubmissionState.REJECTED)
    submission.decided_at, submission.due_at = now, now + timedelta(days=WORK.appeal_days)
    payments.pay_review(session, submission.assignment, review, next_review=None)
    publish(
        session,
        SubmissionRejected(
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            review_id=review.id,
        ),
    )
    return True


def _hand_back(session: Session, review: Review, now: datetime) -> None:
    """Nobody loses: the reviewer decides again, their words kept; while they hold another one, it waits."""
    reviewer_id = payments.judge(review)
    other = queries.open_of(session, reviewer_id)
    review.move(ReviewState.OPEN)
    review.locked_until = policy.resumed(review, now)
    review.acts_at = None
    if other is not None:
        return_to_queue(review)
    publish(session, ReviewReturned(review_id=review.id, user_id=reviewer_id))


_DECIDE: dict[Verdict, Callable[[Session, Review, datetime], bool]] = {
    Verdict.APPROVE: _approve,
    Verdict.ASK_FOR_CHANGES: _ask_for_changes,
    Verdict.REJECT: _reject,
}
