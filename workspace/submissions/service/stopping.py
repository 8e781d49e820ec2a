"""Stopping half way with what was counted; when the deadline was faster, it decides."""

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from workspace.queue import policy as queue_policy
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState
from workspace.queue.policy import StopTerms
from workspace.submissions import policy, queries
from workspace.submissions.models import Draft
from workspace.submissions.service import drafts, withdrawing
from workspace.submissions.service.handing import at_deadline

LESS = "Stopping pays less than you were shown, because the active time was corrected. Look at the sum again."


def stop_terms(session: Session, assignment: Assignment) -> StopTerms:
    """What stopping half way pays now, and what stands against it."""
    return terms_of(session, assignment, queries.draft_of(session, assignment.id))


def terms_of(session: Session, assignment: Assignment, draft: Draft | None) -> StopTerms:
    """The same for whoever has read the draft already."""
    counted = policy.paid_seconds(draft.active_seconds, draft.corrected_seconds) if draft else 0
    return queue.stop_terms(session, assignment, active_seconds=counted)


def stop(
    session: Session, assignment: Assignment, *, user: User, reason: str, note: str, agreed_minor: int
) -> Assignment:
    """Stop half way for at least what was shown; the draft stays.  The assignment's state says what happened.

    A second click changes nothing.  After the deadline, the deadline decides; what the company has withdrawn
    ends with its pay, which is more.  Conflict (409) when the task is not in hand, stopping is not possible,
    or it would pay less than `agreed_minor`.
    """
    assignment = drafts.lock(session, assignment)
    if assignment.state is AssignmentState.STOPPED:
        return assignment
    if queue_policy.is_overdue(assignment, clock.database_now(session)):
        if assignment.state is AssignmentState.ACTIVE:
            at_deadline(session, assignment)
        return assignment
    if queue_policy.ends_withdrawn(assignment):
        withdrawing.cancel(session, assignment)
        return assignment
    terms = stop_terms(session, assignment)
    if not terms.refusal and terms.pay_minor < agreed_minor:
        raise Conflict(LESS)
    queue.stop(session, assignment, by=user, reason=reason, note=note, active_seconds=terms.active_seconds)
    return assignment
