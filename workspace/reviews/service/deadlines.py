"""What the clock decides: verdicts act, locks end, late work is approved, rejections become final."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.kit import clock
from marketplace.outbox import service as outbox
from workspace.queue import service as queue
from workspace.reviews import policy, queries
from workspace.reviews.service import payments
from workspace.reviews.service.appeal_judging import settle_appeal
from workspace.reviews.service.deciding import approve
from workspace.reviews.service.serving import lapse
from workspace.submissions.models import WAITING, SubmissionState


def sweep(session: Session) -> None:
    """Promise to do everything that is due, each in a transaction of its own.

    Whatever is still due an hour later is promised once more, so that a message that gave up is no end.
    """
    now = clock.database_now(session)
    for review_id in queries.undecided_verdicts(session, now):
        outbox.send(session, "reviews.decide", key=_key("decide", review_id, now), review_id=str(review_id))
    for review_id in queries.locks_ended(session, now):
        key = _key("put_back", review_id, now)
        outbox.send(session, "reviews.put_back", key=key, review_id=str(review_id))
    for submission_id in queries.late(session, now):
        key = _key("approve_late", submission_id, now)
        outbox.send(session, "reviews.approve_late", key=key, submission_id=str(submission_id))
    for submission_id in queries.appeal_over(session, now):
        key = _key("reject_for_good", submission_id, now)
        outbox.send(session, "reviews.reject_for_good", key=key, submission_id=str(submission_id))


def approve_late(session: Session, submission_id: uuid.UUID) -> None:
    """Approve and pay work that nobody judged in time; the review fee goes back to the project."""
    submission = queries.lock_submission(session, submission_id)
    now = clock.database_now(session)
    if submission is None or submission.state not in WAITING:
        return
    if submission.due_at is None or submission.due_at > now:
        return
    lapse(session, submission)
    approve(session, submission, None, now)
    audit.record(
        session,
        "clock:submission:approve",
        actor_id=None,
        subject_type="submission",
        subject_id=submission.id,
    )


def reject_for_good(session: Session, submission_id: uuid.UUID) -> None:
    """No appeal in time: the money returns to the budget and the slot is free again.

    While one waits the rejection is not final: its own days end for the expert.
    """
    submission = queries.lock_submission(session, submission_id)
    now = clock.database_now(session)
    if submission is None or submission.state is not SubmissionState.REJECTED:
        return
    if submission.due_at is None or submission.due_at > now:
        return
    if policy.waits(queries.appeal_of(session, submission_id)):
        settle_appeal(session, submission_id)
        return
    submission.move(SubmissionState.FINAL_REJECTED)
    submission.due_at = None
    queue.free_slot(session, submission.task_id)  # task, then money: the order of locks of a claim
    payments.give_back(session, submission.assignment)
    audit.record(
        session,
        "clock:submission:reject_for_good",
        actor_id=None,
        subject_type="submission",
        subject_id=submission.id,
    )


def _key(verb: str, identity: uuid.UUID, now: datetime) -> str:
    return f"reviews.{verb}:{identity}:{now:%Y%m%d%H}"
