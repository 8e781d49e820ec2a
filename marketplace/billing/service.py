"""Deposits: asked for here, paid on the provider's page, credited once whatever tells us of it."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.billing import queries
from marketplace.billing.errors import DepositOver, OnlyOwners
from marketplace.billing.events import DepositFailed, DepositSettled
from marketplace.billing.models import Deposit, DepositState
from marketplace.companies.models import Member, MemberRole
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import DepositOrder, SessionState
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry

PAGE_LIVES = timedelta(hours=23)
_STRIPE, _COMING, _FEES = (
    (Kind.STRIPE_BALANCE, PLATFORM),
    (Kind.STRIPE_PENDING, PLATFORM),
    (Kind.PROCESSOR_FEES, PLATFORM),
)


def start(session: Session, *, by: Member, amount_minor: int, form_key: uuid.UUID) -> Deposit:
    """Write down that the company wants to pay in `amount_minor`; the same form makes one deposit."""
    if by.role is not MemberRole.OWNER:
        raise OnlyOwners
    first = insert_once(
        session,
        Deposit,
        id=form_key,
        company_id=by.company_id,
        by_id=by.user_id,
        amount_minor=amount_minor,
        currency="usd",
        state=DepositState.CREATED,
        session_number=1,
    )
    if first:
        audit.record(
            session,
            "company:deposit:started",
            actor_id=by.user_id,
            subject_type="deposit",
            subject_id=form_key,
            amount_minor=amount_minor,
        )
    deposit = queries.for_member(session, by.user_id, form_key)
    if deposit is None or deposit.company_id != by.company_id:
        raise DepositOver  # the key belongs to somebody else's deposit
    return deposit


def open_page(sessions: Sessions, payments: Payments, deposit_id: uuid.UUID, *, back: str) -> None:
    """Have the provider open the page of a deposit and keep its address; `back` is our own page of it."""
    with transaction(sessions) as session:
        deposit = queries.lock(session, deposit_id)
        if deposit is None or deposit.state not in {DepositState.CREATED, DepositState.EXPIRED}:
            return
        if deposit.state is DepositState.EXPIRED:
            deposit.session_number += 1
        order = DepositOrder(
            deposit_id=deposit.id,
            company_id=deposit.company_id,
            customer_name=deposit.company.name,
            customer_email=deposit.by.email,
            amount_minor=deposit.amount_minor,
            currency=deposit.currency,
            success_url=f"{back}?returned=1",
            cancel_url=back,
            idempotency_key=f"deposit:{deposit.id}:session:{deposit.session_number}",
            expires_at=clock.database_now(session) + PAGE_LIVES,
        )
    hosted = payments.create_deposit_session(order)
    with transaction(sessions) as session:
        deposit = queries.lock(session, deposit_id)
        if deposit is not None and deposit.state in {DepositState.CREATED, DepositState.EXPIRED}:
            deposit.move(DepositState.OPEN)
            deposit.session_id, deposit.page_url = hosted.id, hosted.url


def refresh(sessions: Sessions, payments: Payments, session_id: str) -> None:
    """Ask the provider how a deposit stands and apply it; webhooks, sweeps and the way back all meet here."""
    state = payments.read_session(session_id)
    with transaction(sessions) as session:
        apply(session, state)


def apply(session: Session, state: SessionState) -> None:
    """Move a deposit and its money to what the provider says, once; what is not ours is ignored."""
    deposit = queries.lock(session, state.deposit_id) if state.deposit_id else None
    if deposit is None or deposit.state in {DepositState.SUCCEEDED, DepositState.FAILED}:
        return
    if state.payment_intent_id is not None:
        deposit.payment_intent_id = state.payment_intent_id
    if state.payment_status == "paid" and state.payment_intent_id is not None:
        _succeed(session, deposit, state, state.payment_intent_id)
    elif state.status == "complete" and state.payment_state == "processing":
        _await(session, deposit)
    elif state.status == "complete" and state.failure is not None:
        _fail(session, deposit)
    elif state.status == "expired" and deposit.state is DepositState.OPEN:
        deposit.move(DepositState.EXPIRED)


def _succeed(session: Session, deposit: Deposit, state: SessionState, intent: str) -> None:
    wallet = (Kind.COMPANY_WALLET, deposit.company_id)
    amount = Money(state.amount_minor, deposit.currency)
    legs = [(_STRIPE, wallet, amount)]
    if deposit.state is DepositState.PENDING:
        legs.append(((Kind.COMPANY_PENDING, deposit.company_id), _COMING, amount))
    entries = [
        Entry(
            kind="deposit_succeeded",
            key=f"deposit:{intent}:succeeded",
            closes=f"deposit:{intent}",
            legs=legs,
            ref_type="deposit",
            ref_id=deposit.id,
            external_id=state.charge_id,
        )
    ]
    if state.fee_minor and state.balance_transaction_id:
        entries.append(_fee(deposit, state.balance_transaction_id, state.fee_minor))
    ledger.post_all(session, entries)
    deposit.move(DepositState.SUCCEEDED)
    deposit.settled_at = clock.database_now(session)
    publish(session, DepositSettled(**_told(deposit)))


def _fee(deposit: Deposit, balance_transaction: str, fee_minor: int) -> Entry:
    return Entry(
        kind="processor_fee",
        key=f"bt:{balance_transaction}:fee",
        legs=[(_FEES, _STRIPE, Money(fee_minor, deposit.currency))],
        ref_type="deposit",
        ref_id=deposit.id,
        external_id=balance_transaction,
    )


def _await(session: Session, deposit: Deposit) -> None:
    if deposit.state is DepositState.PENDING:
        return
    deposit.move(DepositState.PENDING)
    pending = (Kind.COMPANY_PENDING, deposit.company_id)
    ledger.post_all(session, [_entry(deposit, "pending", _COMING, pending)])


def _fail(session: Session, deposit: Deposit) -> None:
    if deposit.state is DepositState.PENDING:
        pending = (Kind.COMPANY_PENDING, deposit.company_id)
        entry = _entry(deposit, "failed", pending, _COMING, closes=True)
        ledger.post_all(session, [entry])
    deposit.move(DepositState.FAILED)
    publish(session, DepositFailed(**_told(deposit)))


def _entry(
    deposit: Deposit,
    word: str,
    debit: tuple[Kind, uuid.UUID],
    credit: tuple[Kind, uuid.UUID],
    *,
    closes: bool = False,
) -> Entry:
    return Entry(
        kind=f"deposit_{word}",
        key=f"deposit:{deposit.payment_intent_id}:{word}",
        closes=f"deposit:{deposit.payment_intent_id}" if closes else None,
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
