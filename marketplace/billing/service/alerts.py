"""Funds that run low: said once, and again after there was enough meanwhile."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing import queries
from marketplace.billing.events import FundsLow
from marketplace.billing.models import FundsAlert
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


def look_for_low_funds(session: Session) -> None:
    """Tell companies which open projects, or which wallet behind them, will soon be empty."""
    found = queries.open_budgets(session)
    for one in found:
        owner = _Owner(one.project.id, one.project.company_id, one.budget_minor, one.answers)
        _say(session, owner, is_low=one.is_low)
    for company_id in sorted({one.project.company_id for one in found}):
        held = ledger.balance(session, Kind.COMPANY_WALLET, company_id)
        wallet = _Owner(company_id, company_id, held, None)
        _say(session, wallet, is_low=held < MONEY.low_wallet_minor)


def _say(session: Session, owner: _Owner, *, is_low: bool) -> None:
    if not is_low:
        queries.forget_alert(session, owner.id)
    elif insert_once(session, FundsAlert, owner_id=owner.id, balance_minor=owner.held_minor):
        publish(
            session,
            FundsLow(
                owner_id=owner.id,
                company_id=owner.company_id,
                balance_minor=owner.held_minor,
                answers=owner.answers,
            ),
        )
