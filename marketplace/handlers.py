"""Messages of the marketplace and the work each one promises."""

import uuid
from functools import partial

from sqlalchemy.orm import Session

from config.settings import Settings
from marketplace.applications import service as applications
from marketplace.billing import queries as billing_queries
from marketplace.billing import service as billing
from marketplace.experts import service as experts
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.protocol import Payments
from marketplace.identity import service as identity
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.signing import Signer
from marketplace.notifications import service as notifications
from marketplace.outbox import queries as outbox_queries
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers, Payload
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.projects import service as projects


def make(settings: Settings, gateways: Gateways, signer: Signer) -> Handlers:
    """Both tables; remote handlers get the gateways they talk through."""
    site = settings.public_url.rstrip("/")
    letters = identity.Post(gateways.mail, signer, site)
    return Handlers(
        local={
            "outbox.forget": outbox.forget,
            "identity.forget": identity.forget,
            "experts.expire": experts.expire,
            "projects.check_funds": projects.check_funds,
            "projects.deadlines": projects.end_overdue,
            "applications.lapse": applications.lapse_offers,
            "applications.tell_guideline": applications.tell_guideline,
            "payouts.mature": _mature,
            "payouts.unsettled": _resume_payouts,
        },
        remote={
            "identity.confirm": letters.confirm,
            "identity.reset": letters.reset,
            "identity.tried": letters.tried,
            "experts.forget_evidence": partial(experts.forget_evidence, storage=gateways.storage),
            "stripe.received": partial(_stripe_received, gateways.stripe),
            "billing.sweep": partial(_sweep_deposits, gateways.stripe),
            "payouts.send": partial(_send_payout, gateways.stripe),
            "notifications.email": partial(notifications.email_notice, mailer=gateways.mail, site=site),
        },
    )


def _mature(session: Session, payload: Payload) -> None:
    payouts.mature_due(session)


def _resume_payouts(session: Session, payload: Payload) -> None:
    """Payouts without an end are looked at again: the search comes before any second call."""
    payouts.finish_runs(session)
    for payout_id in payout_queries.unsettled(session):
        outbox.send(session, "payouts.send", payout_id=str(payout_id))


def _send_payout(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    payouts.send(sessions, payments, uuid.UUID(payload["payout_id"]))


def _sweep_deposits(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """Deposits whose webhook never came."""
    with transaction(sessions, write=False) as session:
        waiting = billing_queries.session_ids(session)
    for session_id in waiting:
        billing.refresh(sessions, payments, session_id)


def _stripe_received(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """A fact is a hint to look: the object is read again, and what it says now is applied."""
    fact_id = uuid.UUID(payload["fact_id"])
    with transaction(sessions, write=False) as session:
        fact = outbox_queries.inbox_fact(session, fact_id)
    if fact is None or fact.processed_at is not None:
        return
    said = fact.payload
    if fact.kind.startswith("checkout.session."):
        billing.refresh(sessions, payments, said["object_id"])
    elif fact.kind in {"account.updated", "capability.updated"} and said.get("account"):
        account = payments.read_account(said["account"])
        with transaction(sessions) as session:
            payouts.apply_account(session, account)
    with transaction(sessions) as session:
        kept = outbox_queries.inbox_fact(session, fact_id)
        if kept is not None:
            kept.processed_at = clock.database_now(session)
