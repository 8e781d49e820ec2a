"""What the provider says of a deposit becomes money in the ledger, once, whatever tells us of it."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.billing import queries
from marketplace.billing.events import DepositFailed, DepositSettled
from marketplace.billing.models import ENDED, Deposit, DepositState
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import ChargeState, SessionState
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Leg
from marketplace.outbox import service as outbox

FEE_KNOWN_AFTER = timedelta(minutes=1)
TAKEN = "succeeded"  # a charge that has brought its money
_BOUNCED = {"requires_payment_method", "canceled"}
_STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
_COMING = (Kind.STRIPE_PENDING, PLATFORM)
_FEES = (Kind.PROCESSOR_FEES, PLATFORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paid:
    """Money the provider has taken for a deposit, whichever object of its says so."""

    intent: str
    amount_minor: int
    charge_id: str | None
    balance_transaction_id: str | None
    fee_minor: int | None


def refresh(sessions: Sessions, payments: Payments, session_id: str) -> None:
    """Ask the provider how a deposit stands and apply it; webhooks, sweeps and the way back all meet here."""
    state = payments.read_session(session_id)
    with transaction(sessions) as session:
        apply(session, state)


def follow_charge(sessions: Sessions, payments: Payments, charge_id: str) -> None:
    """Ask how one try of a payment stands; one that failed says nothing of the page it was made on."""
    charge = payments.read_charge(charge_id)
    with transaction(sessions) as session:
        deposit = apply_charge(session, charge)
        page = deposit.session_id if deposit is not None else None
    if page is not None and charge.state != TAKEN:
        refresh(sessions, payments, page)


def settle_fee(sessions: Sessions, payments: Payments, charge_id: str) -> None:
    """Book the provider's fee of a settled deposit; PaymentsDown (503) while it is not known yet."""
    charge = payments.read_charge(charge_id)
    if charge.fee_minor is None:
        raise PaymentsDown
    with transaction(sessions) as session:
        apply_charge(session, charge)


def apply(session: Session, state: SessionState) -> None:
    """Move a deposit and its money to what the provider says, once; what is not ours is ignored."""
    deposit = queries.lock(session, state.deposit_id) if state.deposit_id else None
    if deposit is None:
        return
    intent = state.payment_intent_id
    if state.payment_status == "paid" and intent is not None:
        _succeed(session, deposit, _of_page(state, intent))
    elif state.status == "complete" and intent is not None and deposit.payment_intent_id in {None, intent}:
        _await_or_fail(session, deposit, state, intent)
    elif state.status == "expired" and state.id == deposit.session_id and deposit.state is DepositState.OPEN:
        deposit.move(DepositState.EXPIRED)  # the end of an older page says nothing about this one


def apply_charge(session: Session, charge: ChargeState) -> Deposit | None:
    """Credit what a charge has brought, once, and book its fee; answers its deposit, None when not ours."""
    deposit = queries.lock(session, charge.deposit_id) if charge.deposit_id else None
    intent = charge.payment_intent_id
    if deposit is None and intent is not None:  # the payment of an invoice does not name its deposit
        deposit = queries.lock_paid_by(session, intent)
    if deposit is not None and intent is not None and charge.state == TAKEN:
        apply_paid(session, deposit, charge, intent)
    return deposit


def apply_paid(session: Session, deposit: Deposit, charge: ChargeState, intent: str) -> None:
    """Credit a locked deposit with what a charge has brought, once, and book its fee."""
    paid = _Paid(
        intent=intent,
        amount_minor=charge.amount_minor,
        charge_id=charge.id,
        balance_transaction_id=charge.balance_transaction_id,
        fee_minor=charge.fee_minor,
    )
    _succeed(session, deposit, paid)


def _of_page(state: SessionState, intent: str) -> _Paid:
    return _Paid(
        intent=intent,
        amount_minor=state.amount_minor,
        charge_id=state.charge_id,
        balance_transaction_id=state.balance_transaction_id,
        fee_minor=state.fee_minor,
    )


def _succeed(session: Session, deposit: Deposit, paid: _Paid) -> None:
    """Credit the wallet.  A second payment of the same deposit is money too: its key is its own."""
    fee = _fee(session, deposit, paid)
    if deposit.state is DepositState.SUCCEEDED and deposit.payment_intent_id == paid.intent:
        ledger.post_all(session, fee)
        return
    ledger.post_all(session, [_credit(deposit, paid), *fee])
    if paid.fee_minor is None and paid.charge_id is not None:
        key = f"billing.fee:{paid.intent}"
        outbox.send(session, "billing.fee", key=key, after=FEE_KNOWN_AFTER, charge_id=paid.charge_id)
    if deposit.state not in ENDED and deposit.payment_intent_id in {None, paid.intent}:
        deposit.move(DepositState.SUCCEEDED)
        deposit.payment_intent_id, deposit.settled_at = paid.intent, clock.database_now(session)
        publish(session, DepositSettled(**told(deposit)))


def _credit(deposit: Deposit, paid: _Paid) -> Entry:
    wallet = (Kind.COMPANY_WALLET, deposit.company_id)
    legs: list[Leg] = [(_STRIPE, wallet, Money(paid.amount_minor, deposit.currency))]
    if deposit.state is DepositState.PENDING and deposit.payment_intent_id == paid.intent:
        pending = (Kind.COMPANY_PENDING, deposit.company_id)
        legs.append((pending, _COMING, Money(deposit.amount_minor, deposit.currency)))
    return Entry(
        kind="deposit_succeeded",
        key=f"deposit:{paid.intent}:succeeded",
        closes=f"deposit:{paid.intent}",
        legs=legs,
        ref_type="deposit",
        ref_id=deposit.id,
        external_id=paid.charge_id,
    )


def _fee(session: Session, deposit: Deposit, paid: _Paid) -> list[Entry]:
    """What the provider keeps, once it is known; whoever compares the books may have been faster."""
    key = f"bt:{paid.balance_transaction_id}:fee"
    if not paid.fee_minor or paid.balance_transaction_id is None or ledger_queries.with_keys(session, [key]):
        return []
    return [
        Entry(
            kind="processor_fee",
            key=key,
            legs=[(_FEES, _STRIPE, Money(paid.fee_minor, deposit.currency))],
            ref_type="deposit",
            ref_id=deposit.id,
            external_id=paid.balance_transaction_id,
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
        publish(session, DepositFailed(**told(deposit)))


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


def told(deposit: Deposit) -> dict[str, Any]:
    """What every event of a deposit says."""
    return {
        "deposit_id": deposit.id,
        "company_id": deposit.company_id,
        "user_id": deposit.by_id,
        "amount_minor": deposit.amount_minor,
    }
