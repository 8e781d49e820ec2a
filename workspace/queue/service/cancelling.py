"""Work under way that the company withdraws: paid by the time worked, a quarter of the price at least."""

from sqlalchemy.orm import Session

from marketplace.kit.events import publish
from marketplace.kit.money import shown
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Entry
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from marketplace.projects.policy import platform_fee
from workspace.queue import policy
from workspace.queue.events import AssignmentCancelled
from workspace.queue.models import LEFT, WITHDRAWN, Assignment, AssignmentState
from workspace.queue.service.endings import end, give_back, look_at_funds, record
from workspace.queue.service.slots import free_slot
from workspace.queue.service.stopping import part_pay


def cancel(session: Session, assignment: Assignment, *, reason: str, active_seconds: int) -> int:
    """End an active assignment whose task the company withdrew, with cancellation pay (minor units).

    The rest of what was reserved goes back; the person keeps their part in the task.  `reason` is the
    company's, for them to read.  Conflict (409) when it is not active.  The caller has locked it.
    """
    assignment.move(AssignmentState.CANCELLED)
    assignment.end_reason, assignment.end_note = WITHDRAWN, reason[: policy.NOTE_CHARACTERS]
    end(session, assignment)
    free_slot(session, assignment.task_id)
    pay = policy.cancel_pay(assignment.price_minor, assignment.minutes, active_seconds)
    _pay(session, assignment, pay, active_seconds)
    record(session, assignment, "cancel", actor_id=None)
    publish(
        session,
        AssignmentCancelled(
            assignment_id=assignment.id,
            project_id=assignment.project_id,
            user_id=assignment.user_id,
            pay_minor=pay,
            active_seconds=active_seconds,
        ),
    )
    return pay


def cancel_held(session: Session, held: Assignment) -> None:
    """End a task held ahead that the company withdrew: nobody has begun it, so all of its money goes back.

    Conflict (409) when it is not held.  The caller has locked it.
    """
    held.move(AssignmentState.CANCELLED)
    held.end_reason = LEFT
    give_back(session, held)
    record(session, held, "cancel", actor_id=None)


def _pay(session: Session, assignment: Assignment, pay: int, active_seconds: int) -> None:
    """Post the cancellation pay, the fee on it and the rest, and write the earning beside it."""
    key = f"claim:{assignment.id}:cancel"
    entry = Entry(
        kind="claim_cancel",
        key=key,
        closes=f"claim:{assignment.id}",
        legs=part_pay(assignment, pay, platform_fee(pay)),
        ref_type="assignment",
        ref_id=assignment.id,
    )
    ledger.post_all(session, [entry])
    payouts.record_earning(
        session,
        Earned(
            user_id=assignment.user_id,
            project_id=assignment.project_id,
            kind=EarningKind.CANCELLATION,
            amount_minor=pay,
            ledger_key=key,
            ref_type="assignment",
            ref_id=assignment.id,
            reason=policy.withdrawn_words(shown(pay, assignment.project.currency), active_seconds),
        ),
    )
    look_at_funds(session, assignment)
