"""Stopping half way: the expert's exit that pays for the time worked."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Leg
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from marketplace.projects.policy import platform_fee
from workspace.queue import policy, queries
from workspace.queue.events import AssignmentStopped
from workspace.queue.models import Assignment, AssignmentState
from workspace.queue.policy import StopHistory, StopTerms
from workspace.queue.service.endings import end, look_at_funds, record
from workspace.queue.service.flagging import set_aside_if_broken
from workspace.queue.service.slots import free_slot


def stop_terms(session: Session, assignment: Assignment, *, active_seconds: int) -> StopTerms:
    """What stopping half way pays now, and what stands against it."""
    today = clock.database_now(session).date()
    counts = queries.stop_history(session, assignment.user_id, assignment.project_id, today)
    return policy.stop_terms(assignment, active_seconds, StopHistory(*counts))


def stop(
    session: Session, assignment: Assignment, *, by: User, reason: str, note: str, active_seconds: int
) -> int:
    """End an active assignment with pay for the time worked, in minor units; the rest goes back.

    The slot is free again; the person keeps their part in the task and gets no second go at it.  Conflict
    (409) when it is not active, or what `stop_terms` says stands against it.  The caller has locked it.
    """
    terms = stop_terms(session, assignment, active_seconds=active_seconds)
    assignment.move(AssignmentState.STOPPED)
    if terms.refusal:
        raise Conflict(terms.refusal)
    assignment.end_reason, assignment.end_note = reason, note[: policy.NOTE_CHARACTERS]
    end(session, assignment)
    assignment.stopped_on = _ended(assignment).date()
    free_slot(session, assignment.task_id)
    _pay(session, assignment, terms)
    record(session, assignment, "stop", actor_id=by.id, reason=reason)
    set_aside_if_broken(session, assignment)
    publish(
        session,
        AssignmentStopped(
            assignment_id=assignment.id,
            project_id=assignment.project_id,
            user_id=assignment.user_id,
            pay_minor=terms.pay_minor,
        ),
    )
    return terms.pay_minor


def _pay(session: Session, assignment: Assignment, terms: StopTerms) -> None:
    """Post the part pay, the fee on it and the rest, and write the earning beside it."""
    key, pay, fee = f"claim:{assignment.id}:stop", terms.pay_minor, platform_fee(terms.pay_minor)
    ledger.post_all(session, [_entry(assignment, key, pay, fee)])
    payouts.record_earning(
        session,
        Earned(
            user_id=assignment.user_id,
            project_id=assignment.project_id,
            kind=EarningKind.STOP,
            amount_minor=pay,
            ledger_key=key,
            ref_type="assignment",
            ref_id=assignment.id,
            reason=f"Stopped half way after {_minutes(terms.active_seconds)} of active time",
        ),
    )
    look_at_funds(session, assignment)


def _minutes(seconds: int) -> str:
    """`12:05`, however many minutes."""
    return f"{seconds // policy.SECONDS}:{seconds % policy.SECONDS:02d}"


def _entry(assignment: Assignment, key: str, pay: int, fee: int) -> Entry:
    return Entry(
        kind="claim_stop",
        key=key,
        closes=f"claim:{assignment.id}",
        legs=part_pay(assignment, pay, fee),
        ref_type="assignment",
        ref_id=assignment.id,
    )


def part_pay(assignment: Assignment, pay: int, fee: int) -> list[Leg]:
    """A part of what a claim reserved goes to its expert, the fee on it to the platform, the rest back."""
    currency = assignment.project.currency
    reserved = (Kind.PROJECT_RESERVED, assignment.project_id)
    rest = policy.unit_minor(assignment) - pay - fee
    return [
        (reserved, (Kind.EXPERT_PENDING, assignment.user_id), Money(pay, currency)),
        (reserved, (Kind.PLATFORM_REVENUE, PLATFORM), Money(fee, currency)),
        (reserved, (Kind.PROJECT_BUDGET, assignment.project_id), Money(rest, currency)),
    ]


def _ended(assignment: Assignment) -> datetime:
    if assignment.ended_at is None:
        raise RuntimeError("an ended assignment without its end")
    return assignment.ended_at
