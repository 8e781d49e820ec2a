"""The rules this room adds to those of the house: the right to work, what was agreed to, and tries."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import queries
from marketplace.applications.models import EngagementState
from marketplace.matching.policy import Candidate, Fix, Known, Rule, RuleResult
from marketplace.projects.models import Project

_STOPPED = {
    EngagementState.SUSPENDED: "Your work on this project is suspended. What you earned is still paid.",
    EngagementState.REVOKED: "You cannot work on this project any more. What you earned is still paid.",
}


def _engagements(
    session: Session, person: Candidate, projects: Sequence[Project]
) -> Mapping[uuid.UUID, queries.Agreed]:
    return queries.engagements_at(session, person.expert.id, [project.id for project in projects])


def _tries(session: Session, person: Candidate, projects: Sequence[Project]) -> Mapping[uuid.UUID, object]:
    return queries.failed_tries(session, person.expert.id, [project.id for project in projects])


def engagement(known: Known) -> RuleResult:
    """An offer was accepted and nothing has ended it."""
    state = known.learned.state if known.learned else None
    if state is EngagementState.ACTIVE:
        return RuleResult("engagement", passed=True, reason="You have joined this project.")
    if state in _STOPPED:
        return RuleResult("engagement", passed=False, reason=_STOPPED[state])
    fix = Fix("Apply", f"/jobs/{known.project.slug}")
    return RuleResult("engagement", passed=False, reason="Join this project first.", fix=fix)


def terms(known: Known) -> RuleResult:
    """Today's terms are signed and the newest guideline version is acknowledged."""
    agreed, page = known.learned, f"/jobs/{known.project.slug}"
    if agreed is None or agreed.state is not EngagementState.ACTIVE:
        reason, fix = (
            "The terms are signed and the guideline is read when you join.",
            Fix("See the job", page),
        )
    elif not agreed.signed:
        reason = "The terms have a new version. Read and sign it before your next task."
        fix = Fix("Read and sign", f"{page}/terms")
    elif not agreed.read:
        reason = "The guideline has a new version. Read and accept it, then start."
        fix = Fix("Read it", page)
    else:
        return RuleResult("terms", passed=True, reason="Signed, and the guideline is read.")
    return RuleResult("terms", passed=False, reason=reason, fix=fix)


def retry(known: Known) -> RuleResult:
    """Choices lost: some days between two tries, and not without end.  Screenings have their own rule."""
    count, last = known.learned or (0, None)
    if count >= WORK.tries_maximum:
        return RuleResult(
            "retry",
            passed=False,
            reason=f"You have tried {count} times, which is all there are.",
        )
    again = last + timedelta(days=WORK.retry_days) if last else None
    if again is not None and again > known.now:
        day = f"{again.day} {again:%B %Y}"
        return RuleResult("retry", passed=False, reason=f"You can try again on {day}.")
    return RuleResult("retry", passed=True, reason="You may try now.")


ENGAGEMENT = Rule("engagement", queries.is_engaged, engagement, _engagements)
TERMS = Rule("terms", queries.has_agreed, terms, _engagements)
RETRY = Rule("retry", queries.may_try, retry, _tries)
RULES = (ENGAGEMENT, TERMS, RETRY)
