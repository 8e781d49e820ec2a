"""Handing in, taking back, handing in again."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from tests.factories.queue import make_assignment
from tests.factories.submissions import all_warnings, ask_for_changes, good_answer, make_submission
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState
from workspace.reviews.models import Review, ReviewState
from workspace.submissions import queries, service
from workspace.submissions.errors import CannotTakeBack, NotOpen
from workspace.submissions.models import (
    SUBMISSION_MOVES,
    Submission,
    SubmissionRevision,
    SubmissionState,
)
from workspace.submissions.policy import Problems

S = SubmissionState


def hand_in(session: Session, assignment: Assignment, **changes: object) -> Submission | Problems:
    given = {"answer": good_answer(assignment), "confirmed": all_warnings(assignment), **changes}
    return service.submit(session, assignment, user=assignment.expert.user, **given)  # type: ignore[arg-type]


def test_a_good_answer_is_received(session: Session) -> None:
    submission = make_submission(session)
    assignment = submission.assignment
    assert (submission.state, submission.round, submission.changes_left) == (
        S.SUBMITTED,
        0,
        WORK.change_rounds,
    )
    assert assignment.state is AssignmentState.SUBMITTED
    hours = timedelta(hours=assignment.project.auto_approve_hours)
    assert submission.auto_approve_at == submission.due_at == submission.submitted_at + hours
    kept = queries.revision(session, submission.id, 0)
    assert kept is not None
    assert (kept.answer, kept.note) == (submission.answer, "I checked the second answer twice.")
    review = session.query(Review).filter_by(submission_id=submission.id).one()
    assert (review.state, review.round, review.due_at) == (ReviewState.QUEUED, 0, submission.auto_approve_at)
    assert (
        ledger.balance(session, Kind.PROJECT_RESERVED, submission.project_id) == assignment.project.unit_minor
    )


def test_a_second_submit_returns_the_first(session: Session) -> None:
    first = make_submission(session)
    again = hand_in(session, first.assignment, answer={"why": "other"})
    assert isinstance(again, Submission)
    assert again.id == first.id
    assert again.answer == first.answer
    assert session.query(Submission).count() == session.query(SubmissionRevision).count() == 1


def test_what_is_missing_is_said_by_place_and_the_text_is_kept(session: Session) -> None:
    assignment = make_assignment(session)
    outcome = hand_in(session, assignment, answer={**good_answer(assignment), "why": "Short."}, note="wait")
    assert isinstance(outcome, Problems)
    assert list(outcome.errors) == ["why"]
    assert not outcome.warnings
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    assert (draft.answer["why"], draft.note) == ("Short.", "wait")
    assert assignment.state is AssignmentState.ACTIVE


def test_warnings_ask_once(session: Session) -> None:
    assignment = make_assignment(session)
    mail = "Write to jane.doe@example.org because the second one says it in the right order."
    asked = hand_in(session, assignment, answer=good_answer(assignment, why=mail), confirmed=[])
    assert isinstance(asked, Problems)
    assert "pii_added" in asked.warnings
    assert not asked.errors
    outcome = hand_in(session, assignment, answer=None, confirmed=list(asked.warnings))
    assert isinstance(outcome, Submission)
    assert outcome.confirmed == {"warnings": list(asked.warnings)}


def test_a_quick_answer_is_asked_about_once_others_have_taken_longer(session: Session) -> None:
    first = make_submission(session, tasks=20, overlap=15)
    for _ in range(9):
        other = make_submission(session, project=first.assignment.project)
        other.active_seconds = 600
    first.active_seconds = 600
    session.flush()
    assignment = make_assignment(session, project=first.assignment.project)
    asked = hand_in(session, assignment, confirmed=[])
    assert isinstance(asked, Problems)
    assert "too_fast" in asked.warnings
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    draft.active_seconds = 120
    session.flush()
    slow = hand_in(session, assignment, confirmed=[])
    assert "too_fast" not in getattr(slow, "warnings", {})


def test_a_draft_is_handed_in_as_it_is(session: Session) -> None:
    assignment = make_assignment(session)
    service.save(session, assignment, user=assignment.expert.user, rev=0, answer=good_answer(assignment))
    outcome = hand_in(session, assignment, answer=None)
    assert isinstance(outcome, Submission)


@pytest.mark.parametrize("reason", ["released", "held"])
def test_what_is_not_in_hand_cannot_be_handed_in(session: Session, reason: str) -> None:
    assignment = make_assignment(session, tasks=2)
    if reason == "held":
        held = queue.hold_next(session, assignment)
        assert held is not None
        assignment = held
    else:
        queue.release(session, assignment, by=None, reason="too_long")
    session.flush()
    with pytest.raises(NotOpen):
        hand_in(session, assignment)


def test_a_full_task_takes_no_further_answer(session: Session) -> None:
    assignment = make_assignment(session, overlap=1, task_type="golden_response")
    stray = make_assignment(session, overlap=1, task_type="golden_response")
    stray.task = assignment.task  # as a broken claim would leave it
    session.flush()
    outcome = hand_in(session, assignment)
    assert isinstance(outcome, Problems)
    assert "Enough people" in outcome.errors["slot"]
    assert assignment.state is AssignmentState.ACTIVE


def test_going_on_opens_the_held_task_or_claims_the_next(session: Session) -> None:
    assignment = make_assignment(session, tasks=3)
    user = assignment.expert.user
    held = queue.hold_next(session, assignment)
    session.flush()
    seen = []
    for _ in range(3):
        done = service.submit_and_go_on(
            session, assignment, user=user, answer=good_answer(assignment), confirmed=all_warnings(assignment)
        )
        assert not isinstance(done, Problems)
        seen.append(done.following.id if done.following else None)
        assignment = assignments.assignment(session, seen[-1]) or assignment  # type: ignore[arg-type]
    assert held is not None
    assert seen[0] == held.id
    assert seen[1] not in {None, held.id}
    assert seen[2] is None


# taking back: state of the submission, minutes since it was handed in -> allowed (the assignment has 35 minutes)
@pytest.mark.parametrize(
    ("state", "minutes", "allowed"),
    [
        (S.SUBMITTED, 0, True),
        (S.SUBMITTED, 30, True),
        (S.SUBMITTED, 36, False),
        (S.IN_REVIEW, 0, False),
        (S.APPROVED, 0, False),
        (S.AUTO_APPROVED, 0, False),
        (S.CHANGES_REQUESTED, 0, False),
    ],
)
def test_taking_back(session: Session, state: S, minutes: int, allowed: bool) -> None:
    submission = make_submission(session)
    submission.state = state
    session.flush()
    assignment = submission.assignment
    with clock.shifted(timedelta(minutes=minutes)):
        if not allowed:
            with pytest.raises(CannotTakeBack):
                service.take_back(session, assignment, user=assignment.expert.user)
            return
        service.take_back(session, assignment, user=assignment.expert.user)
    assert (submission.state, assignment.state) == (S.UNDONE, AssignmentState.ACTIVE)
    assert session.query(Review).filter_by(submission_id=submission.id).one().state is ReviewState.LAPSED
    assert (
        ledger.balance(session, Kind.PROJECT_RESERVED, submission.project_id) == assignment.project.unit_minor
    )
    again = hand_in(session, assignment)
    assert isinstance(again, Submission)
    assert again.id != submission.id


def test_eight_seconds_hold_even_after_the_deadline(session: Session) -> None:
    submission = make_submission(session)
    assignment = submission.assignment
    assignment.expires_at = clock.database_now(session) - timedelta(seconds=1)
    session.flush()
    service.take_back(session, assignment, user=assignment.expert.user)
    assert assignment.state is AssignmentState.ACTIVE


def test_taking_back_makes_room_unless_the_next_task_has_text(session: Session) -> None:
    assignment = make_assignment(session, tasks=3)
    user = assignment.expert.user
    done = service.submit_and_go_on(
        session, assignment, user=user, answer=good_answer(assignment), confirmed=all_warnings(assignment)
    )
    assert not isinstance(done, Problems)
    following = done.following
    assert following is not None
    service.take_back(session, assignment, user=user)
    assert (assignment.state, following.state) == (AssignmentState.ACTIVE, AssignmentState.RELEASED)
    assert (
        ledger.balance(session, Kind.PROJECT_RESERVED, assignment.project_id) == assignment.project.unit_minor
    )
    done = service.submit_and_go_on(
        session, assignment, user=user, answer=good_answer(assignment), confirmed=all_warnings(assignment)
    )
    assert not isinstance(done, Problems)
    assert done.following is not None
    service.save(session, done.following, user=user, rev=0, answer={"why": "I have begun"})
    with pytest.raises(CannotTakeBack, match="begun the next task"):
        service.take_back(session, assignment, user=user)


def test_changes_go_into_the_next_round_for_the_same_pay(session: Session) -> None:
    submission = ask_for_changes(session, make_submission(session))
    assignment = submission.assignment
    first = submission.auto_approve_at
    better = good_answer(assignment, why="r2 names the cause and gives the steps in an order that works.")
    with clock.shifted(timedelta(hours=1)):
        outcome = service.resubmit(
            session,
            submission,
            user=assignment.expert.user,
            answer=better,
            note="Changed the reason.",
            confirmed=all_warnings(assignment),
        )
    assert isinstance(outcome, Submission)
    assert outcome.id == submission.id
    assert (submission.state, submission.round, submission.changes_left) == (S.RESUBMITTED, 1, 1)
    assert submission.answer["why"] == better["why"]
    assert submission.auto_approve_at > first
    assert submission.due_at == submission.auto_approve_at
    before, after = (queries.revision(session, submission.id, number) for number in (0, 1))
    assert before is not None
    assert after is not None
    assert before.answer != after.answer
    rounds = session.query(Review.round).filter_by(submission_id=submission.id).order_by(Review.round)
    assert [row[0] for row in rounds] == [0, 1]
    again = service.resubmit(session, submission, user=assignment.expert.user, answer={})
    assert again is submission
    assert submission.round == 1


def test_the_workspace_hands_changes_in_too(session: Session) -> None:
    submission = ask_for_changes(session, make_submission(session))
    assignment = submission.assignment
    service.save(session, assignment, user=assignment.expert.user, rev=0, answer={"why": "half"})
    problems = hand_in(session, assignment, answer=None)
    assert isinstance(problems, Problems)
    assert submission.state is S.CHANGES_REQUESTED
    outcome = hand_in(session, assignment)
    assert isinstance(outcome, Submission)
    assert (outcome.id, outcome.state) == (submission.id, S.RESUBMITTED)


def test_changes_can_be_declined(session: Session) -> None:
    submission = ask_for_changes(session, make_submission(session))
    service.decline_changes(session, submission, user=submission.assignment.expert.user)
    assert (submission.state, submission.round, submission.changes_left) == (S.FINAL_REVIEW, 1, 0)
    with pytest.raises(Conflict):
        service.decline_changes(session, submission, user=submission.assignment.expert.user)


@pytest.mark.parametrize("state", [S.SUBMITTED, S.APPROVED, S.REJECTED, S.FINAL_REJECTED, S.UNDONE])
def test_only_what_was_asked_for_is_handed_in_again(session: Session, state: S) -> None:
    submission = make_submission(session)
    submission.state = state
    session.flush()
    with pytest.raises(Conflict):
        service.resubmit(
            session,
            submission,
            user=submission.assignment.expert.user,
            answer=good_answer(submission.assignment),
            confirmed=all_warnings(submission.assignment),
        )


# domain.md 3.7: from -> to
REVIEWABLE = (S.SUBMITTED, S.RESUBMITTED, S.FINAL_REVIEW, S.SECOND_LOOK)
TABLE = {
    (S.SUBMITTED, S.UNDONE),
    *((state, S.IN_REVIEW) for state in REVIEWABLE),
    *((S.IN_REVIEW, state) for state in REVIEWABLE),
    *((state, S.AUTO_APPROVED) for state in REVIEWABLE),
    (S.IN_REVIEW, S.APPROVED),
    (S.IN_REVIEW, S.EXCLUDED_PAID),
    (S.IN_REVIEW, S.CHANGES_REQUESTED),
    (S.IN_REVIEW, S.REJECTED),
    (S.IN_REVIEW, S.ADJUDICATION),
    (S.CHANGES_REQUESTED, S.RESUBMITTED),
    (S.CHANGES_REQUESTED, S.FINAL_REVIEW),
    (S.ADJUDICATION, S.APPROVED),
    (S.ADJUDICATION, S.EXCLUDED_PAID),
    (S.ADJUDICATION, S.REJECTED),
    (S.ADJUDICATION, S.AUTO_APPROVED),
    (S.REJECTED, S.FINAL_REJECTED),
    (S.REJECTED, S.APPROVED_ON_APPEAL),
    (S.REJECTED, S.EXCLUDED_PAID),
    (S.REJECTED, S.APPROVED),
    (S.FINAL_REJECTED, S.APPROVED_ON_APPEAL),
    (S.FINAL_REJECTED, S.EXCLUDED_PAID),
}


def test_the_move_table_is_the_specified_one() -> None:
    assert {(now, to) for now, found in SUBMISSION_MOVES.items() for to in found} == TABLE


def test_the_length_is_four_times_the_estimate_and_the_grace() -> None:
    assert queue_policy.length(5) == timedelta(minutes=30 + 5)
    assert queue_policy.length(20) == timedelta(minutes=80 + 5)
