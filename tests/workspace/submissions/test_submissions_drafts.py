"""Drafts with version numbers, and counted time."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.matching.policy import Eligibility
from tests.factories.queue import make_assignment
from tests.factories.submissions import ask_for_changes, good_answer, make_submission
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState, Task
from workspace.submissions import queries, service
from workspace.submissions.errors import NotOpen, StaleDraft
from workspace.submissions.models import Draft, DraftRevision, TimeEntry


def save(session: Session, assignment: Assignment, rev: int, why: str) -> Draft:
    return service.save(session, assignment, user=assignment.expert.user, rev=rev, answer={"why": why})


def test_each_save_is_a_version(session: Session) -> None:
    assignment = make_assignment(session)
    assert save(session, assignment, 0, "one").rev == 1
    draft = save(session, assignment, 1, "two")
    assert (draft.rev, draft.answer) == (2, {"why": "two"})
    assert draft.saved_at is not None
    assert [(row.rev, row.answer["why"]) for row in session.query(DraftRevision)] == [(1, "one"), (2, "two")]


def test_an_older_tab_is_told_what_is_there(session: Session) -> None:
    assignment = make_assignment(session)
    save(session, assignment, 0, "one")
    with pytest.raises(StaleDraft) as told:
        save(session, assignment, 0, "from the other tab")
    assert (told.value.rev, told.value.answer, told.value.status_code) == (1, {"why": "one"}, 409)
    with pytest.raises(StaleDraft):
        save(session, assignment, 7, "from nowhere")


def test_a_repeated_request_is_answered_like_the_first(session: Session) -> None:
    assignment = make_assignment(session)
    save(session, assignment, 0, "one")
    assert save(session, assignment, 0, "one").rev == 1
    assert session.query(DraftRevision).count() == 1


def test_twenty_versions_are_kept(session: Session) -> None:
    assignment = make_assignment(session)
    for rev in range(WORK.draft_revisions + 5):
        save(session, assignment, rev, f"version {rev}")
    kept = [row.rev for row in session.query(DraftRevision).order_by(DraftRevision.rev)]
    assert kept == list(range(6, WORK.draft_revisions + 6))


def test_a_good_answer_holds_the_next_task(session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    user = assignment.expert.user
    save(session, assignment, 0, "not yet")
    assert assignments.held_of(session, assignment.user_id) is None
    service.save(session, assignment, user=user, rev=1, answer=good_answer(assignment))
    held = assignments.held_of(session, assignment.user_id)
    assert held is not None
    service.save(session, assignment, user=user, rev=2, answer={**good_answer(assignment), "seen": []})
    assert assignments.held_of(session, assignment.user_id) is held


def test_no_money_for_the_next_task_does_not_disturb_saving(session: Session) -> None:
    assignment = make_assignment(session, tasks=2, budget_minor=1)
    draft = service.save(
        session, assignment, user=assignment.expert.user, rev=0, answer=good_answer(assignment)
    )
    assert draft.rev == 1
    assert assignments.held_of(session, assignment.user_id) is None


def test_losing_the_last_money_to_somebody_else_does_not_disturb_saving(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment = make_assignment(session, tasks=2, budget_minor=1)
    fits = Eligibility(())  # judged a moment before the money went: only the ledger knows now
    monkeypatch.setattr("marketplace.matching.service.eligibility", lambda *_: fits)
    service.save(session, assignment, user=assignment.expert.user, rev=0, answer=good_answer(assignment))
    session.flush()
    kept = queries.draft_of(session, assignment.id)
    assert kept is not None
    assert kept.rev == 1
    assert assignments.held_of(session, assignment.user_id) is None
    assert [task.taken_count for task in session.query(Task).order_by(Task.position)] == [1, 0]


@pytest.mark.parametrize(
    "state", [state for state in AssignmentState if state.value not in {"active", "expired", "cancelled"}]
)
def test_text_for_what_is_not_in_hand_is_refused(session: Session, state: AssignmentState) -> None:
    assignment = make_assignment(session)
    assignment.state = state
    session.flush()
    with pytest.raises(NotOpen):
        save(session, assignment, 0, "late")


def test_changes_are_saved_while_they_are_asked_for(session: Session) -> None:
    submission = make_submission(session)
    with pytest.raises(NotOpen):
        save(session, submission.assignment, 0, "no")
    ask_for_changes(session, submission)
    assert save(session, submission.assignment, 0, "better").rev == 1


def beat_after(session: Session, assignment: Assignment, seconds: float) -> int:
    with clock.shifted(timedelta(seconds=seconds)):
        return service.beat(session, assignment, user=assignment.expert.user)


def test_heartbeats_count_time_and_gaps_do_not(session: Session) -> None:
    assignment = make_assignment(session)
    began = clock.now()

    def at(second: float) -> int:
        return beat_after(session, assignment, second - (clock.now() - began).total_seconds())

    assert at(0) == 0
    assert at(15) == 15
    assert at(30) == 30
    assert at(30 + WORK.idle_seconds + 10) == 30, "longer than a minute out of focus is not counted"
    assert at(30 + WORK.idle_seconds + 25) == 45
    assert session.query(TimeEntry).count() == 2


def test_no_time_is_counted_after_the_work(session: Session) -> None:
    assignment = make_assignment(session)
    beat_after(session, assignment, 0)
    queue.release(session, assignment, by=None, reason="too_long")
    session.flush()
    assert beat_after(session, assignment, 15) == 0


def test_counted_time_stands_on_the_submission(session: Session) -> None:
    assignment = make_assignment(session)
    beat_after(session, assignment, 0)
    beat_after(session, assignment, 40)
    submission = make_submission(session, assignment)
    assert 39 <= submission.active_seconds <= 41
    assert queries.active_times(session, assignment.project_id) == [submission.active_seconds]
