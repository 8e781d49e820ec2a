"""Who may do which job, and why: shown on the board, and binding when work is claimed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.care import queries as care
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.matching import policy, queries
from marketplace.matching.policy import Candidate, Eligibility
from marketplace.projects.models import Project


def candidate(session: Session, user: User, expert: Expert) -> Candidate:
    """Read, once, what the rules ask about this person."""
    since = clock.database_now(session) - timedelta(days=PEOPLE.conflict_days)
    return Candidate(
        user=user,
        expert=expert,
        credentials=experts.verified_of(session, expert.id),
        opted_in=care.opted_in(session, user.id),
        company_ids=queries.company_ids(session, user.id, since=since),
    )


def eligibility(session: Session, user: User, expert: Expert, project: Project) -> Eligibility:
    """Judge one person for one job by every rule of the house; writes nothing."""
    return policy.judge(
        candidate(session, user, expert),
        project,
        budget_minor=ledger.balance(session, Kind.PROJECT_BUDGET, project.id),
        now=clock.database_now(session),
    )


def fits(
    session: Session, user: User, expert: Expert, projects: Sequence[tuple[Project, int]]
) -> Mapping[uuid.UUID, Eligibility]:
    """The same for a page of `(project, budget in minor units)`, with a fixed number of statements."""
    person, now = candidate(session, user, expert), clock.database_now(session)
    return {
        project.id: policy.judge(person, project, budget_minor=budget_minor, now=now)
        for project, budget_minor in projects
    }
