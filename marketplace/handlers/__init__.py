"""Messages of the marketplace and the work each one promises."""

import uuid
from collections.abc import Mapping
from functools import partial

from sqlalchemy.orm import Session

from config.settings import Settings
from marketplace.applications import service as applications
from marketplace.billing import queries as billing_queries
from marketplace.billing import service as billing
from marketplace.cases import service as cases
from marketplace.experts import service as experts
from marketplace.gateways import Gateways
from marketplace.gateways.mail.protocol import Mailer
from marketplace.gateways.stripe.protocol import Payments
from marketplace.handlers import books, provider
from marketplace.identity import service as identity
from marketplace.kit import clock
from marketplace.kit.database import Sessions
from marketplace.kit.signing import Signer
from marketplace.matching import service as matching
from marketplace.notifications import service as notifications
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers, Local, Payload, Remote
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.projects import service as projects

_APPLICATIONS: Mapping[str, Local] = {
    "applications.lapse": applications.lapse_due,
    "applications.digests": applications.promise_digests,
    "applications.digest": applications.digest,
    "applications.tell_guideline": applications.tell_guideline,
    "applications.tell_bonus": applications.tell_bonus,
}

_PROJECTS: Mapping[str, Local] = {
    "projects.check_funds": projects.check_funds,
    "projects.deadlines": projects.end_overdue,
}

_INDEXES: Mapping[str, Local] = {
    "matching.index_project": matching.index_project,
    "matching.index_expert": matching.index_expert,
    "matching.index_work": matching.index_work,
}


def make(
    settings: Settings, gateways: Gateways, signer: Signer, sentences: matching.SentenceModel
) -> Handlers:
    """Both tables; remote handlers get the gateways they talk through."""
    site = settings.public_url.rstrip("/")
    return Handlers(
        local={
            "outbox.forget": outbox.forget,
            "identity.forget": identity.forget,
            "experts.expire": experts.expire,
            "experts.resume_inspections": experts.resume_inspections,
            **_PROJECTS,
            **{name: matching.reading(sentences, index) for name, index in _INDEXES.items()},
            **_APPLICATIONS,
            **books.local(),
            "cases.lapse": cases.lapse_due,
            "payouts.mature": _mature,
            "payouts.unsettled": _resume_payouts,
            "payouts.payday": _payday,
            "payouts.follow_accounts": _follow_accounts,
            "payouts.remind": payouts.remind,
            "payouts.tell_bank_returned": payouts.tell_bank_returned,
            "billing.sweep": _sweep_deposits,
            "billing.funds": _look_for_low_funds,
            "billing.follow": _follow_daily,
        },
        remote={
            "matching.refit": matching.refit,  # slow, and not inside a transaction
            "matching.read": partial(matching.read, model=sentences),
            **_letters(gateways.mail, signer, site),
            "experts.inspect_evidence": partial(experts.inspect_evidence, storage=gateways.storage),
            "experts.forget_evidence": partial(experts.forget_evidence, storage=gateways.storage),
            "experts.forget_orphan": partial(experts.forget_orphan, storage=gateways.storage),
            **_provider(gateways.stripe),
        },
    )


def _provider(payments: Payments) -> Mapping[str, Remote]:
    """What is asked of the payment provider."""
    return {
        "stripe.received": partial(provider.work_off, payments),
        "stripe.deliver": partial(provider.deliver, payments),
        "stripe.sweep": partial(provider.sweep, payments),
        "billing.refresh": partial(_refresh_deposit, payments),
        "billing.fee": partial(_settle_fee, payments),
        "billing.issue": partial(_issue_invoice, payments),
        "billing.follow_invoice": partial(_follow_invoice, payments),
        "billing.send_refund": partial(_send_refund, payments),
        "billing.follow_refund": partial(_follow_refund, payments),
        "billing.follow_dispute": partial(_follow_dispute, payments),
        "billing.answer_dispute": partial(_answer_dispute, payments),
        **books.remote(payments),
        "payouts.send": partial(_send_payout, payments),
        "payouts.send_reversal": partial(_send_reversal, payments),
        "payouts.follow_account": partial(provider.follow_account, payments),
        "payouts.look_for_returns": partial(provider.look_for_returns, payments),
    }


def _letters(mailer: Mailer, signer: Signer, site: str) -> Mapping[str, Remote]:
    """Letters about a sign-in go out at once, the others wait for the end of quiet hours."""
    post, quiet = identity.Post(mailer, signer, site), experts.quiet_until
    return {
        "identity.confirm": post.confirm,
        "identity.reset": post.reset,
        "identity.tried": post.tried,
        "applications.mail_digest": applications.DigestPost(mailer, signer, site, quiet).send,
        "notifications.email": partial(notifications.email_notice, mailer=mailer, site=site, quiet=quiet),
    }


def _mature(session: Session, payload: Payload) -> None:
    payouts.mature_due(session)


def _resume_payouts(session: Session, payload: Payload) -> None:
    """Payouts without an end are looked at again: the search comes before any second call."""
    payouts.sweep_runs(session)
    for payout_id in payout_queries.unsettled(session):
        outbox.send(session, "payouts.send", payout_id=str(payout_id))
    for reversal_id in payout_queries.unsettled_reversals(session):
        outbox.send(session, "payouts.send_reversal", reversal_id=str(reversal_id))


def _payday(session: Session, payload: Payload) -> None:
    payouts.payday(session)


def _follow_accounts(session: Session, payload: Payload) -> None:
    """Once a day: an account that money goes to is looked at, whether or not its webhooks came."""
    for external_id in payout_queries.accounts_to_follow(session):
        outbox.send(session, "payouts.follow_account", external_id=external_id)
    for external_id in payout_queries.accounts_paid_since(
        session, clock.database_now(session) - provider.RETURNED
    ):
        outbox.send(session, "payouts.look_for_returns", external_id=external_id)


def _send_payout(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    payouts.send(sessions, payments, uuid.UUID(payload["payout_id"]))


def _send_reversal(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    payouts.send_reversal(sessions, payments, uuid.UUID(payload["reversal_id"]))


def _sweep_deposits(session: Session, payload: Payload) -> None:
    """Deposits whose webhook never came, refunds without an end; each on its own: one stops no other."""
    for session_id in billing_queries.unsettled(session):
        outbox.send(session, "billing.refresh", session_id=session_id)
    for deposit_id in billing_queries.unsent_invoices(session):
        outbox.send(session, "billing.issue", deposit_id=str(deposit_id))
    for refund_id in billing_queries.unsent(session):
        outbox.send(session, "billing.send_refund", refund_id=str(refund_id))
    for dispute_id in billing_queries.unanswered(session):
        outbox.send(session, "billing.answer_dispute", dispute_id=str(dispute_id))


def _look_for_low_funds(session: Session, payload: Payload) -> None:
    billing.look_for_low_funds(session)


def _follow_daily(session: Session, payload: Payload) -> None:
    """Once a day: what no webhook has told the end of is looked at; who is late with an invoice is told."""
    billing.remind_overdue(session)
    for invoice_id in billing_queries.open_invoices(session):
        outbox.send(session, "billing.follow_invoice", invoice_id=invoice_id)
    for external_id in billing_queries.disputes_to_follow(session):
        outbox.send(session, "billing.follow_dispute", external_id=external_id)
    for external_id in billing_queries.to_follow(session, clock.database_now(session)):
        outbox.send(session, "billing.follow_refund", external_id=external_id)


def _issue_invoice(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.issue(sessions, payments, uuid.UUID(payload["deposit_id"]))


def _follow_invoice(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.follow_invoice(sessions, payments, payload["invoice_id"])


def _send_refund(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.send_refund(sessions, payments, uuid.UUID(payload["refund_id"]))


def _follow_refund(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.follow_refund(sessions, payments, payload["external_id"])


def _follow_dispute(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.follow_dispute(sessions, payments, payload["external_id"])


def _answer_dispute(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.send_answer(sessions, payments, uuid.UUID(payload["dispute_id"]))


def _refresh_deposit(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.refresh(sessions, payments, payload["session_id"])


def _settle_fee(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    billing.settle_fee(sessions, payments, payload["charge_id"])
