"""Claiming: a slot, the money for it and the deadline, in one transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.applications.models import Engagement, EngagementState
from marketplace.audit import service as audit
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, Refusal
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.matching import service as matching
from marketplace.outbox import service as outbox
from marketplace.projects import queries as projects
from marketplace.projects.models import GuidelineVersion, Project, ProjectState
from workspace.queue import policy, queries
from workspace.queue.errors import BudgetUsedUp, NotEligible, NothingToDo
from workspace.queue.events import TaskClaimed
from workspace.queue.models import LEFT, Assignment, AssignmentState, Part, Task, TaskPart
from workspace.queue.service.endings import release

USED_UP = "The budget is used up. You can start again when the company has added funds."


@dataclass(frozen=True, slots=True)
class _Claimant:
    """Who claims, where, and under which version of the guideline."""

    user: User
    expert: Expert
    engagement: Engagement
    project: Project
    guideline: GuidelineVersion


def start(
    session: Session, *, user: User, expert: Expert, engagement: Engagement | None, project: Project
) -> Assignment | Refusal:
    """Claim; a used-up budget is returned, not raised, so that the pause it asks for is kept."""
    if engagement is None:
        raise NotEligible("Join this project first.")
    try:
        return claim(session, user=user, expert=expert, engagement=engagement, project=project)
    except BudgetUsedUp as refusal:
        _ask_for_check(session, project, key=f"refused:{ids.new_id()}")
        return refusal


def claim(
    session: Session, *, user: User, expert: Expert, engagement: Engagement, project: Project
) -> Assignment:
    """Give the expert a task of the project to work on, its money reserved and its terms frozen.

    The active assignment if there is one, else the task held ahead, else the next free task.  Conflict (409):
    a rule stands against it, nothing is free, or the budget is used up.
    """
    queries.lock_expert(session, expert.id)
    if (active := queries.active_of(session, user.id, project.id)) is not None:
        return active
    if (held := _usable_held(session, user, project)) is not None:
        return open_held(session, held)
    who = _admit(session, user, expert, engagement, project)
    task = queries.next_available(session, project.id, user.id)
    if task is None:
        raise NothingToDo("No task is free for you here right now. Look again later, or open another job.")
    return _take(session, who, task, AssignmentState.ACTIVE)


def claim_again(session: Session, ended: Assignment) -> Assignment:
    """Claim the task of an assignment whose time ran out once more; its draft comes with it.

    Conflict (409) when somebody else has taken it, or a rule stands against it.
    """
    queries.lock_expert(session, ended.expert_id)
    active = queries.active_of(session, ended.user_id, ended.project_id)
    if active is not None:
        if active.task_id == ended.task_id:
            return active
        raise Conflict("You have another task of this project open. Finish or skip it first.")
    user = ended.expert.user
    who = _admit(session, user, ended.expert, ended.engagement, ended.project)
    task = queries.task_for(session, ended.task_id, ended.user_id)
    if task is None:
        raise NothingToDo("Somebody else has taken this task. Your text is kept for 30 days.")
    return _take(session, who, task, AssignmentState.ACTIVE)


def go_on(session: Session, ended: Assignment) -> Assignment | None:
    """Claim the next task of the same project for the same expert; None when that is not possible now."""
    project = ended.project
    try:
        return claim(
            session,
            user=ended.expert.user,
            expert=ended.expert,
            engagement=ended.engagement,
            project=project,
        )
    except BudgetUsedUp:
        _ask_for_check(session, project, key=f"refused:{ids.new_id()}")
    except (NotEligible, NothingToDo):
        pass
    return None


def hold_next(session: Session, current: Assignment) -> Assignment | None:
    """Hold the next task of the same project ahead, one at a time; None when that is not possible now."""
    queries.lock_expert(session, current.expert_id)
    if (held := queries.held_of(session, current.user_id)) is not None:
        return held
    try:
        who = _admit(session, current.expert.user, current.expert, current.engagement, current.project)
        task = queries.next_available(session, current.project_id, current.user_id)
        return _take(session, who, task, AssignmentState.HELD, current.expires_at) if task else None
    except (BudgetUsedUp, NotEligible):
        return None


def skip(
    session: Session, assignment: Assignment, *, by: User, reason: str, note: str = ""
) -> Assignment | None:
    """Give the task back with a reason, then go on to another one of the project, if there is one.

    A skipped task is not offered to the same person again.  Conflict (409) when it is not in hand any more.
    """
    release(session, assignment, by=by, reason=reason, note=note)
    session.flush()  # the unique index allows one active row: this one must go before the next comes
    return go_on(session, assignment)


def open_held(session: Session, held: Assignment) -> Assignment:
    """Begin the task held ahead: its deadline starts now.

    Conflict (409) when it is not held any more, or another task of the project is open.
    """
    if held.state is not AssignmentState.HELD:
        raise Conflict("This task is not held for you any more.")
    if queries.active_of(session, held.user_id, held.project_id) is not None:
        raise Conflict("You have another task of this project open. Submit or skip it first.")
    held.move(AssignmentState.ACTIVE)
    now = clock.database_now(session)
    held.claimed_at, held.expires_at = now, now + policy.length(held.minutes)
    audit.record(
        session,
        "queue:assignment:opened",
        actor_id=held.user_id,
        subject_type="assignment",
        subject_id=held.id,
    )
    return held


def _usable_held(session: Session, user: User, project: Project) -> Assignment | None:
    held = queries.held_of(session, user.id)
    if held is None or held.project_id != project.id:
        return None
    if policy.is_overdue(held, clock.database_now(session)):
        release(session, held, by=None, reason=LEFT)
        return None
    return held


def _admit(
    session: Session, user: User, expert: Expert, engagement: Engagement, project: Project
) -> _Claimant:
    """Every rule that stands between a person and a claim, judged in the claim's own transaction."""
    if project.state is not ProjectState.OPEN:
        raise NotEligible("This job takes no new work at the moment.")
    if engagement.state is not EngagementState.ACTIVE:
        raise NotEligible("You cannot work on this project at the moment. Open your application to see why.")
    guideline = projects.current_guideline(session, project.id)
    if guideline is None or guideline.id != engagement.acknowledged_id:
        raise NotEligible("The guideline has a new version. Read and accept it, then start.")
    verdict = matching.eligibility(session, user, expert, project)
    unmet = [rule for rule in verdict.rules if not rule.passed]
    if unmet and all(rule.rule == "funded" for rule in unmet):
        raise BudgetUsedUp(USED_UP)
    if unmet:
        raise NotEligible(unmet[0].reason)
    return _Claimant(user, expert, engagement, project, guideline)


def _take(
    session: Session,
    who: _Claimant,
    task: Task,
    state: AssignmentState,
    current_ends_at: datetime | None = None,
) -> Assignment:
    """Money first: when it is refused, nothing else has been written.  The task is locked already."""
    assignment_id = ids.new_id()
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
    session.flush()  # the fact's listeners write rows that refer to this one
    _announce(session, assignment)
    return assignment


def _frozen(
    who: _Claimant,
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
        _ask_for_check(session, project, key=f"claimed:{assignment_id}")


def _ask_for_check(session: Session, project: Project, *, key: str) -> None:
    """Let the project pause if its budget covers no further claim."""
    outbox.send(session, "projects.check_funds", key=f"check_funds:{key}", project_id=str(project.id))


def _announce(session: Session, assignment: Assignment) -> None:
    audit.record(
        session,
        f"queue:assignment:{'claimed' if assignment.state is AssignmentState.ACTIVE else 'held'}",
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
