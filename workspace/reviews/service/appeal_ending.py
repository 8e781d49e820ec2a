"""How an appeal ends: the states, the slot and the money move in one transaction, once."""

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.projects import policy as pricing
from workspace.queue import service as queue
from workspace.reviews import policy
from workspace.reviews.events import AppealEnded, SubmissionOverturned
from workspace.reviews.models import Appeal, AppealState, Outcome, Review, ReviewState
from workspace.reviews.service import payments
from workspace.submissions.models import Submission, SubmissionState

LATE = "Nobody decided it in time, so it is decided for the expert."
S = SubmissionState
_TO = {Outcome.WON: S.APPROVED_ON_APPEAL, Outcome.IN_PART: S.EXCLUDED_PAID, Outcome.UPHELD: S.FINAL_REJECTED}


def end_decided(
    session: Session, submission: Submission, review: Review, appeal: Appeal, *, by: User | None
) -> None:
    """Let an outcome act; `appeal.outcome` and all that belongs to it are set, and everything is locked.

    Without `by` nobody decided in time: the expert is paid whole, and the verdict counts as it was.
    """
    outcome, now = appeal.outcome, clock.database_now(session)
    if outcome is None:
        raise RuntimeError("an appeal without an outcome")
    appeal.move(AppealState.DECIDED)
    appeal.decided_by, appeal.decided_at = by, now
    if by is not None:
        appeal.fee_minor = pricing.review_fee(submission.assignment.price_minor)
    wrong = by is not None and outcome is not Outcome.UPHELD
    review.move(ReviewState.OVERTURNED if wrong else ReviewState.CONFIRMED)
    _move(session, submission, appeal, _TO[outcome])
    side = "adjudicator" if by is not None else "clock"
    audit.record(
        session,
        f"{side}:submission:appeal_{outcome.value}",
        actor_id=by.id if by else None,
        subject_type="submission",
        subject_id=submission.id,
        appeal_id=appeal.id,
    )
    _tell(session, submission, appeal)


def end_withdrawn(session: Session, submission: Submission, review: Review, appeal: Appeal) -> None:
    """The expert has taken it back: the rejection is final."""
    appeal.decided_at = clock.database_now(session)
    appeal.move(AppealState.WITHDRAWN)
    review.move(ReviewState.CONFIRMED)
    _move(session, submission, appeal, S.FINAL_REJECTED)
    _tell(session, submission, appeal)


def end_late(session: Session, submission: Submission, review: Review, appeal: Appeal) -> None:
    """The clock decides for the expert."""
    appeal.outcome, appeal.reasons = Outcome.WON, LATE
    end_decided(session, submission, review, appeal, by=None)


def _move(session: Session, submission: Submission, appeal: Appeal, to: SubmissionState) -> None:
    """The submission and its slot first, then the money: the order of locks of a claim."""
    submission.move(to)
    submission.decided_at, submission.due_at = appeal.decided_at, None
    session.flush()  # what the money is about stands first
    if to is S.APPROVED_ON_APPEAL:
        queue.count_approved(session, submission.task_id)
    else:
        queue.free_slot(session, submission.task_id)
    payments.end_appeal(session, submission, appeal)


def _tell(session: Session, submission: Submission, appeal: Appeal) -> None:
    """First that it ended, with which the rejection counts again; then that it was wrong."""
    publish(
        session,
        AppealEnded(
            appeal_id=appeal.id,
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
        ),
    )
    if appeal.outcome is None or appeal.outcome is Outcome.UPHELD:
        return
    price = submission.assignment.price_minor
    publish(
        session,
        SubmissionOverturned(
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            pay_minor=policy.appeal_pay(appeal.outcome, price, appeal.share),
            first_time=submission.round == 0,
            in_use=submission.state is S.APPROVED_ON_APPEAL,
        ),
    )
