"""What happens when nobody does anything: the sweep promises it, messages do it, once."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit.models import AuditRecord
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.outbox import service as outbox
from marketplace.outbox.models import MessageState, OutboxMessage
from tests.factories.queue import make_assignment
from tests.factories.reviews import (
    FRESH,
    author,
    decided,
    make_review,
    make_reviewer,
    make_waiting,
    rule,
    run_due,
    whole,
)
from tests.factories.submissions import make_submission
from workspace.queue.models import Task, TaskState
from workspace.reviews import queries, service
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.submissions import service as submissions
from workspace.submissions.errors import CannotTakeBack
from workspace.submissions.models import Submission, SubmissionState

R, S = ReviewState, SubmissionState


@pytest.fixture
def tick(app: Application, session: Session) -> Callable[[timedelta], None]:
    """The schedule fires once, `after` from now, and the worker keeps every promise."""

    def run(after: timedelta) -> None:
        with clock.shifted(after):
            outbox.send(session, "reviews.deadlines", key=str(uuid.uuid4()))
            session.flush()
            run_due(app)
        session.expire_all()

    return run


def dead(session: Session) -> list[str]:
    return [row.error or "" for row in session.query(OutboxMessage).filter_by(state=MessageState.DEAD)]


def test_a_verdict_acts_by_its_own_message(app: Application, session: Session) -> None:
    review = rule(session, make_review(session))
    run_due(app)
    assert whole(session, review.id).state is R.PENDING
    with clock.shifted(FRESH):
        run_due(app)
    assert whole(session, review.id).state is R.DECIDED


def test_a_verdict_whose_message_was_lost_acts_by_the_sweep(
    session: Session, tick: Callable[[timedelta], None]
) -> None:
    review = rule(session, make_review(session))
    session.execute(sa.delete(OutboxMessage))
    tick(FRESH)
    assert whole(session, review.id).state is R.DECIDED


def test_the_clock_approves_what_nobody_judged(session: Session, tick: Callable[[timedelta], None]) -> None:
    submission = make_waiting(session)
    hours = timedelta(hours=WORK.auto_approve_hours)
    tick(hours - timedelta(minutes=1))
    assert submission.state is S.SUBMITTED
    tick(hours)
    tick(hours)
    assert submission.state is S.AUTO_APPROVED
    assert session.query(Review).one().state is R.LAPSED
    assert session.get_one(Task, submission.task_id).approved_count == 1
    told = session.query(Notice).filter_by(user_id=submission.user_id, kind="submission.approved").one()
    assert "by itself" in told.body
    assert session.query(AuditRecord).filter_by(tag="clock:submission:approve", actor_id=None).count() == 1
    assert queries.broken(session) == []
    assert dead(session) == []


def test_the_clock_waits_for_a_reviewer_who_reads_and_no_longer(
    session: Session, tick: Callable[[timedelta], None]
) -> None:
    submission = make_waiting(session)
    hours = timedelta(hours=WORK.auto_approve_hours)
    reviewer = make_reviewer(session)
    with clock.shifted(hours - timedelta(minutes=3)):
        review = service.open_next(session, reviewer=reviewer)
        assert review is not None
        session.flush()
    tick(hours + timedelta(minutes=1))
    assert submission.state is S.IN_REVIEW
    with clock.shifted(hours + timedelta(minutes=1)):
        service.renew(session, review, reviewer=reviewer)  # adds nothing: the clock has its turn
        session.flush()
    tick(hours + timedelta(minutes=8))
    assert review.state is R.QUEUED
    tick(hours + timedelta(minutes=8))
    assert submission.state is S.AUTO_APPROVED


def test_a_rejection_becomes_final_and_frees_slot_and_money(
    session: Session, tick: Callable[[timedelta], None]
) -> None:
    submission = decided(session, make_waiting(session, overlap=1), Verdict.REJECT).submission
    task = session.get_one(Task, submission.task_id)
    assert (task.taken_count, task.state) == (1, TaskState.SATURATED)
    days = timedelta(days=WORK.appeal_days)
    tick(days - timedelta(minutes=1))
    assert submission.state is S.REJECTED
    tick(days + FRESH)
    tick(days + FRESH)
    assert (submission.state, submission.due_at) == (S.FINAL_REJECTED, None)
    assert (task.taken_count, task.state) == (0, TaskState.AVAILABLE)
    assert ledger.balance(session, Kind.PROJECT_RESERVED, submission.project_id) == 0
    assert queries.broken(session) == []
    assert make_assignment(session, project=None) is not None  # and the world goes on
    assert dead(session) == []


def test_a_lock_that_ended_puts_the_review_back(session: Session, tick: Callable[[timedelta], None]) -> None:
    review = make_review(session)
    tick(timedelta(minutes=WORK.review_lock_minutes - 1))
    assert review.state is R.OPEN
    tick(timedelta(minutes=WORK.review_lock_minutes))
    review = whole(session, review.id)
    assert (review.state, review.submission.state) == (R.QUEUED, S.SUBMITTED)


def test_taking_back_takes_the_review_out_of_the_queue(session: Session) -> None:
    submission = make_submission(session)
    submissions.take_back(session, submission.assignment, user=author(session, submission))
    session.flush()
    assert session.query(Review).one().state is R.LAPSED
    assert service.open_next(session, reviewer=make_reviewer(session)) is None


def test_an_opened_one_cannot_be_taken_back(session: Session) -> None:
    review = make_review(session)
    with pytest.raises(CannotTakeBack):
        submissions.take_back(session, review.submission.assignment, user=author(session, review.submission))


def test_a_message_that_gave_up_is_promised_again_an_hour_later(session: Session) -> None:
    submission = make_waiting(session)
    late = submission.auto_approve_at - clock.database_now(session)
    for hours, expected in ((0, 1), (0, 1), (1, 2), (2, 3)):
        with clock.shifted(late + timedelta(hours=hours)):
            service.sweep(session)
        sent = session.query(OutboxMessage).filter_by(handler="reviews.approve_late").count()
        assert sent == expected


def test_the_clock_does_nothing_early_or_elsewhere(session: Session) -> None:
    submission = make_waiting(session)
    service.approve_late(session, submission.id)
    service.reject_for_good(session, submission.id)
    service.approve_late(session, uuid.uuid4())
    service.reject_for_good(session, uuid.uuid4())
    service.decide(session, uuid.uuid4())
    service.put_back(session, uuid.uuid4())
    assert submission.state is S.SUBMITTED
    with clock.shifted(timedelta(days=400)):
        service.reject_for_good(session, submission.id)
        assert submission.state is S.SUBMITTED
        rejected = decided(session, make_waiting(session), Verdict.REJECT).submission
        service.approve_late(session, rejected.id)
        assert rejected.state is S.REJECTED


def test_queueing_a_round_twice_queues_it_once(session: Session) -> None:
    submission = make_submission(session)
    locked = queries.lock_submission(session, submission.id)
    assert isinstance(locked, Submission)
    assert service.queue_review(session, locked) is False
    assert session.query(Review).count() == 1
