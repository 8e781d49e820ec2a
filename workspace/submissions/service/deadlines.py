"""What the clock does to work: enforced by the worker, and by whoever looks before the worker came."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.outbox import service as outbox
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import AssignmentState, TaskState
from workspace.submissions import queries
from workspace.submissions.service import rounds, withdrawing
from workspace.submissions.service.handing import at_deadline


def sweep(session: Session, payload: Mapping[str, Any]) -> None:
    """Promise to settle everything whose time is over, each in a transaction of its own.

    Whatever is still due an hour later is promised once more, so that a message that gave up is no end.
    """
    now = clock.database_now(session)
    for assignment_id, ended_at in assignments.due(session, now):
        outbox.send(
            session,
            "submissions.settle",
            key=f"settle:{assignment_id}:{ended_at.isoformat()}:{now:%Y%m%d%H}",
            assignment_id=str(assignment_id),
        )
    for assignment_id in assignments.left_over(session):
        withdrawing.promise_end(session, assignment_id)
    for submission_id, number in queries.changes_overdue(session, now):
        outbox.send(
            session,
            "submissions.end_changes",
            key=f"end_changes:{submission_id}:{number}:{now:%Y%m%d%H}",
            submission_id=str(submission_id),
        )


def settle_promised(session: Session, payload: Mapping[str, Any]) -> None:
    """Settle the assignment a message names."""
    settle(session, uuid.UUID(payload["assignment_id"]))


def end_changes_promised(session: Session, payload: Mapping[str, Any]) -> None:
    """End the time for changes of the submission a message names."""
    submission = queries.submission(session, uuid.UUID(payload["submission_id"]))
    if submission is not None:
        rounds.end_changes(session, submission)


def settle(session: Session, assignment_id: uuid.UUID) -> None:
    """Do what an assignment's deadline says: submit a complete draft, else expire; give back a held one.

    Before it, only what the company has withdrawn ends, with its pay.  Nothing else happens while its time is
    not over; safe to call twice, late or early.
    """
    found = assignments.assignment(session, assignment_id)
    if found is None:
        return
    assignments.lock_expert(session, found.expert_id)
    assignment = assignments.lock_assignment(session, assignment_id)
    if not queue_policy.is_overdue(assignment, clock.database_now(session)):
        if assignment.state in queue_policy.LIVE and assignment.task.state is TaskState.WITHDRAWN:
            withdrawing.cancel(session, assignment)
        return
    if assignment.state is AssignmentState.HELD:
        queue.give_back_held(session, assignment)
    else:
        at_deadline(session, assignment)


def settle_all(session: Session, user_id: uuid.UUID) -> None:
    """Settle everything of one person whose time is over."""
    now = clock.database_now(session)
    for assignment_id in assignments.overdue_of(session, user_id, now):
        settle(session, assignment_id)
