"""What a claim writes: the money, the slot, the part, the frozen terms."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.applications.models import Engagement
from marketplace.audit import service as audit
from marketplace.care import service as care
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.outbox import service as outbox
from marketplace.projects import queries as projects
from marketplace.projects.models import GuidelineVersion, Project
from workspace.queue import policy, queries
from workspace.queue.errors import BudgetUsedUp
from workspace.queue.events import TaskClaimed
from workspace.queue.models import Assignment, AssignmentState, Part, Task, TaskPart

USED_UP = "The budget is used up. You can start again when the company has added funds."


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims, where, and under which version of the guideline."""

    user: User
    expert: Expert
    engagement: Engagement
    project: Project
    guideline: GuidelineVersion


def take(
    session: Session,
    who: Claimant,
    task: Task,
    state: AssignmentState,
    current_ends_at: datetime | None = None,
) -> Assignment:
    """Money first: when it is refused, nothing else has been written.  The task is locked already."""
    assignment_id = ids.new_id()
    projects.lock_answers(session, who.project.id)  # before the ledger's accounts, as everywhere
    _reserve(session, who.project, assignment_id)
    if not queries.take_slot(session, task):
        raise Conflict("Somebody else took this task a moment ago. Try again.")
    if not insert_once(session, TaskPart, task_id=task.id, user_id=who.user.id, part=Part.AUTHOR):
        raise Conflict("You already have a part in this task. Try again for another one.")
    now = clock.database_now(session)
    if current_ends_at is None:
        expires_at = now + policy.length(who.project.minutes)
    else:
        expires_at = current_ends_at + policy.HELD
    assignment = _frozen(who, task, assignment_id, state=state, now=now, expires_at=expires_at)
    session.add(assignment)
    if who.project.classes and state is AssignmentState.ACTIVE:
        care.expose(session, who.user.id)
    session.flush()  # the fact's listeners write rows that refer to this one
    _announce(session, assignment)
    return assignment


def ask_for_check(session: Session, project: Project, *, key: str) -> None:
    """Let the project pause if its budget covers no further claim."""
    outbox.send(session, "projects.check_funds", key=f"check_funds:{key}", project_id=str(project.id))


def _frozen(
    who: Claimant,
    task: Task,
    assignment_id: uuid.UUID,
    *,
    state: AssignmentState,
    now: datetime,
    expires_at: datetime,
) -> Assignment:
    project = who.project
    return Assignment(
        id=assignment_id,
        task=task,
        project=project,
        expert=who.expert,
        user_id=who.user.id,
        engagement=who.engagement,
        guideline=who.guideline,
        price_minor=project.price_minor,
        fee_minor=project.fee_minor,
        review_fee_minor=project.review_fee_minor,
        pay_rule_sha256=policy.PAY_RULE_SHA256,
        minutes=project.minutes,
        display_seed=ids.seed(),
        state=state,
        claimed_at=now,
        expires_at=expires_at,
    )


def _reserve(session: Session, project: Project, assignment_id: uuid.UUID) -> None:
    """Set the unit aside: the ledger's CHECK, not a lock on the project, says when the budget is used up."""
    budget, reserved = (Kind.PROJECT_BUDGET, project.id), (Kind.PROJECT_RESERVED, project.id)
    entry = Entry(
        kind="claim_reserve",
        key=f"claim:{assignment_id}:reserve",
        legs=[(budget, reserved, Money(project.unit_minor, project.currency))],
        ref_type="assignment",
        ref_id=assignment_id,
    )
    try:
        ledger.post_all(session, [entry])
    except Overdraft as short:
        raise BudgetUsedUp(USED_UP) from short
    if balances.balance(session, *budget) < project.unit_minor:
        ask_for_check(session, project, key=f"claimed:{assignment_id}")


def _announce(session: Session, assignment: Assignment) -> None:
    audit.record(
        session,
        "expert:assignment:claim" if assignment.state is AssignmentState.ACTIVE else "expert:assignment:hold",
        actor_id=assignment.user_id,
        subject_type="assignment",
        subject_id=assignment.id,
        task_id=str(assignment.task_id),
        price_minor=assignment.price_minor,
    )
    publish(
        session,
        TaskClaimed(
            assignment_id=assignment.id,
            task_id=assignment.task_id,
            project_id=assignment.project_id,
            user_id=assignment.user_id,
        ),
    )
