"""Claiming: a slot, the money for it and the deadline, in one transaction."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications.models import Engagement
from marketplace.audit import service as audit
from marketplace.care import policy as care_policy
from marketplace.care import queries as care_queries
from marketplace.care import service as care
from marketplace.companies import queries as companies
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.errors import Conflict, Refusal
from marketplace.projects import queries as projects
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.policy import is_over
from workspace.queue import policy, queries
from workspace.queue.errors import BudgetUsedUp, NotEligible, NothingToDo, PauseFirst
from workspace.queue.models import LEFT, Assignment, AssignmentState, TaskState
from workspace.queue.service.cancelling import cancel_held
from workspace.queue.service.endings import release
from workspace.queue.service.flagging import set_aside_if_broken
from workspace.queue.service.rules import NOTHING_FREE, admission
from workspace.queue.service.taking import USED_UP, Claimant, ask_for_check, take

# what is no fault of the person is a refusal of its own; the first of these that is unmet, if nothing else is
_REFUSALS: Mapping[str, type[Conflict]] = {
    "exposure": PauseFirst,
    "funded": BudgetUsedUp,
    "not_seen": NothingToDo,
}
_FIRST = ("engagement", "terms")  # said before everything else
TAKEN = f"Somebody else has taken this task. Your text is kept for {WORK.draft_kept_days} days."


def start(
    session: Session, *, user: User, expert: Expert, engagement: Engagement | None, project: Project
) -> Assignment | Refusal:
    """Claim; a used-up budget is returned, not raised, so that the pause it asks for is kept."""
    if engagement is None:
        raise NotEligible("Join this project first.")
    try:
        return claim(session, user=user, expert=expert, engagement=engagement, project=project)
    except BudgetUsedUp as refusal:
        ask_for_check(session, project, key=f"refused:{ids.new_id()}")
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
        raise NothingToDo(NOTHING_FREE)
    return take(session, who, task, AssignmentState.ACTIVE)


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
    who = _admit(session, user, ended.expert, ended.engagement, ended.project, but={"not_seen"})
    task = queries.task_for(session, ended.task_id, ended.user_id)
    if task is None:
        raise NothingToDo(TAKEN)
    return take(session, who, task, AssignmentState.ACTIVE)


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
        ask_for_check(session, project, key=f"refused:{ids.new_id()}")
    except (NotEligible, NothingToDo):
        pass
    return None


def hold_next(session: Session, current: Assignment) -> Assignment | None:
    """Hold the next task of the same project ahead, one at a time; None when that is not possible now."""
    queries.lock_expert(session, current.expert_id)
    if (held := queries.held_of(session, current.user_id)) is not None:
        return held
    if policy.is_paused(current, clock.database_now(session)):
        return None
    try:
        who = _admit(
            session,
            current.expert.user,
            current.expert,
            current.engagement,
            current.project,
            but={"one_at_a_time", "not_seen"},
        )
        task = queries.next_available(session, current.project_id, current.user_id)
        return take(session, who, task, AssignmentState.HELD, current.expires_at) if task else None
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
    set_aside_if_broken(session, assignment)
    return go_on(session, assignment)


def open_held(session: Session, held: Assignment) -> Assignment:
    """Begin the task held ahead: its deadline starts now.

    The task is locked first: a withdrawal counts whoever began before it, and nobody begins after it.
    Conflict (409) when it is not held any more, another task of the project is open, or its person has
    joined the company since.
    """
    if held.state is not AssignmentState.HELD:
        raise Conflict("This task is not held for you any more.")
    if queries.lock_task(session, held.task_id).state is TaskState.WITHDRAWN:
        raise Conflict("The company has withdrawn this task. Nothing was begun; look for another one.")
    if companies.was_member(session, held.user_id, held.project.company_id):
        raise NotEligible("You belong to this company, or left it less than a year ago.")
    if queries.active_of(session, held.user_id, held.project_id) is not None:
        raise Conflict("You have another task of this project open. Submit or skip it first.")
    if closed := care_policy.closed(held.project.classes, care_queries.opted_in(session, held.user_id)):
        raise NotEligible(closed)
    _refuse_tired(session, held.expert.user, held.project)
    held.move(AssignmentState.ACTIVE)
    now = clock.database_now(session)
    held.claimed_at, held.expires_at = now, now + policy.length(held.minutes)
    audit.record(
        session,
        "expert:assignment:open",
        actor_id=held.user_id,
        subject_type="assignment",
        subject_id=held.id,
    )
    return held


def _usable_held(session: Session, user: User, project: Project) -> Assignment | None:
    held = queries.held_of(session, user.id)
    if held is None or held.project_id != project.id:
        return None
    if queries.lock_task(session, held.task_id).state is TaskState.WITHDRAWN:
        cancel_held(session, held)
        return None
    if policy.is_overdue(held, clock.database_now(session)):
        release(session, held, by=None, reason=LEFT)
        return None
    return held


def _admit(
    session: Session,
    user: User,
    expert: Expert,
    engagement: Engagement,
    project: Project,
    *,
    but: Collection[str] = (),
) -> Claimant:
    """Every rule that stands between a person and a claim, judged in the claim's own transaction."""
    if project.state is not ProjectState.OPEN or is_over(project, clock.database_now(session)):
        raise NotEligible("This job takes no new work at the moment.")
    unmet = {rule.rule: rule.reason for rule in admission(session, user, expert, project, but=but).failed}
    for rule, refusal in _REFUSALS.items():
        if unmet and set(unmet) <= {*_REFUSALS} and rule in unmet:
            raise refusal(USED_UP if rule == "funded" else unmet[rule])
    if unmet:
        raise NotEligible(next(unmet[rule] for rule in (*_FIRST, *unmet) if rule in unmet))
    guideline = projects.current_guideline(session, project.id)
    if guideline is None:
        raise NotEligible("This job takes no new work at the moment.")
    engagement.looked_at = clock.database_now(session)
    return Claimant(user, expert, engagement, project, guideline)


def _refuse_tired(session: Session, user: User, project: Project) -> None:
    """Nothing more with sensitive content today, or before the pause is over; by the database clock."""
    if project.classes:
        state = care.standing(session, user.id)
        if state.until is not None:
            raise PauseFirst(care_policy.sentence(state))
