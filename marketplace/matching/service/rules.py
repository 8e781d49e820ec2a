"""The rules of the house: each condition beside its words, in the order people read them (domain.md 6.2)."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.matching.policy import Candidate, Rule, companies, house
from marketplace.matching.queries import companies as company_sql
from marketplace.matching.queries import rules as sql
from marketplace.projects.models import Project


def _budgets(session: Session, person: Candidate, projects: Sequence[Project]) -> Mapping[uuid.UUID, int]:
    found = ledger.balances(session, [(Kind.PROJECT_BUDGET, project.id) for project in projects])
    return {owner_id: minor for (_, owner_id), minor in found.items()}


PEOPLE = (
    Rule("user_active", sql.user_active, lambda known: house.user_active(known.person.user)),
    Rule(
        "credential",
        sql.credential,
        lambda known: house.credential(known.person.credentials, known.project, checked=known.person.checked),
    ),
    Rule(
        "tier",
        sql.tier,
        lambda known: house.tier(known.person.credentials, known.project, checked=known.person.checked),
    ),
    Rule("language", sql.language, lambda known: house.language(known.person.expert, known.project)),
    Rule("country", sql.country, lambda known: house.country(known.person.expert, known.project)),
    Rule("content", sql.content, lambda known: house.content(known.person.opted_in, known.project)),
    Rule(
        "not_company",
        sql.not_company,
        lambda known: house.not_company(known.person.company_ids, known.project),
    ),
    Rule("not_blocked", sql.not_blocked, lambda known: house.not_blocked(known.person.blocks, known.project)),
    Rule("company", company_sql.company, lambda known: companies.company(known.person, known.project)),
)
FUNDED = Rule(
    "funded",
    sql.funded,
    lambda known: house.funded(known.project, budget_minor=known.learned or 0, now=known.now),
    _budgets,
)
HOUSE = (*PEOPLE, FUNDED)
