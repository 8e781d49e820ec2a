"""Who judges what: the system serves, nobody chooses."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.care import service as care
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid
from marketplace.projects.models import Project
from workspace.queue.models import Part, TaskPart
from workspace.reviews import policy, queries
from workspace.reviews.errors import NotYours
from workspace.reviews.models import Review, ReviewState, StepAside
from workspace.submissions.models import Submission, SubmissionState

LOCK = timedelta(minutes=WORK.review_lock_minutes)


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
    review = queries.lock_round(session, submission.id, submission.round)
    if review is not None and review.state is ReviewState.QUEUED:
        review.move(ReviewState.LAPSED)


def open_next(
    session: Session,
    *,
    reviewer: User,
    projects: Collection[uuid.UUID] = (),
    task_types: Collection[str] = (),
) -> Review | None:
    """The review in this person's hands, or the next one, locked for ten minutes; None: queue clear.

    `projects` and `task_types` narrow what is drawn from; the one that is drawn is never chosen.
    """
    queries.lock_reviewer(session, reviewer.id)
    now = clock.database_now(session)
    held = queries.open_of(session, reviewer.id)
    if held is not None and policy.is_held(held, now):
        return held
    tired = care.standing(session, reviewer.id).until is not None
    if held is not None:
        return_to_queue(held)
        # the unique index allows one open review per person: the old one must be gone before the next opens
        session.flush()
    drawn = _draw(session, reviewer, now, projects, task_types, tired=tired)
    if drawn is not None:
        note_exposure(session, drawn, reviewer)
    return drawn


def note_exposure(session: Session, review: Review, reviewer: User) -> None:
    """Count the time of a review of sensitive content; a lock is renewed by input, so reading counts too."""
    note_seen(session, review.submission.project_id, reviewer)


def note_seen(session: Session, project_id: uuid.UUID, user: User) -> None:
    """Count time on a project whose content is sensitive."""
    project = session.get(Project, project_id)
    if project is not None and project.classes:
        care.expose(session, user.id, joined=LOCK)


def renew(session: Session, review: Review, *, reviewer: User) -> None:
    """Keep the review for ten more minutes, four hours in all; NotYours (403) when it went back.

    Once the clock would approve the submission nothing is added: the reviewer keeps what is left.
    """
    locked = queries.lock(session, review.id)
    if locked is None or not policy.may_give(locked, reviewer.id):
        raise NotYours
    locked.locked_until = policy.renewed(locked, clock.database_now(session))
    note_exposure(session, locked, reviewer)


def step_aside(session: Session, review: Review, *, reviewer: User, reason: str) -> None:
    """Give the review back: somebody else judges it, and no round of it comes to this person again.

    Invalid (422) for an unknown reason, NotYours (403) when it went back already.
    """
    if reason not in policy.STEP_ASIDE:
        raise Invalid("Choose why you step aside.")
    locked = queries.lock(session, review.id)
    if locked is None or not policy.may_give(locked, reviewer.id):
        raise NotYours
    insert_once(
        session,
        StepAside,
        submission_id=locked.submission_id,
        user_id=reviewer.id,
        round=locked.round,
        reason=reason,
    )
    audit.record(
        session,
        "reviewer:review:step_aside",
        actor_id=reviewer.id,
        subject_type="review",
        subject_id=locked.id,
        reason=reason,
    )
    return_to_queue(locked)
    locked.reviewer = None


def put_back(session: Session, identity: uuid.UUID) -> None:
    """Return a review whose lock has ended to the queue; one that moved on meanwhile stays as it is."""
    review = queries.lock(session, identity)
    now = clock.database_now(session)
    if review is not None and review.state is ReviewState.OPEN and not policy.is_held(review, now):
        return_to_queue(review)


def return_to_queue(review: Review) -> None:
    """Let others be served an open review; whoever had it is remembered, in case their verdict comes late."""
    review.move(ReviewState.QUEUED)
    review.submission.move(review.came_from or SubmissionState.SUBMITTED)
    review.opened_at, review.locked_until = None, None


def take(session: Session, review: Review, *, reviewer: User, now: datetime) -> bool:
    """Put a waiting review into this person's hands; False: they answered this task meanwhile."""
    submission = review.submission
    insert_once(session, TaskPart, task_id=submission.task_id, user_id=reviewer.id, part=Part.REVIEWER)
    if queries.part_of(session, reviewer.id, submission.task_id) is not Part.REVIEWER:
        return False
    review.came_from = submission.state
    submission.move(SubmissionState.IN_REVIEW)
    review.move(ReviewState.OPEN)
    if review.reviewer_id != reviewer.id:
        policy.forget_words(review)
    review.reviewer, review.opened_at, review.locked_until = reviewer, now, now + LOCK
    return True


def _draw(
    session: Session,
    reviewer: User,
    now: datetime,
    projects: Collection[uuid.UUID],
    task_types: Collection[str],
    *,
    tired: bool,
) -> Review | None:
    while True:  # each turn finds one part of this person that a claim has written meanwhile, so this ends
        review = queries.next_for(
            session,
            reviewer.id,
            now=now,
            projects=projects,
            task_types=task_types,
            without_sensitive=tired,
        )
        if review is None or take(session, review, reviewer=reviewer, now=now):
            return review
