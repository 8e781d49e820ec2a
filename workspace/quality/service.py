"""Counting, once a night, what each company's past work says about it."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.applications import queries as applications
from marketplace.kit import clock
from marketplace.ledger import queries as ledger
from marketplace.outbox import service as outbox
from marketplace.reputation import service as reputation
from workspace.quality import queries
from workspace.quality.policy import companies

LAST = 5_000  # decisions that count: old ones say little about how a company works now


def count_companies(session: Session, payload: Mapping[str, Any]) -> None:
    """Promise a count of every company that decided on work or on applicants, once a day each."""
    today = clock.database_now(session).date().isoformat()
    known = {*queries.companies_with_work(session), *queries.companies_that_ended(session)}
    known |= {*applications.companies_that_choose(session)}
    for company_id in sorted(known):
        outbox.send(
            session,
            "quality.count_company",
            key=f"count-company:{company_id}:{today}",
            company_id=str(company_id),
        )


def _paid(session: Session, company_id: uuid.UUID) -> tuple[int, int]:
    """How many pieces of work were paid, and what experts got for them and as bonuses, in minor units."""
    projects = queries.projects_of(company_id)
    count, minor = ledger.paid_from(session, projects, queries.PAY)
    return count, minor + ledger.paid_from(session, projects, queries.BONUSES)[1]


def count_company(session: Session, payload: Mapping[str, Any]) -> None:
    """Write what the company's last decisions say; safe to repeat."""
    company_id = uuid.UUID(payload["company_id"])
    found = queries.decisions(session, company_id, at_most=LAST)
    answers = applications.answers_of(session, company_id)
    figures = companies.figures(
        found,
        answers,
        paid=_paid(session, company_id),
        tasks=queries.tasks_of_ended(session, company_id),
    )
    reputation.write_company(session, company_id, figures=figures)
