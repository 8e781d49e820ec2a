"""Work under way on some tasks, with what has been counted on it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from workspace.queue import queries as assignments
from workspace.queue.models import Assignment, AssignmentState, Task, TaskState
from workspace.queue.queries import Scope
from workspace.submissions.models import Draft, Submission, SubmissionState

_LIVE = (AssignmentState.ACTIVE, AssignmentState.HELD)
_WAITING = (
    SubmissionState.SUBMITTED,
    SubmissionState.IN_REVIEW,
    SubmissionState.SECOND_LOOK,
    SubmissionState.CHANGES_REQUESTED,
    SubmissionState.RESUBMITTED,
    SubmissionState.FINAL_REVIEW,
    SubmissionState.ADJUDICATION,
)


@dataclass(frozen=True, slots=True)
class AtWork:
    """A task in somebody's hands: what was frozen for it, its deadline, the time counted on it."""

    price_minor: int
    fee_minor: int
    review_fee_minor: int
    minutes: int
    is_held: bool
    expires_at: datetime
    active_seconds: int
    corrected_seconds: int | None

    @property
    def unit_minor(self) -> int:
        """What is reserved for it."""
        return self.price_minor + self.fee_minor + self.review_fee_minor


def at_work(session: Session, scope: Scope) -> Sequence[AtWork]:
    """What people have in hand or held ahead on these tasks, with the time counted on it."""
    rows = session.execute(_at_work().where(assignments.within(scope)))
    return [_one(row) for row in rows]


def left_at_work(session: Session, project_id: uuid.UUID) -> Mapping[uuid.UUID, Sequence[AtWork]]:
    """Withdrawal -> what people still have in hand or held ahead of what it withdrew."""
    rows = session.execute(
        _at_work()
        .add_columns(assignments.withdrawn_by())
        .where(Assignment.project_id == project_id, Task.state == TaskState.WITHDRAWN)
    )
    found: dict[uuid.UUID, list[AtWork]] = {}
    for row in rows:
        found.setdefault(row[8], []).append(_one(row[:8]))
    return found


def _at_work() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Assignment.price_minor,
            Assignment.fee_minor,
            Assignment.review_fee_minor,
            Assignment.minutes,
            Assignment.state,
            Assignment.expires_at,
            func.coalesce(Draft.active_seconds, 0),
            Draft.corrected_seconds,
        )
        .join(Assignment.task)
        .outerjoin(Draft, Draft.assignment_id == Assignment.id)
        .where(Assignment.state.in_(_LIVE))
    )


def _one(row: Sequence[Any]) -> AtWork:
    values = list(row)
    values[4] = row[4] is AssignmentState.HELD
    return AtWork(*values)


def count_waiting(session: Session, scope: Scope) -> int:
    """How many answers to these tasks wait for a decision."""
    waiting = (
        select(func.count())
        .select_from(Submission)
        .join(Task, Task.id == Submission.task_id)
        .where(assignments.within(scope), Submission.state.in_(_WAITING))
    )
    return session.scalar(waiting) or 0
