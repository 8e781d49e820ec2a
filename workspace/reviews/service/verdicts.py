"""Verdicts: recorded at once, acting after eight seconds, until then taken back with one key."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid
from marketplace.kit.events import publish
from marketplace.ledger.errors import Overdraft
from marketplace.outbox import service as outbox
from marketplace.projects import queries as projects
from workspace.queue import service as queue
from workspace.reviews import policy, queries
from workspace.reviews.errors import AlreadyDecided, NoMoreChanges, NotYours, RejectingPaused
from workspace.reviews.events import SubmissionApproved, SubmissionChangesAsked, SubmissionRejected
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.reviews.service import payments
from workspace.reviews.service.serving import LOCK, UNDO, put_back, review_id
from workspace.submissions.models import Submission, SubmissionState


def give(
    session: Session,
    review: Review,
    *,
    reviewer: User,
    verdict: Verdict,
    reason_code: str | None = None,
    clauses: Sequence[int] = (),
    note: str = "",
) -> None:
    """Record the verdict; it acts in eight seconds, and until then it can be undone."""
    locked = queries.lock(session, review.id)
    if locked is None or not policy.may_give(locked, reviewer.id):
        raise NotYours
    _check(session, locked.submission, verdict, reason_code=reason_code, clauses=clauses, note=note)
    locked.move(ReviewState.PENDING)
    locked.verdict, locked.note, locked.reason_code = verdict, note, reason_code
    locked.clauses = {"numbers": sorted(set(clauses))}
    locked.acts_at = clock.database_now(session) + UNDO
    outbox.send(session, "reviews.decide", after=UNDO, review_id=str(locked.id))


def undo(session: Session, review: Review, *, reviewer: User) -> None:
    """Take the verdict back before it acts; another open review goes back to the queue."""
    locked = queries.lock(session, review.id)
    if locked is None or locked.reviewer_id != reviewer.id:
        raise NotYours
    now = clock.database_now(session)
    if locked.state is not ReviewState.PENDING or locked.acts_at is None or locked.acts_at <= now:
        raise AlreadyDecided
    other = queries.open_of(session, reviewer.id)
    if other is not None:
        other.locked_until = now
        put_back(session, other.id)
        # one open review per person: the other must be back before this one opens again
        session.flush()
    locked.move(ReviewState.OPEN)
    locked.acts_at, locked.locked_until = None, now + LOCK


def decide(session: Session, identity: uuid.UUID) -> None:
    """Let a pending verdict act once its time has come; an undone or decided one stays as it is."""
    review = queries.lock(session, identity)
    now = clock.database_now(session)
    if review is None or review.state is not ReviewState.PENDING or review.verdict is None:
        return
    if review.acts_at is None or review.acts_at > now:
        return
    _DECIDE[review.verdict](session, review, now)
    audit.record(
        session,
        f"reviewer:submission:{review.verdict.value}",
        actor_id=review.reviewer_id,
        subject_type="submission",
        subject_id=review.submission_id,
        review_id=str(review.id),
        reason_code=review.reason_code,
    )


def _approve(session: Session, review: Review, now: datetime) -> None:
    submission = review.submission
    review.move(ReviewState.DECIDED)
    review.decided_at = now
    submission.move(SubmissionState.APPROVED)
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
            by_clock=False,
        ),
    )


def _ask_for_changes(session: Session, review: Review, now: datetime) -> None:
    submission = review.submission
    following = review_id(submission.id, submission.round + 1)
    try:
        payments.pay_review(session, submission.assignment, review, next_review=following)
    except Overdraft:  # the budget ran out within the eight seconds: the reviewer decides again, nobody loses
        review.move(ReviewState.OPEN)
        review.acts_at, review.locked_until = None, now + LOCK
        return
    review.move(ReviewState.DECIDED)
    review.decided_at = now
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


def _reject(session: Session, review: Review, now: datetime) -> None:
    submission = review.submission
    review.move(ReviewState.DECIDED)
    review.decided_at = now
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


_DECIDE: dict[Verdict, Callable[[Session, Review, datetime], None]] = {
    Verdict.APPROVE: _approve,
    Verdict.ASK_FOR_CHANGES: _ask_for_changes,
    Verdict.REJECT: _reject,
}


def _check(
    session: Session,
    submission: Submission,
    verdict: Verdict,
    *,
    reason_code: str | None,
    clauses: Sequence[int],
    note: str,
) -> None:
    if verdict not in _DECIDE:
        raise Invalid("Choose approve, ask for changes or reject.")
    known = [clause.number for clause in projects.clauses(session, submission.assignment.guideline_id)]
    lacking = policy.problems(
        verdict, reason_code=reason_code, clauses=clauses, note=note, known_clauses=known
    )
    if lacking:
        raise Invalid(next(iter(lacking.values())))
    if verdict is Verdict.ASK_FOR_CHANGES and submission.changes_left < 1:
        raise NoMoreChanges("The rounds of changes are used up. Approve or reject.")
    if verdict is Verdict.REJECT:
        decided, rejected = queries.decisions(session, submission.project_id)
        if policy.rejecting_is_paused(decided_count=decided, rejected_count=rejected):
            raise RejectingPaused
