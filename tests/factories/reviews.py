"""Reviewers, and reviews in any state, by the way every review takes."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.outbox.service import Handlers, run_all
from tests.factories.identity import make_user
from tests.factories.submissions import all_warnings, good_answer, make_submission
from workspace.queue.models import Assignment
from workspace.reviews import queries, service
from workspace.reviews.models import Review, Verdict
from workspace.submissions import queries as submissions
from workspace.submissions import service as handing
from workspace.submissions.models import Submission

FRESH = timedelta(seconds=WORK.undo_seconds)
WORDS = "The second answer names no source for its claim and the guideline asks for one in each case."
EXAMPLE = {"tier": "licensed", "specialty": "medicine", "hourly_minor": 13_000, "minutes": 20, "overlap": 1}
"""The plan of the worked example: price 4334, fees 866 each, 6066 reserved."""


def make_reviewer(session: Session, **columns: Any) -> User:
    """Somebody who judges work."""
    return make_user(session, roles=[Role.REVIEWER], name="Rita Example", **columns)


def later(session: Session, submission: Submission) -> Submission:
    """Let the seconds pass in which a fresh answer is shown to nobody."""
    submission.submitted_at -= FRESH
    session.flush()
    return submission


def make_waiting(session: Session, assignment: Assignment | None = None, **plan: Any) -> Submission:
    """A submission that a reviewer can be served."""
    return later(session, make_submission(session, assignment, **plan))


def make_review(session: Session, reviewer: User | None = None, **plan: Any) -> Review:
    """A review open in the hands of a reviewer; `plan` goes to project and task."""
    submission = make_waiting(session, **plan)
    return opened(session, submission, reviewer or make_reviewer(session))


def opened(session: Session, submission: Submission, reviewer: User) -> Review:
    """The review of this submission's round, served to this reviewer."""
    review = service.open_next(session, reviewer=reviewer, projects=[submission.project_id])
    session.flush()
    assert review is not None
    assert review.submission_id == submission.id
    return whole(session, review.id)


def whole(session: Session, review_id: uuid.UUID) -> Review:
    """The review with submission and assignment, as the database has them."""
    session.flush()
    found = queries.lock(session, review_id)
    assert found is not None
    return found


def rule(session: Session, review: Review, verdict: Verdict = Verdict.APPROVE, **words: Any) -> Review:
    """A verdict with everything it needs; it can still be undone."""
    assert review.reviewer_id is not None
    reviewer = session.get_one(User, review.reviewer_id)
    if verdict is not Verdict.APPROVE:
        words = {"reason_code": "ACC-2", "clauses": [1], "note": WORDS, **words}
    service.give(session, review, reviewer=reviewer, verdict=verdict, **words)
    session.flush()
    return review


def settle(session: Session, review: Review) -> Review:
    """Let the verdict act now."""
    with clock.shifted(FRESH):
        service.decide(session, review.id)
    return whole(session, review.id)


def decided(
    session: Session, submission: Submission, verdict: Verdict, reviewer: User | None = None
) -> Review:
    """The submission judged, with all that follows."""
    review = opened(session, submission, reviewer or make_reviewer(session))
    return settle(session, rule(session, review, verdict))


def author(session: Session, submission: Submission) -> User:
    """Whoever wrote the answer."""
    return session.get_one(User, submission.user_id)


def changed(session: Session, submission: Submission) -> Submission:
    """The answer handed in again after changes were asked for, ready to be served."""
    whole_one = submissions.submission(session, submission.id)
    assert whole_one is not None
    assignment = whole_one.assignment
    outcome = handing.resubmit(
        session,
        whole_one,
        user=author(session, submission),
        answer=good_answer(assignment),
        confirmed=all_warnings(assignment),
    )
    assert isinstance(outcome, Submission), outcome
    return later(session, outcome)


def run_due(app: Application) -> None:
    """Keep every promise that is due."""
    run_all(app.sessions, app.extensions["assay"][Handlers])


def money(session: Session, submission: Submission, reviewers: Iterable[User] = ()) -> tuple[int, ...]:
    """Budget, reserved, expert, reviewers together, platform: one row of the worked example, in cents."""
    session.flush()
    project_id = submission.project_id
    return (
        ledger.balance(session, Kind.PROJECT_BUDGET, project_id),
        ledger.balance(session, Kind.PROJECT_RESERVED, project_id),
        ledger.balance(session, Kind.EXPERT_PENDING, submission.user_id),
        sum(ledger.balance(session, Kind.EXPERT_PENDING, reviewer.id) for reviewer in reviewers),
        ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM),
    )


def final_rejected(
    session: Session, submission: Submission | None = None, reviewer: User | None = None
) -> Submission:
    """Rejected, and nobody appealed in time."""
    submission = submission or make_waiting(session)
    decided(session, submission, Verdict.REJECT, reviewer)
    assert submission.due_at is not None
    with clock.shifted(submission.due_at - clock.database_now(session)):
        service.reject_for_good(session, submission.id)
    session.flush()
    return submission
