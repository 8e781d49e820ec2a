"""Answers handed in."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from tests.factories.queue import make_assignment
from workspace.queue.models import Assignment
from workspace.submissions import queries, service
from workspace.submissions.models import Submission, SubmissionState
from workspace.task_types import registry


def good_answer(assignment: Assignment, **changes: Any) -> dict[str, Any]:
    """A complete answer to the tasks of `make_tasks`."""
    _, raw = registry.get(assignment.task.task_type).example()
    return {**raw, **changes}


def all_warnings(assignment: Assignment) -> list[str]:
    """Every warning code of the type, as an expert confirms them."""
    return list(registry.get(assignment.task.task_type).warnings)


def make_submission(session: Session, assignment: Assignment | None = None, **columns: Any) -> Submission:
    """A good answer handed in; makes expert, project, task and claim when none is given (`columns` go there)."""
    assignment = assignment or make_assignment(session, **columns)
    outcome = service.submit(
        session,
        assignment,
        user=assignment.expert.user,
        answer=good_answer(assignment),
        note="I checked the second answer twice.",
        confidence=4,
        confirmed=all_warnings(assignment),
    )
    assert isinstance(outcome, Submission), outcome
    session.flush()
    return queries.submission(session, outcome.id) or outcome


def ask_for_changes(session: Session, submission: Submission) -> Submission:
    """Bring a submission where a reviewer who asks for changes leaves it, without the reviewer."""
    submission.move(SubmissionState.IN_REVIEW)
    submission.move(SubmissionState.CHANGES_REQUESTED)
    submission.due_at = clock.database_now(session) + timedelta(hours=WORK.changes_due_hours)
    session.flush()
    return submission
