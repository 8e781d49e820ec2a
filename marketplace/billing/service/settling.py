"""What the provider says of a deposit becomes money in the ledger, once, whatever tells us of it."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.billing import queries
from marketplace.billing.events import DepositFailed, DepositSettled
from marketplace.billing.models import ENDED, Deposit, DepositState
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import SessionState
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Leg
from marketplace.outbox import service as outbox

FEE_KNOWN_AFTER = timedelta(minutes=1)
_BOUNCED = {"requires_payment_method", "canceled"}
_STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
_COMING = (Kind.STRIPE_PENDING, PLATFORM)
_FEES = (Kind.PROCESSOR_FEES, PLATFORM)


def refresh(sessions: Sessions, payments: Payments, session_id: str) -> None:
    """Ask the provider how a deposit stands and apply it; webhooks, sweeps and the way back all meet here."""
    state = payments.read_session(session_id)
    with transaction(sessions) as session:
        apply(session, state)


def settle_fee(sessions: Sessions, payments: Payments, session_id: str) -> None:
    """Book the provider's fee of a settled deposit; PaymentsDown (503) while it is not known yet."""
    state = payments.read_session(session_id)
    if state.fee_minor is None or state.balance_transaction_id is None or state.deposit_id is None:
        raise PaymentsDown
    with transaction(sessions) as session:
        deposit = queries.lock(session, state.deposit_id)
        if deposit is not None:
            ledger.post_all(session, _fee(deposit, state))


def apply(session: Session, state: SessionState) -> None:
    """Move a deposit and its money to what the provider says, once; what is not ours is ignored."""
    deposit = queries.lock(session, state.deposit_id) if state.deposit_id else None
    if deposit is None:
        return
    intent = state.payment_intent_id
    if state.payment_status == "paid" and intent is not None:
        _succeed(session, deposit, state, intent)
    elif state.status == "complete" and intent is not None and deposit.payment_intent_id in {None, intent}:
        _await_or_fail(session, deposit, state, intent)
    elif state.status == "expired" and state.id == deposit.session_id and deposit.state is DepositState.OPEN:
        deposit.move(DepositState.EXPIRED)  # the end of an older page says nothing about this one


def _succeed(session: Session, deposit: Deposit, state: SessionState, intent: str) -> None:
    """Credit the wallet.  A second payment of the same deposit is money too: its key is its own."""
    if deposit.state is DepositState.SUCCEEDED and deposit.payment_intent_id == intent:
        return
    ledger.post_all(session, [_credit(deposit, state, intent), *_fee(deposit, state)])
    if state.fee_minor is None:
        key = f"billing.fee:{intent}"
        outbox.send(session, "billing.fee", key=key, after=FEE_KNOWN_AFTER, session_id=state.id)
    if deposit.state not in ENDED and deposit.payment_intent_id in {None, intent}:
        deposit.move(DepositState.SUCCEEDED)
        deposit.payment_intent_id, deposit.settled_at = intent, clock.database_now(session)
        publish(session, DepositSettled(**_told(deposit)))


def _credit(deposit: Deposit, state: SessionState, intent: str) -> Entry:
    wallet = (Kind.COMPANY_WALLET, deposit.company_id)
    legs: list[Leg] = [(_STRIPE, wallet, Money(state.amount_minor, deposit.currency))]
    if deposit.state is DepositState.PENDING and deposit.payment_intent_id == intent:
        pending = (Kind.COMPANY_PENDING, deposit.company_id)
        legs.append((pending, _COMING, Money(deposit.amount_minor, deposit.currency)))
    return Entry(
        kind="deposit_succeeded",
        key=f"deposit:{intent}:succeeded",
        closes=f"deposit:{intent}",
        legs=legs,
        ref_type="deposit",
        ref_id=deposit.id,
        external_id=state.charge_id,
    )


def _fee(deposit: Deposit, state: SessionState) -> list[Entry]:
    """What the provider keeps, once it is known; it is the platform's cost."""
    if not state.fee_minor or state.balance_transaction_id is None:
        return []
    return [
        Entry(
            kind="processor_fee",
            key=f"bt:{state.balance_transaction_id}:fee",
            legs=[(_FEES, _STRIPE, Money(state.fee_minor, deposit.currency))],
            ref_type="deposit",
            ref_id=deposit.id,
            external_id=state.balance_transaction_id,
        )
    ]


def _await_or_fail(session: Session, deposit: Deposit, state: SessionState, intent: str) -> None:
    """A bank debit is on its way, or the bank has sent it back."""
    pending = (Kind.COMPANY_PENDING, deposit.company_id)
    if deposit.state in ENDED:
        return
    if state.payment_state == "processing" and deposit.state is not DepositState.PENDING:
        deposit.move(DepositState.PENDING)
        deposit.payment_intent_id = intent
        ledger.post_all(session, [_entry(deposit, "pending", _COMING, pending)])
    elif state.payment_state in _BOUNCED:
        if deposit.state is DepositState.PENDING:
            ledger.post_all(session, [_entry(deposit, "failed", pending, _COMING)])
        deposit.move(DepositState.FAILED)
        deposit.payment_intent_id = intent
        publish(session, DepositFailed(**_told(deposit)))


def _entry(
    deposit: Deposit, word: str, debit: tuple[Kind, uuid.UUID], credit: tuple[Kind, uuid.UUID]
) -> Entry:
    thing = f"deposit:{deposit.payment_intent_id}"
    return Entry(
        kind=f"deposit_{word}",
        key=f"{thing}:{word}",
        closes=thing if word == "failed" else None,
        legs=[(debit, credit, Money(deposit.amount_minor, deposit.currency))],
        ref_type="deposit",
        ref_id=deposit.id,
    )


def _told(deposit: Deposit) -> dict[str, Any]:
    return {
        "deposit_id": deposit.id,
        "company_id": deposit.company_id,
        "user_id": deposit.by_id,
        "amount_minor": deposit.amount_minor,
    }
