"""What a simulation amounts to: every count and sum, read from the tables and books it left behind."""

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from commands.simulation import queries
from marketplace.identity import queries as identity
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import queries as projects

EARNED = (Kind.EXPERT_PENDING, Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)


def project_id(address: str) -> uuid.UUID:
    """The id inside the project's address."""
    found = re.search(r"[0-9a-f-]{36}", address)
    if found is None:
        raise ValueError(address)
    return uuid.UUID(found.group(0))


def counts(session: Session, project: uuid.UUID) -> dict[str, Any]:
    """Tasks, submissions, opinions and verdicts of the project."""
    by_task = queries.opinions(session, project)
    states = queries.submissions_by_state(session, project)
    return {
        "tasks": len(by_task),
        "submissions": sum(number for state, number in states.items() if state != "undone"),
        "submissions_by_state": states,
        "opinions_per_task": {str(n): count for n, count in sorted(Counter(by_task).items())},
        "verdicts": queries.verdicts(session, project),
    }


def money(session: Session, project: uuid.UUID, emails: Sequence[str]) -> dict[str, Any]:
    """Where each cent the company paid in is now, in minor units; `difference` must be 0."""
    found = projects.project(session, project)
    if found is None:
        raise LookupError("the project is not in this database: does the server use another one?")
    people = [user.id for email in emails if (user := identity.by_email(session, email)) is not None]
    deposits = queries.deposited(session, found.company_id)
    payouts, paid = queries.paid_out(session, people)
    reserved = ledger.balance(session, Kind.PROJECT_RESERVED, project)
    earned = {kind.value: sum(ledger.balance(session, kind, who) for who in people) for kind in EARNED}
    wallet = ledger.balance(session, Kind.COMPANY_WALLET, found.company_id)
    budget = ledger.balance(session, Kind.PROJECT_BUDGET, project)
    fees = queries.fees(session, project)
    held = reserved + sum(earned.values())
    return {
        "currency": found.currency,
        "deposits": deposits,
        "payouts": payouts,
        "paid_out": paid,
        "held": held,
        "held_in": {"project_reserved": reserved, **earned},
        "fees": fees,
        "refundable": wallet + budget,
        "refundable_in": {"company_wallet": wallet, "project_budget": budget},
        "difference": deposits - paid - held - fees - wallet - budget,
    }


def judgements(session: Session, project: uuid.UUID, experts: Sequence[str]) -> str:
    """One SHA-256 over who answered what on which task and how it was decided: equal seeds, equal digests.

    What was `seen` stands in the order the page happened to have, and is no judgement.
    """
    number = {
        user.id: place
        for place, email in enumerate(experts)
        if (user := identity.by_email(session, email)) is not None
    }
    rows = sorted(
        json.dumps([task, number.get(author, -1), {**answer, "seen": None}, state], sort_keys=True)
        for task, author, answer, state in queries.answers(session, project)
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
