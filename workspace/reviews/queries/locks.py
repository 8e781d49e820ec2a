"""What is locked while a review moves, in one order: the reviewer, the submission, the review."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import User
from workspace.reviews.models import Review
from workspace.submissions.models import Submission


def lock_reviewer(session: Session, user_id: uuid.UUID) -> None:
    """Let what one reviewer does happen one thing after the other: they hold one open review at most."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def lock(session: Session, review_id: uuid.UUID) -> Review | None:
    """The review, its submission and its reviewer, locked and read anew, with the assignment it is about."""
    found = session.execute(
        select(Review.submission_id, Review.reviewer_id).where(Review.id == review_id)
    ).one_or_none()
    if found is None:
        return None
    if found.reviewer_id is not None:
        lock_reviewer(session, found.reviewer_id)
    lock_submission(session, found.submission_id)
    return session.scalar(
        select(Review)
        .where(Review.id == review_id)
        .options(joinedload(Review.submission).joinedload(Submission.assignment))
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    )


def lock_submission(session: Session, submission_id: uuid.UUID) -> Submission | None:
    """The submission, locked, with its assignment."""
    return session.scalar(
        select(Submission)
        .where(Submission.id == submission_id)
        .options(joinedload(Submission.assignment))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    )


def lock_round(session: Session, submission_id: uuid.UUID, number: int) -> Review | None:
    """The review of one round of a submission, locked."""
    return session.scalar(
        select(Review)
        .where(Review.submission_id == submission_id, Review.round == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
