"""Questions from a task: the company is asked, and the deadline rests once until the answer."""

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.projects import queries as asked
from marketplace.projects import service as projects
from marketplace.projects.events import QuestionAnswered
from marketplace.projects.models import GuidelineQuestion
from workspace.queue import policy, queries
from workspace.queue.errors import OutOfTime
from workspace.queue.models import Assignment, AssignmentState
from workspace.queue.service.endings import leave, record


def ask(
    session: Session, assignment: Assignment, *, by: User, text: str, clause_number: int | None
) -> GuidelineQuestion:
    """Ask the company about the task in hand; the first question rests its deadline, 48 hours at most.

    The task held ahead goes back: nobody waits for two at once.  Conflict (409) when the task is not in hand,
    or the day's questions are used up; Invalid (422) for what cannot be asked.  The caller has locked it.
    """
    if assignment.state is not AssignmentState.ACTIVE:
        raise Conflict("You can ask about a task while you work on it.")
    if policy.is_overdue(assignment, clock.database_now(session)):
        raise OutOfTime("Your time ran out. Your draft is kept.")
    question = projects.ask(
        session,
        assignment.project,
        by=by,
        version=assignment.guideline,
        text=text,
        clause_number=clause_number,
        about=(assignment.task_id, assignment.id),
    )
    if assignment.paused_at is None:
        _pause(session, assignment)
        leave(session, assignment, user=by)
    return question


def resume(session: Session, fact: QuestionAnswered) -> None:
    """The last answer is there: the deadline runs on, later by the time it took.

    It rests on while another question from the same assignment waits.
    """
    if fact.assignment_id is None:
        return
    found = queries.assignment(session, fact.assignment_id)
    if found is None:
        return
    queries.lock_expert(session, found.expert_id)
    assignment = queries.lock_assignment(session, found.id)
    if asked.waits_for_answer(session, assignment.project_id, assignment.id):
        return
    now = clock.database_now(session)
    if assignment.state is not AssignmentState.ACTIVE or not policy.is_paused(assignment, now):
        return
    if assignment.paused_until is not None:
        assignment.expires_at -= assignment.paused_until - now
    assignment.paused_until = now
    record(session, assignment, "resume", actor_id=None)


def _pause(session: Session, assignment: Assignment) -> None:
    now = clock.database_now(session)
    assignment.paused_at, assignment.paused_until = now, now + policy.PAUSE
    assignment.expires_at += policy.PAUSE
    record(session, assignment, "pause", actor_id=assignment.user_id)
