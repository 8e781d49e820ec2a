"""Whether an answer is complete, and what it should be asked about first."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from workspace.queue.models import Assignment
from workspace.submissions import policy, queries
from workspace.submissions.models import Draft
from workspace.submissions.policy import Accepted, Problems
from workspace.submissions.service.talking import BUSY, is_waiting, with_turns
from workspace.task_types import registry


def check(
    session: Session, assignment: Assignment, draft: Draft, *, confirmed: Collection[str]
) -> Accepted | Problems:
    """The draft as an answer, or what stands against it: errors, else warnings nobody has confirmed."""
    if is_waiting(session, assignment):
        return Problems({"turns": BUSY})
    result = read_sent(session, assignment, draft.answer)
    if isinstance(result, Problems):
        return result
    found = [*result.warnings, *_third_in_a_row(session, assignment, result)]
    if policy.is_too_fast(draft.active_seconds, queries.active_times(session, assignment.project_id)):
        found.append(policy.TOO_FAST)
    left = policy.unconfirmed(registry.get(assignment.task.task_type), found, confirmed)
    return Problems(warnings=left) if left else replace(result, warnings=tuple(found))


def read_sent(session: Session, assignment: Assignment, raw: Mapping[str, Any]) -> Accepted | Problems:
    """What was sent or drafted, checked together with the conversation of record."""
    given = with_turns(session, assignment, raw)
    return policy.read(assignment.task, assignment.display_seed, given)


def _third_in_a_row(session: Session, assignment: Assignment, result: Accepted) -> list[str]:
    """Habits that the last two answers of this person on this project had as well."""
    if not result.habits:
        return []
    before = [
        policy.read(past.assignment.task, past.assignment.display_seed, past.answer)
        for past in queries.last_of(
            session, assignment.user_id, assignment.project_id, newest=policy.HABIT - 1
        )
    ]
    if len(before) < policy.HABIT - 1:
        return []
    return [
        habit
        for habit in result.habits
        if all(isinstance(past, Accepted) and habit in past.habits for past in before)
    ]
