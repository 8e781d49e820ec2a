"""Appeals of experts against rejections: open, answer a question, take back."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from workspace.reviews import policy, queries
from workspace.reviews.errors import AppealOver
from workspace.reviews.events import AppealAnswered, AppealOpened
from workspace.reviews.models import Appeal, AppealState, Review, ReviewState
from workspace.reviews.service.appeal_ending import end_withdrawn
from workspace.submissions.models import Submission, SubmissionState

NOT_YOURS = "That page does not exist, or it is not yours."


def open_appeal(session: Session, submission_id: uuid.UUID, *, by: User, statement: str) -> Appeal:
    """Ask somebody without part in it to look at a rejection: once, and within seven days.

    Its money stays reserved; undecided after five days it is decided for the expert.  NotFound (404) for
    somebody else's work, Invalid (422) without words or with too many, AppealOver (409) when it is too late.
    """
    if problem := policy.statement_problem(statement):
        raise Invalid(problem)
    submission, review, there = _mine(session, submission_id, by)
    now = clock.database_now(session)
    if there is not None:
        raise AppealOver("It was appealed already, and an appeal is sent once.")
    if submission.state is SubmissionState.FINAL_REJECTED or _is_late(submission, now):
        raise AppealOver(f"The time to appeal is over. It was {WORK.appeal_days} days from the decision.")
    if submission.state is not SubmissionState.REJECTED:
        raise AppealOver("There is nothing to appeal here.")
    opened = Appeal(
        submission=submission, statement=statement.strip(), opened_at=now, due_at=now + policy.APPEAL
    )
    session.add(opened)
    submission.due_at = opened.due_at
    review.move(ReviewState.IN_AUDIT)
    session.flush()  # what is written about it names it
    record(session, "expert:submission:appeal", submission, by)
    publish(
        session,
        AppealOpened(
            appeal_id=opened.id,
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
        ),
    )
    return opened


def withdraw_appeal(session: Session, submission_id: uuid.UUID, *, by: User) -> None:
    """Take an appeal back: the rejection is final and its money goes back.

    NotFound (404), AppealOver (409) when it is decided, or when somebody is deciding it.
    """
    submission, review, appeal = _waiting(session, submission_id, by)
    now = clock.database_now(session)
    if policy.in_hand(appeal, now) or policy.asks(appeal, now):
        raise AppealOver("Somebody is deciding it now. You will hear soon.")
    free(appeal)
    record(session, "expert:submission:appeal_withdrawn", submission, by)
    end_withdrawn(session, submission, review, appeal)


def answer_question(session: Session, submission_id: uuid.UUID, *, by: User, text: str) -> None:
    """Answer what whoever decides asked; they go on.

    NotFound (404), Invalid (422) without words or with too many, AppealOver (409) when nothing is asked.
    """
    if problem := policy.statement_problem(text):
        raise Invalid(problem if text.split() else "Write an answer.")
    submission, _, appeal = _waiting(session, submission_id, by)
    now = clock.database_now(session)
    if not policy.asks(appeal, now) or appeal.assigned_to_id is None:
        raise AppealOver("No question waits for an answer. What you wrote before is read.")
    appeal.move(AppealState.ASSIGNED)
    appeal.answer, appeal.locked_until = text.strip(), now + policy.APPEAL_LOCK
    record(session, "expert:submission:appeal_answered", submission, by)
    publish(session, AppealAnswered(appeal_id=appeal.id, asked_by_id=appeal.assigned_to_id))


def over(appeal: Appeal | None) -> AppealOver:
    """What ended it, in words for the expert and for whoever decides."""
    if appeal is None:
        return AppealOver("There is no appeal here.")
    if appeal.state is AppealState.WITHDRAWN:
        return AppealOver("This appeal was taken back, and the rejection is final.")
    if appeal.decided_by_id is not None:
        return AppealOver("This appeal is decided already.")
    return AppealOver("The time to decide this appeal is over: it is decided for the expert.")


def free(appeal: Appeal) -> None:
    """Let go of an appeal that nobody has in hand any more, or whose question was not answered in time."""
    if appeal.state is AppealState.INFO_REQUESTED:
        appeal.move(AppealState.ASSIGNED)
    if appeal.state is AppealState.ASSIGNED:
        appeal.move(AppealState.OPEN)


def record(session: Session, tag: str, submission: Submission, by: User | None) -> None:
    """Write down what was done, where the expert reads what happened to their work."""
    audit.record(
        session,
        tag,
        actor_id=by.id if by else None,
        subject_type="submission",
        subject_id=submission.id,
    )


def _mine(session: Session, submission_id: uuid.UUID, by: User) -> tuple[Submission, Review, Appeal | None]:
    submission = queries.lock_submission(session, submission_id)
    if submission is None or submission.user_id != by.id:
        raise NotFound(NOT_YOURS)
    found = queries.lock_appeal(session, submission_id)
    if found is None:
        raise AppealOver("There is nothing to appeal here.")
    return found


def _waiting(session: Session, submission_id: uuid.UUID, by: User) -> tuple[Submission, Review, Appeal]:
    submission, review, appeal = _mine(session, submission_id, by)
    if appeal is None or not policy.waits(appeal) or appeal.due_at <= clock.database_now(session):
        raise over(appeal)
    return submission, review, appeal


def _is_late(submission: Submission, now: datetime) -> bool:
    return submission.due_at is not None and submission.due_at <= now
