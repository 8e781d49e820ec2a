"""The three questions: why may I, who fits, and (in the claim's transaction) may this person now."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

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
from marketplace.projects.policy import Plan, read_rules, rules_key


def candidate(session: Session, user: User, expert: Expert) -> Candidate:
    """Read, once, what the rules ask about this person."""
    since = clock.database_now(session) - timedelta(days=DAYS.conflict_days)
    return Candidate(
        user=user,
        expert=expert,
        credentials=experts.verified_of(session, expert.id),
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
    return _judge(session, candidate(session, user, expert), [project], [*HOUSE, *more])[project.id]


def fits(
    session: Session, user: User, expert: Expert, projects: Sequence[tuple[Project, int]]
) -> Mapping[uuid.UUID, Eligibility]:
    """The same for a page of `(project, budget in minor units)`, with a fixed number of statements."""
    return _judge(session, candidate(session, user, expert), [project for project, _ in projects], HOUSE)


def eligible_now(session: Session, user: User, expert: Expert) -> ColumnElement[bool]:
    """The condition, for statements about projects, that this person may do the job now.

    Companies' rules differ from job to job; each different one is answered once, from facts, before.
    """
    person = candidate(session, user, expert)
    failing = [
        row.rules_key
        for row in queries.rules_of_open_jobs(session)
        if not policy.meets(person, row, read_rules(row.rules))
    ]
    who = Case(clock.database_now(session), failing=failing)
    return queries.open_to(expert.id, [rule.sql(who) for rule in HOUSE])


def who_fits(session: Session, plan: Plan, company_id: uuid.UUID) -> Crowd:
    """How many people meet the rules of a project that is still being written; one statement."""
    tree = read_rules(plan.rules)
    key = rules_key(tree, specialty=plan.specialty, level=plan.language_level, company_id=company_id)
    job = queries.typed(
        company_id=company_id,
        specialty=plan.specialty,
        tier_rank=TIERS[plan.tier].rank,
        language=plan.language,
        language_level=plan.language_level,
        excluded_countries=",".join(sorted(plan.excluded_countries)),
        content_classes=",".join(sorted(plan.content_classes)),
        rules_key=key,
    )
    who = Case(clock.database_now(session), job=job, trees={key: tree} if key else {})
    fit, active = queries.crowd(session, who, [rule.sql(who) for rule in PEOPLE])
    return Crowd(fit, active, verified=TIERS[plan.tier].rank > 0)


def fit_sentence(session: Session, plan: Plan, company_id: uuid.UUID) -> str:
    """The same as the sentence a company reads; never an exact count of a few people."""
    return who_fits(session, plan, company_id).sentence


def _judge(
    session: Session, person: Candidate, projects: Sequence[Project], rules: Sequence[Rule]
) -> Mapping[uuid.UUID, Eligibility]:
    """SQL decides, facts explain."""
    now = clock.database_now(session)
    who = _case(person, projects, now)
    said = queries.verdicts(
        session, person.expert.id, [project.id for project in projects], [rule.sql(who) for rule in rules]
    )
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


def _case(person: Candidate, projects: Sequence[Project], now: datetime) -> Case:
    """One job: its rules as SQL.  A page of jobs: each different rule answered from facts."""
    asked = {project.rules_key: project for project in projects if project.rules_key}
    if len(projects) == 1:
        return Case(now, trees={key: read_rules(project.rules) for key, project in asked.items()})
    failing = [
        key for key, project in asked.items() if not policy.meets(person, project, read_rules(project.rules))
    ]
    return Case(now, failing=failing)
