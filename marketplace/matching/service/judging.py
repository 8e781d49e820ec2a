"""The three questions: why may I, who fits, and (in the claim's transaction) may this person now."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.fields import TIERS
from config.policy import PEOPLE as DAYS
from marketplace.care import queries as care
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.matching import policy, queries
from marketplace.matching.policy import Candidate, Crowd, Eligibility, Known, Past, Rule, settled
from marketplace.matching.queries import Case
from marketplace.matching.service.rules import HOUSE, PEOPLE
from marketplace.projects.models import Project
from marketplace.projects.policy import Plan, read_rules

CONDITIONS = tuple(rule.sql for rule in HOUSE)
ABOUT_PEOPLE = tuple(rule.sql for rule in PEOPLE)


def candidate(session: Session, user: User, expert: Expert) -> Candidate:
    """Read, once, what the rules ask about this person."""
    since = clock.database_now(session) - timedelta(days=DAYS.conflict_days)
    return Candidate(
        user=user,
        expert=expert,
        credentials=experts.verified_of(session, expert.id),
        checked=experts.checked_of(session, expert.id),
        opted_in=care.opted_in(session, user.id),
        company_ids=queries.company_ids(session, user.id, since=since),
        blocks=queries.blocks(session, user.id),
        past=Past(*queries.past(session, user.id)),
        worked_for=queries.companies_worked_for(session, user.id),
    )


def eligibility(
    session: Session, user: User, expert: Expert, project: Project, more: Sequence[Rule] = ()
) -> Eligibility:
    """Judge one person for one job by every rule of the house, and by `more`; writes nothing."""
    person, now, rules = candidate(session, user, expert), clock.database_now(session), [*HOUSE, *more]
    trees = {project.rules_key: read_rules(project.rules)} if project.rules_key else {}
    conditions = tuple(rule.sql for rule in rules)
    said = queries.verdicts(session, expert.id, [project.id], conditions, now=now, trees=trees)
    return _explained(session, (person, now), [project], rules, said)[project.id]


def fits(
    session: Session,
    user: User,
    expert: Expert,
    projects: Sequence[tuple[Project, int]],
    person: Candidate | None = None,
) -> Mapping[uuid.UUID, Eligibility]:
    """The same for a page of `(project, funded answers)`, with a fixed number of statements.

    `person`, when they were read a moment ago, saves reading them again.
    """
    person, now, page = (
        person or candidate(session, user, expert),
        clock.database_now(session),
        [p for p, _ in projects],
    )
    failing = _failing(person, page)
    ids = [project.id for project in page]
    said = queries.verdicts_of_page(session, expert.id, ids, CONDITIONS, now=now, failing=failing)
    return _explained(session, (person, now), page, HOUSE, said)


def eligible_now(
    session: Session, user: User, expert: Expert, person: Candidate | None = None
) -> ColumnElement[bool]:
    """The condition, for statements about projects, that this person may do the job now.

    Companies' rules differ from job to job; each different one is answered once, from facts, before.
    """
    person = person or candidate(session, user, expert)
    failing = _failing(person, queries.rules_of_open_jobs(session))
    who = Case(clock.database_now(session), failing=failing)
    return queries.open_to(expert.id, [rule.sql(who) for rule in HOUSE])


def who_fits(session: Session, plan: Plan, company_id: uuid.UUID) -> Crowd:
    """How many people meet the rules of a project that is still being written; one statement."""
    job = {
        "company_id": company_id,
        "specialty": plan.specialty,
        "tier_rank": TIERS[plan.tier].rank,
        "language": plan.language,
        "language_level": plan.language_level,
        "excluded_countries": ",".join(sorted(plan.excluded_countries)),
        "content_classes": ",".join(sorted(plan.content_classes)),
    }
    tree, now = read_rules(plan.rules), clock.database_now(session)
    fit, active = queries.crowd(session, ABOUT_PEOPLE, tree, now=now, job=job)
    return Crowd(fit, active, verified=TIERS[plan.tier].rank > 0)


def fit_sentence(session: Session, plan: Plan, company_id: uuid.UUID) -> str:
    """The same as the sentences a company reads; never an exact count of a few people."""
    crowd = who_fits(session, plan, company_id)
    return f"{crowd.sentence} {crowd.why}".strip()


def _explained(
    session: Session,
    known: tuple[Candidate, datetime],
    projects: Sequence[Project],
    rules: Sequence[Rule],
    said: Mapping[uuid.UUID, Sequence[bool]],
) -> Mapping[uuid.UUID, Eligibility]:
    """SQL has decided, facts explain."""
    person, now = known
    learned = {learn: learn(session, person, projects) for learn in {rule.learn: None for rule in rules}}
    return {
        project.id: Eligibility(
            tuple(
                settled(
                    rule.explain(Known(person, project, now, learned[rule.learn].get(project.id))),
                    said=answer,
                )
                for rule, answer in zip(rules, said[project.id], strict=True)
            )
        )
        for project in projects
    }


def _failing(person: Candidate, jobs: Iterable[Any]) -> list[str]:
    """The keys of companies' rules that the person does not meet; each different one answered once."""
    asked = {job.rules_key: job for job in jobs if job.rules_key}
    return [key for key, job in asked.items() if not policy.meets(person, job, read_rules(job.rules))]
