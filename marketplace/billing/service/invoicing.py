"""Deposits by invoice: written here, sent and paid at the provider, voided by whoever asked."""

import uuid

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.billing import policy, queries
from marketplace.billing.errors import DepositOver, OnlyOwners
from marketplace.billing.events import InvoiceBounced, InvoiceOverdue
from marketplace.billing.models import BillingCustomer, Deposit, DepositInvoice, DepositState
from marketplace.billing.service.deposits import begin
from marketplace.billing.service.settling import TAKEN, apply_paid, refresh, told
from marketplace.companies.models import Member
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import InvoiceOrder, InvoiceState, PaymentState
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox

PAID, GONE = "paid", {"void", "uncollectible"}
REFUSED = "requires_payment_method"


def start_invoice(session: Session, *, by: Member, amount_minor: int, form_key: uuid.UUID) -> Deposit:
    """Write down that the company wants an invoice over `amount_minor`; the worker brings it to the provider.

    The same form makes one.  OnlyOwners (403), DepositOver (409) for a form that was used for another,
    or for a page.
    """
    deposit, first = begin(session, by=by, amount_minor=amount_minor, form_key=form_key)
    if not first and queries.invoice_of(session, deposit.id) is None:
        raise DepositOver  # it is paid on a page
    if insert_once(session, DepositInvoice, deposit_id=deposit.id):
        audit.record(
            session,
            "company:deposit:invoiced",
            actor_id=by.user_id,
            subject_type="deposit",
            subject_id=deposit.id,
            amount_minor=amount_minor,
        )
        outbox.send(session, "billing.issue", key=f"billing.issue:{deposit.id}", deposit_id=str(deposit.id))
    return deposit


def issue(sessions: Sessions, payments: Payments, deposit_id: uuid.UUID) -> None:
    """Bring an invoice to the provider and its customer, step by step; safe after any accident.

    PaymentsDown (503) or PaymentsRefused (502): the next try goes on where this one stopped.
    """
    customer = _customer(sessions, payments, deposit_id)
    if customer is None:
        return
    with transaction(sessions) as session:
        order = _order(session, deposit_id, customer)
        known = queries.invoice_of(session, deposit_id)
    external_id = known.external_id if known else None
    if order is None:
        return
    if external_id is None:
        external_id = payments.draft_invoice(order).id
        with transaction(sessions) as session:
            invoice = queries.lock_invoice(session, deposit_id)
            if invoice is not None:
                invoice.external_id = external_id
    state = payments.issue_invoice(external_id, order)
    with transaction(sessions) as session:
        _keep(session, deposit_id, state)


def cancel_invoice(session: Session, deposit: Deposit, *, by: Member) -> None:
    """Allow that nobody may pay an invoice any more; `void` tells the provider after the commit.

    OnlyOwners (403), DepositOver (409) once it is paid, cancelled or no invoice.
    """
    if not policy.may_pay(by) or by.company_id != deposit.company_id:
        raise OnlyOwners
    invoice = queries.lock_invoice(session, deposit.id)
    if invoice is None or deposit.state is not DepositState.OPEN:
        raise DepositOver
    audit.record(
        session,
        "company:deposit:invoice_cancelled",
        actor_id=by.user_id,
        subject_type="deposit",
        subject_id=deposit.id,
    )


def void(sessions: Sessions, payments: Payments, invoice_id: str) -> None:
    """Tell the provider that an invoice is not to be paid; PaymentsRefused (502) when somebody has."""
    state = payments.void_invoice(invoice_id, idempotency_key=f"invoice:{invoice_id}:void")
    with transaction(sessions) as session:
        apply_invoice(session, state, None)


def follow_invoice(sessions: Sessions, payments: Payments, invoice_id: str) -> None:
    """Ask how an invoice and its payment stand and apply it; webhooks and the daily look meet here."""
    state = payments.read_invoice(invoice_id)
    intent = state.payment_intent_id
    payment = payments.read_payment(intent) if intent and (state.tried or state.status == PAID) else None
    with transaction(sessions) as session:
        apply_invoice(session, state, payment)


def look(sessions: Sessions, payments: Payments, deposit_id: uuid.UUID) -> None:
    """Ask the provider how a deposit stands now, whichever way it comes."""
    with transaction(sessions, write=False) as session:
        deposit = queries.deposit(session, deposit_id)
        invoice = queries.invoice_of(session, deposit_id)
    if invoice is not None and invoice.external_id is not None:
        follow_invoice(sessions, payments, invoice.external_id)
    elif deposit is not None and deposit.session_id is not None:
        refresh(sessions, payments, deposit.session_id)


def apply_invoice(session: Session, state: InvoiceState, payment: PaymentState | None) -> None:
    """Move a deposit by invoice and its money to what the provider says, once; others' are ignored."""
    deposit = queries.lock(session, state.deposit_id) if state.deposit_id else None
    invoice = queries.lock_invoice(session, deposit.id) if deposit else None
    if deposit is None or invoice is None:
        return
    charge = payment.charge if payment else None
    if state.status == PAID and charge is not None and charge.state == TAKEN and payment is not None:
        apply_paid(session, deposit, charge, payment.id)
    elif state.status in GONE and deposit.state is DepositState.OPEN and invoice.external_id == state.id:
        deposit.move(DepositState.EXPIRED)
        invoice.voided_at = clock.database_now(session)
    elif payment is not None and payment.state == REFUSED and invoice.bounced_at is None:
        invoice.bounced_at = clock.database_now(session)
        publish(session, InvoiceBounced(**told(deposit)))


def remind_overdue(session: Session) -> None:
    """Tell companies, once, which invoices are past their day."""
    now = clock.database_now(session)
    for invoice in queries.newly_overdue(session, now):
        invoice.overdue_at = now
        publish(session, InvoiceOverdue(**told(invoice.deposit)))


def _customer(sessions: Sessions, payments: Payments, deposit_id: uuid.UUID) -> str | None:
    """Who the company is at the provider, made once, with whoever asks for this invoice as its address.

    None when the deposit wants no invoice.
    """
    with transaction(sessions, write=False) as session:
        deposit = queries.deposit(session, deposit_id)
        known = queries.customer(session, deposit.company_id) if deposit else None
    if deposit is None:
        return None
    name, email = deposit.company.name, deposit.by.email
    if known is not None:
        payments.update_customer(known.external_id, name=name, email=email)
        return known.external_id
    made = payments.create_customer(
        company_id=deposit.company_id,
        name=name,
        email=email,
        idempotency_key=f"company:{deposit.company_id}:customer",
    )
    with transaction(sessions) as session:
        insert_once(session, BillingCustomer, company_id=deposit.company_id, external_id=made)
    return made


def _order(session: Session, deposit_id: uuid.UUID, customer: str) -> InvoiceOrder | None:
    deposit = queries.lock(session, deposit_id)
    if deposit is None or deposit.state is not DepositState.CREATED:
        return None
    return InvoiceOrder(
        deposit_id=deposit.id,
        company_id=deposit.company_id,
        customer_id=customer,
        amount_minor=deposit.amount_minor,
        currency=deposit.currency,
        description=policy.invoice_line(deposit.company.name),
        days=policy.INVOICE_DAYS,
        idempotency_key=f"deposit:{deposit.id}",
    )


def _keep(session: Session, deposit_id: uuid.UUID, state: InvoiceState) -> None:
    deposit, invoice = queries.lock(session, deposit_id), queries.lock_invoice(session, deposit_id)
    if deposit is None or invoice is None or state.number is None:
        return
    invoice.number, invoice.due_at = state.number, state.due_at
    if deposit.state is DepositState.CREATED:
        deposit.move(DepositState.OPEN)
        deposit.page_url = state.url
