"""Payments that a payer's bank takes back."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.billing import service
from marketplace.billing.models import Deposit, Dispute, Refund
from marketplace.companies.models import Company
from marketplace.gateways.stripe.emulator import disputes
from marketplace.kit.application import Application
from tests.factories.billing import payments_of


def take_back(app: Application, deposit: Deposit, **how: Any) -> str:
    """The payer's bank takes a settled deposit back; we have not heard of it.  The provider's id."""
    with payments_of(app).emulator.books() as books:
        intent = books.get("payment_intent", deposit.payment_intent_id or "")
        assert intent is not None
        return str(disputes.open_on(books, intent["latest_charge"], **how)["id"])


def decide(app: Application, external_id: str, *, won: bool) -> None:
    """The bank decides; we have not heard of it."""
    with payments_of(app).emulator.books() as books:
        (disputes.win if won else disputes.lose)(books, external_id)


def hear(app: Application, session: Session, external_id: str) -> Dispute:
    """Ask the provider, and read the dispute again."""
    session.flush()
    service.follow_dispute(app.sessions, payments_of(app), external_id)
    for one in [*session]:
        if isinstance(one, Dispute | Deposit | Refund | Company):
            session.expire(one)
    return session.execute(select(Dispute).where(Dispute.external_id == external_id)).scalar_one()


def make_dispute(app: Application, session: Session, deposit: Deposit, **how: Any) -> Dispute:
    """A dispute we have heard of."""
    return hear(app, session, take_back(app, deposit, **how))
