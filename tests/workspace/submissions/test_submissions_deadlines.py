"""What the clock does, by the worker and by whoever looks first."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.outbox.models import MessageState, OutboxMessage
from tests.factories.queue import make_assignment, run_promises, state_of
from tests.factories.submissions import ask_for_changes, good_answer, make_submission
from workspace.queue import policy, queries
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState, TaskState
from workspace.schedule import ENTRIES
from workspace.submissions import queries as texts
from workspace.submissions import service
from workspace.submissions.models import DraftRevision, Submission, SubmissionState
from workspace.submissions.policy import Problems

A = AssignmentState


def sweep(app: Application, session: Session, *, by: timedelta) -> None:
    """The worker's minute, so much later."""
    session.flush()
    with clock.shifted(by):
        service.sweep(session, {})
        run_promises(app, session)


def over(assignment: Assignment) -> timedelta:
    return policy.length(assignment.minutes) + timedelta(seconds=1)


def draft(session: Session, assignment: Assignment, answer: dict[str, object]) -> None:
    service.save(session, assignment, user=assignment.expert.user, rev=0, answer=answer, note="so far")


def test_the_sweep_runs_each_minute() -> None:
    assert ("submissions.deadlines", "* * * * *") in [(entry.name, entry.cron) for entry in ENTRIES]


def test_a_complete_draft_is_submitted_at_the_deadline(app: Application, session: Session) -> None:
    assignment = make_assignment(session)
    draft(session, assignment, good_answer(assignment))
    sweep(app, session, by=over(assignment))
    kept = queries.assignment(session, assignment.id)
    submission = texts.live_submission(session, assignment.id)
    assert kept is not None
    assert submission is not None
    assert (kept.state, submission.state) == (A.SUBMITTED, SubmissionState.SUBMITTED)
    assert submission.by_deadline
    assert submission.confirmed == {"warnings": []}
    assert submission.note == "so far"
    assert ledger.balance(session, Kind.PROJECT_RESERVED, kept.project_id) == kept.project.unit_minor


def test_an_incomplete_draft_is_kept_and_comes_back_with_the_task(app: Application, session: Session) -> None:
    assignment = make_assignment(session)
    draft(session, assignment, {"why": "I had begun"})
    sweep(app, session, by=over(assignment))
    kept = queries.lock_assignment(session, assignment.id)
    assert kept.state is A.EXPIRED
    assert state_of(session, kept.task) == (TaskState.AVAILABLE, 0)
    assert ledger.balance(session, Kind.PROJECT_BUDGET, kept.project_id) == 100_000
    assert ledger.balance(session, Kind.PROJECT_RESERVED, kept.project_id) == 0
    assert [n.kind for n in session.query(Notice).filter_by(user_id=kept.user_id)] == ["assignment.expired"]
    again = queue.claim_again(session, kept)
    restored = texts.draft_of(session, again.id)
    assert restored is not None
    assert (restored.answer, restored.note, restored.rev) == ({"why": "I had begun"}, "so far", 0)
    assert restored.active_seconds == 0


def test_an_untouched_task_expires(app: Application, session: Session) -> None:
    assignment = make_assignment(session)
    sweep(app, session, by=over(assignment))
    kept = queries.assignment(session, assignment.id)
    assert kept is not None
    assert kept.state is A.EXPIRED
    assert texts.live_submission(session, assignment.id) is None


def test_nothing_happens_before_the_end_or_twice(app: Application, session: Session) -> None:
    assignment = make_assignment(session)
    draft(session, assignment, good_answer(assignment))
    sweep(app, session, by=over(assignment) - timedelta(seconds=5))
    assert queries.lock_assignment(session, assignment.id).state is A.ACTIVE
    sweep(app, session, by=over(assignment))
    sweep(app, session, by=over(assignment))
    assert session.query(Submission).count() == 1


def test_the_held_task_is_given_back(app: Application, session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    held = queue.hold_next(session, assignment)
    assert held is not None
    sweep(app, session, by=over(assignment))
    assert session.get_one(Assignment, held.id).state is A.HELD
    sweep(app, session, by=over(assignment) + timedelta(minutes=WORK.held_minutes, seconds=30))
    kept = queries.assignment(session, held.id)
    assert kept is not None
    assert kept.state is A.RELEASED
    assert ledger.balance(session, Kind.PROJECT_RESERVED, kept.project_id) == 0


def test_text_that_comes_too_late_is_kept(session: Session) -> None:
    assignment = make_assignment(session)
    user = assignment.expert.user
    with clock.shifted(over(assignment)):
        service.save(session, assignment, user=user, rev=0, answer={"why": "almost"})
        assert assignment.state is A.EXPIRED
        service.save(session, assignment, user=user, rev=1, answer={"why": "almost done"})
        outcome = service.submit(session, assignment, user=user, answer=good_answer(assignment))
    assert isinstance(outcome, Problems)
    assert "Your text is kept" in outcome.errors["time"]
    kept = texts.draft_of(session, assignment.id)
    assert kept is not None
    assert kept.answer == good_answer(assignment)


def test_a_late_submit_of_a_task_still_in_hand_is_taken(session: Session) -> None:
    assignment = make_assignment(session)
    with clock.shifted(over(assignment)):
        outcome = service.submit(
            session, assignment, user=assignment.expert.user, answer=good_answer(assignment)
        )
    assert isinstance(outcome, Submission)
    assert outcome.by_deadline


def test_settling_all_of_one_person(session: Session) -> None:
    one, other = make_assignment(session), make_assignment(session)
    with clock.shifted(over(one)):
        service.settle_all(session, one.user_id)
    assert (one.state, other.state) == (A.EXPIRED, A.ACTIVE)


def test_unanswered_changes_get_a_last_look(app: Application, session: Session) -> None:
    submission = ask_for_changes(session, make_submission(session))
    hours = timedelta(hours=WORK.changes_due_hours)
    sweep(app, session, by=hours - timedelta(minutes=1))
    assert session.get_one(Submission, submission.id).state is SubmissionState.CHANGES_REQUESTED
    sweep(app, session, by=hours + timedelta(minutes=1))
    kept = session.get_one(Submission, submission.id)
    assert (kept.state, kept.round, kept.changes_left) == (SubmissionState.FINAL_REVIEW, 1, 0)
    assert kept.due_at == kept.auto_approve_at


def test_texts_are_forgotten_after_thirty_days(session: Session) -> None:
    ended, live = make_assignment(session), make_assignment(session)
    for assignment in (ended, live):
        draft(session, assignment, {"why": "text"})
    queue.expire(session, ended)
    session.flush()
    service.forget(session, {})
    assert texts.draft_of(session, ended.id) is not None
    with clock.shifted(timedelta(days=WORK.draft_kept_days, seconds=1)):
        service.forget(session, {})
    session.expire_all()
    assert texts.draft_of(session, ended.id) is None
    assert texts.draft_of(session, live.id) is not None
    assert session.query(DraftRevision).count() == 1


def test_late_half_sentences_do_not_cost_what_was_complete_in_time(session: Session) -> None:
    assignment = make_assignment(session)
    good = good_answer(assignment)
    draft(session, assignment, good)
    with clock.shifted(over(assignment)):
        service.save(session, assignment, user=assignment.expert.user, rev=1, answer={"why": "half"})
    submission, kept = texts.live_submission(session, assignment.id), texts.draft_of(session, assignment.id)
    assert submission is not None
    assert kept is not None
    assert submission.by_deadline
    assert submission.answer["why"] == good["why"]
    assert kept.answer == {"why": "half"}, "late text is kept too"


def test_a_late_incomplete_submit_hands_in_what_was_complete_in_time(session: Session) -> None:
    assignment = make_assignment(session)
    draft(session, assignment, good_answer(assignment))
    with clock.shifted(over(assignment)):
        outcome = service.submit(session, assignment, user=assignment.expert.user, answer={"why": "half"})
    assert isinstance(outcome, Submission)
    assert outcome.by_deadline


def test_a_promise_that_gave_up_is_made_again(app: Application, session: Session) -> None:
    assignment, submission = make_assignment(session), ask_for_changes(session, make_submission(session))
    late = over(assignment) + timedelta(hours=WORK.changes_due_hours)
    with clock.shifted(late):
        service.sweep(session, {})
    for message in session.query(OutboxMessage).filter_by(state=MessageState.DUE):
        message.state = MessageState.DEAD
    sweep(app, session, by=late + timedelta(hours=1))
    assert queries.lock_assignment(session, assignment.id).state is A.EXPIRED
    assert session.get_one(Submission, submission.id).state is SubmissionState.FINAL_REVIEW
