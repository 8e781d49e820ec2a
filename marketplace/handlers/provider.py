"""What the payment provider tells, and what becomes of it: a fact is a hint to look, never an order."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from marketplace.billing import service as billing
from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.gateways.stripe.events import Endpoint, ProviderEvent
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Refusal
from marketplace.ledger import service as ledger
from marketplace.outbox import queries as outbox_queries
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts

TAKEN_AWAY = {"account_invalid", "resource_missing"}
KEPT_THERE = timedelta(days=30)  # the provider lists no older events
RETURNED = timedelta(days=14)  # banks send back within days; twice that, so that a week without us loses none
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hint:
    """A stored fact: look at the object `object_id` of ours, or of the person's `account`."""

    kind: str
    object_id: str
    account: str | None


Look = Callable[[Payments, Sessions, Hint], None]


def _page(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    billing.refresh(sessions, payments, hint.object_id)


def _charge(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    billing.follow_charge(sessions, payments, hint.object_id)


def _given_back(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    billing.follow_refunds(sessions, payments, hint.object_id)


def _refund(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    billing.follow_refund(sessions, payments, hint.object_id)


def _dispute(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    billing.follow_dispute(sessions, payments, hint.object_id)


def _invoice(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    billing.follow_invoice(sessions, payments, hint.object_id)


def _transfer(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    """Our payout is looked for before anything is sent, so a call that nobody heard the end of ends here."""
    group = payments.read_transfer(hint.object_id).transfer_group or ""
    try:
        payout_id = uuid.UUID(group)
    except ValueError:  # not one of ours
        return
    with transaction(sessions) as session:
        if payout_queries.lock_payout(session, payout_id) is not None:
            outbox.send(session, "payouts.send", payout_id=str(payout_id))


def _compare(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    """Money moved that no row of ours asked for: the comparison books it, or says what differs."""
    with transaction(sessions) as session:
        ledger.ask_if_none(session)


def _reversed(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    """One of ours ends here; whatever else took it back is a difference, which the comparison finds."""
    with transaction(sessions) as session:
        reversal_id = payout_queries.reversal_under_way(session, hint.object_id)
        if reversal_id is not None:
            outbox.send(session, "payouts.send_reversal", reversal_id=str(reversal_id))
    _compare(payments, sessions, hint)


def _account(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    if hint.account is None:
        return
    state = payments.read_account(hint.account)
    with transaction(sessions) as session:
        payouts.apply_account(session, state)


def follow_account(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """Look at a payout account whose news may have been lost; one that was taken from us is lost here too."""
    external_id = payload["external_id"]
    try:
        state = payments.read_account(external_id)
    except PaymentsRefused as refusal:
        if refusal.provider_code not in TAKEN_AWAY:
            raise
        with transaction(sessions) as session:
            payouts.lose_account(session, external_id)
        return
    with transaction(sessions) as session:
        payouts.apply_account(session, state)


def _bank_returned(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    """The person's bank sent the provider's payout back: no money of ours moves, its owner is told once."""
    _account(payments, sessions, hint)
    with transaction(sessions) as session:
        mine = payout_queries.account_by_external_id(session, hint.account or "")
        if mine is not None:
            key = f"payouts.tell_bank_returned:{hint.object_id}"
            outbox.send(session, "payouts.tell_bank_returned", key=key, user_id=str(mine.user_id))


def _tie_cut(payments: Payments, sessions: Sessions, hint: Hint) -> None:
    """From now on the provider tells us nothing of this account."""
    with transaction(sessions) as session:
        payouts.lose_account(session, hint.account or "")


PLATFORM: Mapping[str, Look] = {
    "checkout.session.completed": _page,
    "checkout.session.async_payment_succeeded": _page,
    "checkout.session.async_payment_failed": _page,
    "checkout.session.expired": _page,
    "charge.succeeded": _charge,
    "charge.updated": _charge,
    "charge.failed": _charge,
    "charge.refunded": _given_back,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.closed": _dispute,
    "invoice.paid": _invoice,
    "invoice.payment_failed": _invoice,
    "invoice.voided": _invoice,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "transfer.created": _transfer,
    "transfer.reversed": _reversed,
    "payout.paid": _compare,  # to the platform's own bank
    "payout.failed": _compare,
}
CONNECT: Mapping[str, Look] = {
    "account.updated": _account,
    "account.external_account.updated": _account,
    "capability.updated": _account,
    "payout.paid": _account,  # the bank is in the state of the account
    "payout.failed": _bank_returned,
    "account.application.deauthorized": _tie_cut,
}


def work_off(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """Read again what a fact is about and apply what it says now; kinds we do not know are done at once."""
    fact_id = uuid.UUID(payload["fact_id"])
    with transaction(sessions, write=False) as session:
        fact = outbox_queries.inbox_fact(session, fact_id)
    if fact is None or fact.processed_at is not None:
        return
    hint = Hint(fact.kind, str(fact.payload["object_id"]), fact.payload.get("account"))
    look = (CONNECT if hint.account else PLATFORM).get(hint.kind)
    if look is not None:
        look(payments, sessions, hint)
    with transaction(sessions) as session:
        kept = outbox_queries.inbox_fact(session, fact_id)
        if kept is not None:
            kept.processed_at = clock.database_now(session)


def deliver(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """The emulator's events come this way: signed and checked as at the door, without a web server."""

    def post(endpoint: Endpoint, body: bytes, signature: str) -> int:
        try:
            event = payments.construct_event(endpoint, body, signature)
            _receive(sessions, event)
        except Refusal as refusal:
            return refusal.status_code
        return 200

    payments.deliver(post)


def sweep(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """Fetch the events that no door of ours has taken, into the same inbox; one bad event stops no other."""
    since = clock.now() - KEPT_THERE
    for event in payments.undelivered_events(since, [*PLATFORM]):
        try:
            _receive(sessions, event)
        except Refusal as refusal:
            log.warning("event_left", event_id=event.id, kind=event.kind, why=refusal.code)


def look_for_returns(payments: Payments, sessions: Sessions, payload: Payload) -> None:
    """Ask an account we paid lately whether its bank sent money back: the list of the house does not say."""
    external_id, since = payload["external_id"], clock.now() - RETURNED
    try:
        for event in payments.account_events(external_id, since, ["payout.failed"]):
            _receive(sessions, event)
    except PaymentsRefused as refusal:
        if refusal.provider_code not in TAKEN_AWAY:
            raise
        with transaction(sessions) as session:
            payouts.lose_account(session, external_id)


def _receive(sessions: Sessions, event: ProviderEvent) -> None:
    with transaction(sessions) as session:
        billing.receive(session, event, known=payout_queries.is_ours)
