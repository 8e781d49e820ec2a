"""The books: what proves them, and their comparison with the payment service."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy.orm import Session

from marketplace.billing import queries as billing_queries
from marketplace.cases import queries as case_queries
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit.database import Sessions
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.outbox.service import Local, Payload, Remote
from marketplace.payouts import queries as payout_queries

CHECKS: Mapping[str, Callable[[Session], Sequence[str]]] = {
    "the ledger itself (I1 to I6, I13)": ledger_queries.broken,
    "reconciliation (I11)": ledger_queries.unresolved,
    "two people behind an entry (I14)": ledger_queries.one_person,
    "earnings and payouts (I9, I10, I14)": payout_queries.broken,
    "refunds, disputes, Statements of companies (I10, I12, I14)": billing_queries.broken,
    "money moved by hand (I12)": case_queries.broken,
}


def local() -> Mapping[str, Local]:
    """The clock asks for a comparison."""
    return {"ledger.reconcile_daily": _reconcile_daily}


def remote(payments: Payments) -> Mapping[str, Remote]:
    """The comparison itself, which talks to the provider."""
    return {"ledger.reconcile": partial(_reconcile, payments)}


def _reconcile_daily(session: Session, payload: Payload) -> None:
    ledger.ask_daily(session)


def _reconcile(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """The books against the provider's own list; each room looks at the lines of its own things."""
    wanted = uuid.UUID(payload["reconciliation_id"])
    ledger.reconcile(sessions, payments, wanted, [payout_queries.transfers_differ])
