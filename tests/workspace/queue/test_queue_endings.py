"""More time, given back, expired: slot, part and money of every way out."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from tests.factories.queue import claim, make_assignment, state_of
from workspace.queue import policy, queries, service
from workspace.queue.errors import NothingToDo, OutOfTime
from workspace.queue.models import (
    ASSIGNMENT_MOVES,
    TASK_MOVES,
    Assignment,
    AssignmentState,
    TaskPart,
    TaskState,
)

A = AssignmentState


def money(session: Session, project_id: uuid.UUID) -> tuple[int, int]:
    """(budget, reserved) in cents."""
    budget = ledger.balance(session, Kind.PROJECT_BUDGET, project_id)
    return budget, ledger.balance(session, Kind.PROJECT_RESERVED, project_id)


def parts(session: Session, assignment: Assignment) -> int:
    return session.query(TaskPart).filter_by(task_id=assignment.task_id, user_id=assignment.user_id).count()


def test_a_release_gives_slot_part_and_money_back(session: Session) -> None:
    assignment = make_assignment(session)
    assert parts(session, assignment) == 1
    service.release(session, assignment, by=assignment.expert.user, reason="too_long", note="x" * 600)
    assert (assignment.state, assignment.end_reason, len(assignment.end_note)) == (
        A.RELEASED,
        "too_long",
        512,
    )
    assert assignment.ended_at is not None
    assert money(session, assignment.project_id) == (100_000, 0)
    assert state_of(session, assignment.task) == (TaskState.AVAILABLE, 0)
    assert parts(session, assignment) == 0
    with pytest.raises(Conflict):
        service.release(session, assignment, by=None, reason="too_long")
    assert money(session, assignment.project_id) == (100_000, 0)


def test_a_skipped_task_is_not_served_to_the_same_person_again(session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    following = service.skip(session, assignment, by=assignment.expert.user, reason="outside_my_field")
    assert following is not None
    assert following.task_id != assignment.task_id
    assert service.skip(session, following, by=assignment.expert.user, reason="too_long") is None
    with pytest.raises(NothingToDo):
        claim(session, assignment.expert, assignment.project)
    other = make_assignment(session, project=assignment.project)
    assert other.task_id == assignment.task_id


def test_an_expired_task_can_be_had_again(session: Session) -> None:
    assignment = make_assignment(session)
    service.expire(session, assignment)
    session.flush()
    assert (assignment.state, money(session, assignment.project_id)) == (A.EXPIRED, (100_000, 0))
    again = service.claim_again(session, assignment)
    assert (again.task_id, again.state) == (assignment.task_id, A.ACTIVE)
    assert again.id != assignment.id
    session.flush()
    assert service.claim_again(session, assignment) is again


def test_a_task_taken_by_others_cannot_be_had_again(session: Session) -> None:
    assignment = make_assignment(session, overlap=1, task_type="golden_response")
    service.expire(session, assignment)
    session.flush()
    make_assignment(session, project=assignment.project)
    with pytest.raises(NothingToDo, match="Your text is kept"):
        service.claim_again(session, assignment)


def test_time_can_be_added_ten_times(session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    held = service.hold_next(session, assignment)
    assert held is not None
    session.flush()
    end, held_end = assignment.expires_at, held.expires_at
    for _ in range(WORK.extensions_maximum):
        service.extend(session, assignment)
    added = timedelta(minutes=WORK.extension_minutes * WORK.extensions_maximum)
    assert (assignment.expires_at, held.expires_at) == (end + added, held_end + added)
    assert policy.extensions_left(assignment) == 0
    with pytest.raises(Conflict, match="as often as"):
        service.extend(session, assignment)


def test_no_time_is_added_after_the_end(session: Session) -> None:
    assignment = make_assignment(session)
    with clock.shifted(policy.length(assignment.minutes)), pytest.raises(OutOfTime):
        service.extend(session, assignment)


def test_a_held_task_goes_back_ten_minutes_after_the_current_one_ended(session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    held = service.hold_next(session, assignment)
    assert held is not None
    session.flush()
    service.release(session, assignment, by=None, reason="too_long")
    assert assignment.ended_at is not None
    assert held.expires_at == assignment.ended_at + timedelta(minutes=WORK.held_minutes)
    with clock.shifted(timedelta(minutes=WORK.held_minutes, seconds=1)):
        again = claim(session, assignment.expert, assignment.project)
    session.flush()
    assert held.state is A.RELEASED
    assert again.id != held.id
    assert again.task_id == held.task_id, "giving it back unopened is no skip"
    assert money(session, assignment.project_id)[1] == assignment.project.unit_minor


def test_leaving_gives_the_held_task_back(session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    held = service.hold_next(session, assignment)
    assert held is not None
    session.flush()
    service.leave(session, assignment, user=assignment.expert.user)
    assert (held.state, assignment.state) == (A.RELEASED, A.ACTIVE)
    service.leave(session, assignment, user=assignment.expert.user)


def test_done_comes_with_the_last_approval(session: Session) -> None:
    project_task = make_assignment(session, overlap=2)
    make_assignment(session, project=project_task.project)
    task = project_task.task
    service.count_approved(session, task.id)
    assert state_of(session, task) == (TaskState.SATURATED, 2)
    batch = queries.batch(session, task.batch_id)
    assert batch is not None
    assert batch.state.value == "in_progress"
    service.count_approved(session, task.id)
    assert state_of(session, task) == (TaskState.DONE, 2)
    session.refresh(batch)
    assert batch.state.value == "completed"
    with pytest.raises(Conflict):
        service.count_approved(session, task.id)
    with pytest.raises(Conflict):
        service.free_slot(session, task.id)


def test_a_freed_slot_opens_a_saturated_task(session: Session) -> None:
    assignment = make_assignment(session, overlap=1, task_type="golden_response")
    assert state_of(session, assignment.task) == (TaskState.SATURATED, 1)
    service.free_slot(session, assignment.task_id)
    assert state_of(session, assignment.task) == (TaskState.AVAILABLE, 0)


# domain.md 3.6, row by row: from -> to, whoever moves it
ASSIGNMENT_TABLE = {
    (A.HELD, A.ACTIVE),
    (A.HELD, A.RELEASED),
    (A.HELD, A.CANCELLED),
    (A.ACTIVE, A.SUBMITTED),
    (A.SUBMITTED, A.ACTIVE),
    (A.ACTIVE, A.RELEASED),
    (A.ACTIVE, A.STOPPED),
    (A.ACTIVE, A.EXPIRED),
    (A.ACTIVE, A.CANCELLED),
}
T = TaskState
# domain.md 3.5
TASK_TABLE = {
    (T.STAGED, T.AVAILABLE),
    (T.AVAILABLE, T.SATURATED),
    (T.SATURATED, T.AVAILABLE),
    (T.AVAILABLE, T.DONE),
    (T.SATURATED, T.DONE),
    (T.DONE, T.AVAILABLE),
    (T.AVAILABLE, T.QUARANTINED),
    (T.SATURATED, T.QUARANTINED),
    (T.QUARANTINED, T.AVAILABLE),
    (T.STAGED, T.WITHDRAWN),
    (T.AVAILABLE, T.WITHDRAWN),
    (T.SATURATED, T.WITHDRAWN),
    (T.QUARANTINED, T.WITHDRAWN),
}


def test_the_move_tables_are_the_specified_ones() -> None:
    assert {(now, to) for now, found in ASSIGNMENT_MOVES.items() for to in found} == ASSIGNMENT_TABLE
    assert {(now, to) for now, found in TASK_MOVES.items() for to in found} == TASK_TABLE


@pytest.mark.parametrize("state", [state for state in A if state is not A.ACTIVE])
def test_verbs_refuse_what_is_not_in_hand(session: Session, state: AssignmentState) -> None:
    assignment = make_assignment(session)
    assignment.state = state
    with pytest.raises(Conflict):
        service.extend(session, assignment)
    with pytest.raises(Conflict):
        service.expire(session, assignment)
    with pytest.raises(Conflict):
        service.submitted(session, assignment)
    assert money(session, assignment.project_id)[1] == assignment.project.unit_minor
