"""What the clock decides: verdicts act, locks end, late work is approved, rejections become final."""

import uuid

from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.events import publish
from workspace.queue import service as queue
from workspace.reviews import queries
from workspace.reviews.events import SubmissionApproved
from workspace.reviews.service import payments
from workspace.reviews.service.serving import lapse, put_back
from workspace.reviews.service.verdicts import decide
from workspace.submissions.models import WAITING, SubmissionState


def sweep(session: Session) -> None:
    """Do everything that is due; safe to run twice, late or early."""
    now = clock.database_now(session)
    for identity in queries.undecided_verdicts(session, now):
        decide(session, identity)
    for identity in queries.locks_ended(session, now):
        put_back(session, identity)
    for identity in queries.late(session, now):
        approve_by_clock(session, identity)
    for identity in queries.appeal_over(session, now):
        reject_for_good(session, identity)


def approve_by_clock(session: Session, submission_id: uuid.UUID) -> None:
    """Approve and pay work that nobody judged in time; the review fee goes back to the project."""
    submission = queries.lock_submission(session, submission_id)
    now = clock.database_now(session)
    if submission is None or submission.state not in WAITING or (submission.due_at or now) > now:
        return
    lapse(session, submission)
    submission.move(SubmissionState.AUTO_APPROVED)
    submission.decided_at, submission.due_at = now, None
    payments.pay(session, submission.assignment, None, submission_id=submission.id)
    queue.count_approved(session, submission.task_id)
    publish(
        session,
        SubmissionApproved(
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            pay_minor=submission.assignment.price_minor,
            first_time=submission.round == 0,
            by_clock=True,
        ),
    )


def reject_for_good(session: Session, submission_id: uuid.UUID) -> None:
    """No appeal in time: the money returns to the budget and the slot is free again."""
    submission = queries.lock_submission(session, submission_id)
    now = clock.database_now(session)
    if (
        submission is None
        or submission.state is not SubmissionState.REJECTED
        or (submission.due_at or now) > now
    ):
        return
    submission.move(SubmissionState.FINAL_REJECTED)
    submission.due_at = None
    payments.give_back(session, submission.assignment)
    queue.free_slot(session, submission.task_id)
