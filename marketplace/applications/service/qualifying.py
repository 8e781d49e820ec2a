"""The rule `screening`: a job that asks for one takes whoever passed it or can take it now."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.applications import policy, queries
from marketplace.applications.queries import Asked
from marketplace.kit import clock
from marketplace.matching.policy import Candidate, Fix, Known, Rule, RuleResult
from marketplace.projects.models import Project

ELSEWHERE = "You have this screening open for another job. Finish it first: a pass counts here too."


def _asked(session: Session, person: Candidate, projects: Sequence[Project]) -> Mapping[uuid.UUID, Asked]:
    ids = [project.id for project in projects]
    return queries.asked(session, person.expert, ids, clock.database_now(session))


def screening(known: Known) -> RuleResult:
    """Passed, or to be had now; somebody who works there already is not asked again."""
    asked: Asked | None = known.learned
    if asked is None:
        return RuleResult("screening", passed=True, reason="This job asks for none.")
    if asked.has_pass:
        return RuleResult("screening", passed=True, reason="You have passed it.")
    if asked.has_joined:
        return RuleResult("screening", passed=True, reason="You joined before it was asked for.")
    if why := policy.why_not_yet(asked.last, known.now):
        return RuleResult("screening", passed=False, reason=why)
    if asked.open_project_id not in {None, known.project.id}:
        fix = Fix("Go to it", f"/screenings/{asked.open_id}")
        return RuleResult("screening", passed=False, reason=ELSEWHERE, fix=fix)
    return RuleResult("screening", passed=True, reason="A paid one comes before the offer.")


SCREENING = Rule("screening", queries.may_be_screened, screening, _asked)
