"""How an assignment goes on and ends: more time, given back, handed in, taken back, expired."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.outbox import service as outbox
from marketplace.projects.models import ProjectState
from workspace.queue import policy, queries
from workspace.queue.errors import OutOfTime
from workspace.queue.events import AssignmentExpired
from workspace.queue.models import LEFT, Assignment, AssignmentState, TaskState
from workspace.queue.service.slots import free_slot

PAID_ANYWAY = (
    "The company withdrew this task. Keep it: you are paid for the time worked, within a minute or so."
)


def extend(session: Session, assignment: Assignment) -> None:
    """Add half an hour to the deadline, ten times at most.

    Conflict (409) when it is not active, its time is over, or nothing is left to add.
    """
    if assignment.state is not AssignmentState.ACTIVE:
        raise Conflict("You can only add time to a task you are working on.")
    if policy.is_overdue(assignment, clock.database_now(session)):
        raise OutOfTime("Your time ran out. Your draft is kept.")
    if not policy.extensions_left(assignment):
        raise Conflict("You have added time as often as this task allows. Submit it, or give it back.")
    added = timedelta(minutes=WORK.extension_minutes)
    assignment.extensions += 1
    assignment.expires_at += added
    held = queries.held_of(session, assignment.user_id)
    if held is not None and held.project_id == assignment.project_id:
        held.expires_at += added
    record(session, assignment, "extend", actor_id=assignment.user_id)


def release(
    session: Session, assignment: Assignment, *, by: User | None, reason: str, note: str = ""
) -> None:
    """Give the task back: the whole reserved amount returns to the budget and the slot is free again.

    `by` is None when the clock does it.  Conflict (409) when it is neither active nor held, or when the
    company withdrew the task: its person is about to be paid for the time worked.
    """
    was = assignment.state
    assignment.move(AssignmentState.RELEASED)
    task = queries.lock_task(session, assignment.task_id)
    if was is AssignmentState.ACTIVE and task.state is TaskState.WITHDRAWN:
        raise Conflict(PAID_ANYWAY)
    assignment.end_reason, assignment.end_note = reason, note[: policy.NOTE_CHARACTERS]
    give_back(session, assignment)
    record(session, assignment, "release", actor_id=by.id if by else None, reason=reason)


def leave(session: Session, assignment: Assignment, *, user: User) -> None:
    """Give back the task held ahead beside this one, if there is one."""
    held = queries.held_of(session, assignment.user_id)
    if held is not None:
        release(session, held, by=user, reason=LEFT)


def give_back_held(session: Session, held: Assignment) -> None:
    """Give back a task that was held ahead and not begun in time."""
    release(session, held, by=None, reason=LEFT)


def expire(session: Session, assignment: Assignment) -> None:
    """End an active assignment whose time is over with an incomplete answer: money and slot are free again.

    The caller keeps the draft.  Conflict (409) when it is not active.
    """
    assignment.move(AssignmentState.EXPIRED)
    give_back(session, assignment)
    record(session, assignment, "expire", actor_id=None)
    publish(
        session,
        AssignmentExpired(
            assignment_id=assignment.id, project_id=assignment.project_id, user_id=assignment.user_id
        ),
    )


def submitted(session: Session, assignment: Assignment, *, by_clock: bool = False) -> None:
    """Note that the work was handed in; slot and money stay with it.  Conflict (409) unless it is active."""
    assignment.move(AssignmentState.SUBMITTED)
    end(session, assignment)
    actor_id = None if by_clock else assignment.user_id
    record(session, assignment, "submit", actor_id=actor_id)


def reopen(session: Session, assignment: Assignment) -> None:
    """Let the expert go on with what was handed in.

    Conflict (409) when it was not handed in.  The caller has seen to it that no other task of the project is
    active.
    """
    assignment.move(AssignmentState.ACTIVE)
    assignment.ended_at = None
    record(session, assignment, "take_back", actor_id=assignment.user_id)


def give_back(session: Session, assignment: Assignment) -> None:
    """Slot, part and money of a claim nobody was paid from: the order of locks is task, ledger."""
    end(session, assignment)
    free_slot(session, assignment.task_id)
    queries.forget_part(session, assignment.task_id, assignment.user_id)
    project_id = assignment.project_id
    money = Money(policy.unit_minor(assignment), assignment.project.currency)
    entry = Entry(
        kind="claim_release",
        key=f"claim:{assignment.id}:release",
        closes=f"claim:{assignment.id}",
        legs=[((Kind.PROJECT_RESERVED, project_id), (Kind.PROJECT_BUDGET, project_id), money)],
        ref_type="assignment",
        ref_id=assignment.id,
    )
    ledger.post_all(session, [entry])
    look_at_funds(session, assignment)


def look_at_funds(session: Session, assignment: Assignment) -> None:
    """Money came back to the budget: a pause for lack of funds ends by itself."""
    if assignment.project.state is ProjectState.PAUSED:
        outbox.send(
            session,
            "projects.check_funds",
            key=f"check_funds:released:{assignment.id}",
            project_id=str(assignment.project_id),
        )


def end(session: Session, assignment: Assignment) -> None:
    """Note when it ended; the task held ahead beside it now has its last minutes."""
    now = clock.database_now(session)
    assignment.ended_at = now
    held = queries.held_of(session, assignment.user_id)
    if held is not None and held.id != assignment.id and held.project_id == assignment.project_id:
        held.expires_at = now + policy.HELD


def record(
    session: Session, assignment: Assignment, verb: str, *, actor_id: uuid.UUID | None, **detail: str
) -> None:
    """Write down who did what to the assignment; the clock when nobody did."""
    audit.record(
        session,
        f"{'expert' if actor_id else 'clock'}:assignment:{verb}",
        actor_id=actor_id,
        subject_type="assignment",
        subject_id=assignment.id,
        **detail,
    )
