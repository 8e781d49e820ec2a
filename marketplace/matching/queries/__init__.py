"""The rules as statements, and what their words need to know about people."""

from marketplace.matching.queries.cases import Case, TypedJob, somebody_else, typed
from marketplace.matching.queries.eligible import crowd, open_to, verdicts
from marketplace.matching.queries.people import (
    blocks,
    companies_worked_for,
    company_ids,
    past,
    rules_of_open_jobs,
)

__all__ = [
    "Case",
    "TypedJob",
    "blocks",
    "companies_worked_for",
    "company_ids",
    "crowd",
    "open_to",
    "past",
    "rules_of_open_jobs",
    "somebody_else",
    "typed",
    "verdicts",
]
