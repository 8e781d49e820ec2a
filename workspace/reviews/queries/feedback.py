"""What reviewers wrote to one expert on one project, and when the expert last looked."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.kit.database import insert_once
from workspace.reviews.models import FeedbackLook, Review, ReviewState
from workspace.submissions.models import Submission, SubmissionState

ACTED = (ReviewState.DECIDED, ReviewState.IN_AUDIT, ReviewState.CONFIRMED, ReviewState.OVERTURNED)


def notes_to(session: Session, user_id: uuid.UUID, project_id: uuid.UUID, *, newest: int) -> Sequence[Review]:
    """The newest verdicts that acted and say something, their submissions loaded."""
    return session.scalars(
        select(Review)
        .join(Review.submission)
        .where(
            Submission.user_id == user_id,
            Submission.project_id == project_id,
            Review.state.in_(ACTED),
            Review.state != ReviewState.OVERTURNED,  # it would teach what is wrong
            or_(Review.reason_code.is_not(None), Review.note != ""),
        )
        .order_by(Review.decided_at.desc(), Review.id.desc())
        .limit(newest)
        .options(joinedload(Review.submission))
    ).all()


def last_verdicts(session: Session, submission_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Review]:
    """The last verdict that acted on each of these submissions."""
    if not submission_ids:
        return {}
    rows = session.scalars(
        select(Review)
        .where(Review.submission_id.in_(submission_ids), Review.state.in_(ACTED))
        .order_by(Review.round)
    )
    return {review.submission_id: review for review in rows}


def changes_due(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> Sequence[Submission]:
    """What this person has to change on the project, the nearest deadline first."""
    return session.scalars(
        select(Submission)
        .where(
            Submission.user_id == user_id,
            Submission.project_id == project_id,
            Submission.state == SubmissionState.CHANGES_REQUESTED,
        )
        .order_by(Submission.due_at, Submission.id)
        .limit(10)
        .options(joinedload(Submission.assignment))
    ).all()


def looked_at(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> datetime | None:
    """When this person last looked at the notes of this project."""
    return session.scalar(
        select(FeedbackLook.looked_at).where(
            FeedbackLook.user_id == user_id, FeedbackLook.project_id == project_id
        )
    )


def has_handed_in(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> bool:
    """Whether this person ever handed anything in on the project."""
    found = select(func.count()).where(Submission.user_id == user_id, Submission.project_id == project_id)
    return bool(session.scalar(found))


def look(session: Session, user_id: uuid.UUID, project_id: uuid.UUID, now: datetime) -> None:
    """Write down that this person has looked now."""
    if not insert_once(session, FeedbackLook, user_id=user_id, project_id=project_id, looked_at=now):
        session.execute(
            update(FeedbackLook)
            .where(FeedbackLook.user_id == user_id, FeedbackLook.project_id == project_id)
            .values(looked_at=now)
        )
