"""Funds that run low: said once, and again after there was enough meanwhile."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing import queries
from marketplace.billing.events import FundsLow
from marketplace.billing.models import FundsAlert
from marketplace.billing.queries import Budget
from marketplace.kit.database import insert_once
from marketplace.kit.events import publish
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind


@dataclass(frozen=True, slots=True)
class _Owner:
    """A budget or a wallet; `answers` is None for a wallet."""

    id: uuid.UUID
    company_id: uuid.UUID
    held_minor: int
    answers: int | None
    is_low: bool


def look_for_low_funds(session: Session) -> None:
    """Tell companies which open projects, or which wallet behind them, will soon be empty."""
    after: uuid.UUID | None = None
    while found := queries.open_budgets(session, after=after):
        _look(session, [*_projects(found), *_wallets(session, found)])
        after = found[-1].project.id


def _projects(found: Sequence[Budget]) -> Iterator[_Owner]:
    for one in found:
        project = one.project
        yield _Owner(project.id, project.company_id, one.budget_minor, one.answers, one.is_low)


def _wallets(session: Session, found: Sequence[Budget]) -> Iterator[_Owner]:
    companies = {one.project.company_id for one in found}
    held = ledger.balances(session, [(Kind.COMPANY_WALLET, company_id) for company_id in companies])
    for (_, company_id), minor in held.items():
        yield _Owner(company_id, company_id, minor, None, minor < MONEY.low_wallet_minor)


def _look(session: Session, owners: Sequence[_Owner]) -> None:
    said = queries.alerted(session, [one.id for one in owners])
    if enough := [one.id for one in owners if one.id in said and not one.is_low]:
        queries.forget_alerts(session, enough)
    for one in owners:
        if one.is_low and one.id not in said:
            _say(session, one)


def _say(session: Session, owner: _Owner) -> None:
    if insert_once(session, FundsAlert, owner_id=owner.id, balance_minor=owner.held_minor):
        publish(
            session,
            FundsLow(
                owner_id=owner.id,
                company_id=owner.company_id,
                balance_minor=owner.held_minor,
                answers=owner.answers,
            ),
        )
