"""Every call we ever make, once each and in the order life makes them."""

import uuid
from datetime import timedelta

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import accounts, disputes, invoice_payments, refunds
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.kit import clock
from tests.factories.gateways import deposit_order, invoiced, paid, ready_account, transfer_order


def money_in(payments: EmulatedPayments) -> str:
    """Deposits of every kind and what comes after them; answers a paid PaymentIntent."""
    by_card = paid(payments)
    paid(payments, PaidHow.BANK)
    paid(payments, PaidHow.BANK_RETURNED)
    with clock.shifted(timedelta(minutes=2)):
        late = paid(payments, PaidHow.BANK)
    with clock.shifted(timedelta(minutes=4)):
        payments.read_session(late.id)
        for intent in (by_card.payment_intent_id, late.payment_intent_id):
            payments.refund(
                intent, refund_id=uuid.uuid4(), amount_minor=700, idempotency_key=f"refund:{uuid.uuid4()}"
            )
        payments.find_refunds(late.payment_intent_id)
    page = payments.create_deposit_session(deposit_order())
    payments.expire_session(page.id)
    return by_card.payment_intent_id


def disputed(payments: EmulatedPayments) -> None:
    """Disputes of every kind: won, lost, a question only, given in, a bank debit."""
    evidence = {"product_description": "Work of experts", "service_date": "November 2026"}
    for end in (disputes.win, disputes.lose):
        dispute_id = _taken(payments, PaidHow.CARD)
        payments.submit_dispute_evidence(dispute_id, evidence, idempotency_key=f"{dispute_id}:evidence")
        with payments.emulator.books() as books:
            end(books, dispute_id)
        payments.read_dispute(dispute_id)
    for inquiry in (True, False):
        dispute_id = _taken(payments, PaidHow.CARD, inquiry=inquiry)
        payments.close_dispute(dispute_id, idempotency_key=f"{dispute_id}:close")
    with clock.shifted(timedelta(minutes=6)):
        payments.read_dispute(_taken(payments, PaidHow.BANK))


def _taken(payments: EmulatedPayments, how: PaidHow, *, inquiry: bool = False) -> str:
    session = paid(payments, how)
    with clock.shifted(timedelta(minutes=6)), payments.emulator.books() as books:
        return str(disputes.open_on(books, session.charge_id, inquiry=inquiry)["id"])


def invoices(payments: EmulatedPayments) -> None:
    """Invoices paid in every way, one that bounces, and one nobody pays; a customer with a new address."""
    company = uuid.uuid4()
    customer = payments.create_customer(
        company_id=company, name="Northwind", email="old@northwind.example", idempotency_key=str(company)
    )
    payments.update_customer(customer, name="Northwind Labs", email="new@northwind.example")
    for how in (PaidHow.BANK, PaidHow.BANK_RETURNED):
        sent = invoiced(payments)
        with payments.emulator.books() as books:
            invoice_payments.pay(books, sent.id, how)
    with clock.shifted(timedelta(minutes=2)):
        state = payments.read_invoice(sent.id)
        payments.read_payment(str(state.payment_intent_id))
        payments.void_invoice(sent.id, idempotency_key=f"deposit:{uuid.uuid4()}:void")


def money_out(payments: EmulatedPayments) -> str:
    """An account, a transfer and taking a part back; answers the transfer."""
    waiting = ready_account(payments, verified=False)
    account_id = ready_account(payments)
    payments.login_link(account_id)
    order = transfer_order(account_id)
    made = payments.transfer(order)
    payments.find_transfers(order.transfer_group, account_id)
    payments.reverse_transfer(
        made.external_id,
        reversal_id=uuid.uuid4(),
        amount_minor=100,
        idempotency_key=f"reversal:{uuid.uuid4()}",
    )
    payments.find_reversals(made.external_id)
    with payments.emulator.books() as books:
        accounts.restrict(books, account_id, [accounts.DOCUMENT])
    for one in (waiting, account_id):
        payments.read_account(one)
    return made.external_id


def books_and_events(payments: EmulatedPayments) -> None:
    """Balance, movements, events."""
    payments.read_balance()
    yesterday = clock.now() - timedelta(days=1)
    list(payments.balance_lines(yesterday))
    list(payments.transfers(yesterday))
    for event in payments.undelivered_events(yesterday, ["charge.succeeded", "transfer.created"]):
        payments.read_event(event.id)
    theirs = ready_account(payments)
    assert [*payments.account_events(theirs, yesterday, ["account.updated"])]


def everything(payments: EmulatedPayments) -> None:
    """The whole flow, with the few reads that only people at the provider's side make."""
    intent_id = money_in(payments)
    disputed(payments)
    invoices(payments)
    transfer_id = money_out(payments)
    books_and_events(payments)
    payments.read_transfer(transfer_id)
    raw = payments._client.v1
    intent = raw.payment_intents.retrieve(intent_id)
    payments.read_charge(str(intent.latest_charge))
    refund = payments.find_refunds(intent_id)[0]
    raw.refunds.retrieve(refund.id)
    with payments.emulator.books() as books:
        refunds.fail(books, refund.id)
    raw.refunds.retrieve(refund.id)
