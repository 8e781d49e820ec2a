"""Every rule of a claim, judged by the one engine: of the house, of the engagement, and of the queue."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import service as applications
from marketplace.care import policy as care_policy
from marketplace.care import service as care
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.money import BASIS
from marketplace.matching import service as matching
from marketplace.matching.policy import Candidate, Eligibility, Fix, Known, Rule, RuleResult
from marketplace.projects.models import Project
from marketplace.projects.policy import read_rules
from workspace.queue.queries import rules as sql
from workspace.queue.queries.rules import Share

NOTHING_FREE = "No task is free for you here right now. Look again later, or open another job."
_OTHER = Fix("Find another job", "/jobs")
_NEW = Share(0, 0, others_wait=False, is_working=False, finds_a_task=False)


def admission(
    session: Session, user: User, expert: Expert, project: Project, *, but: Collection[str] = ()
) -> Eligibility:
    """Every rule between this person and a claim, ticked; `but` are names of rules that do not bind here."""
    more = [rule for rule in (*applications.RULES, *QUEUE) if rule.name not in but]
    judged = matching.eligibility(session, user, expert, project, more)
    return Eligibility((*judged.rules, _exposure(session, user))) if project.classes else judged


def stops(session: Session, user: User, expert: Expert, project: Project) -> Sequence[RuleResult]:
    """What stands between somebody who has joined and their next task, beside the rules of the house."""
    house = {rule.name for rule in matching.HOUSE} | {"retry"}  # the job's page ticks these itself
    return [tick for tick in admission(session, user, expert, project).failed if tick.rule not in house]


def _shares(session: Session, person: Candidate, projects: Sequence[Project]) -> Mapping[uuid.UUID, Share]:
    trees = {project.rules_key: read_rules(project.rules) for project in projects if project.rules_key}
    ids = [project.id for project in projects]
    return sql.shares(session, person.expert.id, ids, now=clock.database_now(session), trees=trees)


def _not_seen(known: Known) -> RuleResult:
    if _share(known).finds_a_task:
        return RuleResult("not_seen", passed=True, reason="There is a task here you have not seen.")
    return RuleResult("not_seen", passed=False, reason=NOTHING_FREE, fix=_OTHER)


def _one_at_a_time(known: Known) -> RuleResult:
    if not _share(known).is_working:
        return RuleResult("one_at_a_time", passed=True, reason="You have no other task of this project open.")
    return RuleResult(
        "one_at_a_time",
        passed=False,
        reason="You have another task of this project open. Finish or skip it first.",
        fix=Fix("Go to it", "/tasks"),
    )


def _quota(known: Known) -> RuleResult:
    quota, own = known.project.quota, _share(known).own
    if quota is None or own < quota:
        reason = "Take as many tasks as you like." if quota is None else f"{own} of your {quota} tasks taken."
        return RuleResult("quota", passed=True, reason=reason)
    tasks = "one task" if quota == 1 else f"{quota} tasks"
    return RuleResult(
        "quota", passed=False, reason=f"The company lets each expert take {tasks}. You have.", fix=_OTHER
    )


def _fair_share(known: Known) -> RuleResult:
    share = _share(known)
    under = share.own < WORK.fair_share_floor or share.own * BASIS < share.opinions * WORK.fair_share_bps
    if under or not share.others_wait:
        return RuleResult("fair_share", passed=True, reason="Your share leaves enough for others.")
    return RuleResult(
        "fair_share",
        passed=False,
        reason=f"You have taken {share.own} tasks, {WORK.fair_share_bps * 100 // BASIS} % of this "
        "project or more, and others wait. You can go on when they have had their turn, "
        f"or when nobody has come for work for {WORK.fair_share_minutes} minutes.",
        fix=_OTHER,
    )


def _exposure(session: Session, user: User) -> RuleResult:
    """Nothing more with sensitive content today, or before the pause is over."""
    state = care.standing(session, user.id)
    if state.until is None:
        return RuleResult("exposure", passed=True, reason="There is time left for sensitive content.")
    fix = Fix("When it goes on", "/pause")
    return RuleResult("exposure", passed=False, reason=care_policy.sentence(state), fix=fix)


def _share(known: Known) -> Share:
    share: Share = known.learned or _NEW
    return share


QUEUE = (
    Rule("not_seen", sql.not_seen, _not_seen, _shares),
    Rule("one_at_a_time", sql.one_at_a_time, _one_at_a_time, _shares),
    Rule("quota", sql.within_quota, _quota, _shares),
    Rule("fair_share", sql.fair_share, _fair_share, _shares),
)
