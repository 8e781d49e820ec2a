"""Deposits by invoice: what it will say, sending it, leaving it."""

import uuid
from datetime import timedelta

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.billing import policy, queries, service
from marketplace.billing.errors import DepositOver
from marketplace.billing.forms import InvoiceForm
from marketplace.billing.views.door import MEMBER, bp, membership, own_deposit
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.errors import PaymentsDown, PaymentsRefused
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import after_commit, db, see_other, sessions, wired


@bp.get("/invoices/new")
@open_to(MEMBER)
def new_invoice() -> ResponseReturnValue:
    """What the invoice will say; `amount` is minor units."""
    form = InvoiceForm(formdata=None)
    form.amount.data = min(request.args.get("amount", type=int) or 0, MONEY.invoice_maximum_minor) or None
    return _page(form)


@bp.post("/invoices")
@open_to(MEMBER)
def send_invoice() -> ResponseReturnValue:
    """Write the invoice down and bring it to the provider; the worker goes on when that does not answer."""
    member, form = membership(), InvoiceForm()
    if not form.validate_on_submit():
        return _page(form), 422
    key, amount = uuid.UUID(str(form.form_key.data)), int(form.amount.data or 0)
    deposit = service.start_invoice(db(), by=member, amount_minor=amount, form_key=key)
    return after_commit(lambda: _issue(deposit.id))


@bp.post("/deposits/<uuid:deposit_id>/cancel")
@open_to(MEMBER)
def cancel_invoice(deposit_id: uuid.UUID) -> ResponseReturnValue:
    """Leave an invoice that nobody has paid."""
    deposit = own_deposit(deposit_id)
    service.cancel_invoice(db(), deposit, by=membership())
    invoice = queries.invoice_of(db(), deposit_id)
    if invoice is None or invoice.external_id is None:
        raise DepositOver
    external_id = invoice.external_id
    return after_commit(lambda: _void(deposit_id, external_id))


def _issue(deposit_id: uuid.UUID) -> ResponseReturnValue:
    try:
        service.issue(sessions(), wired(Gateways).stripe, deposit_id)
    except (PaymentsDown, PaymentsRefused):
        flash("The payment service does not answer right now. We send the invoice by ourselves.", "bad")
    return see_other("billing.show", deposit_id=deposit_id)


def _void(deposit_id: uuid.UUID, external_id: str) -> ResponseReturnValue:
    payments = wired(Gateways).stripe
    try:
        service.void(sessions(), payments, external_id)
        flash("The invoice is cancelled. Nothing is owed on it.", "ok")
    except PaymentsDown as refusal:
        flash(refusal.message, "bad")
    except PaymentsRefused:  # somebody was faster: it is paid, or cancelled already
        service.follow_invoice(sessions(), payments, external_id)
        flash("The invoice could not be cancelled. This is how it stands now.", "bad")
    return see_other("billing.show", deposit_id=deposit_id)


def _page(form: InvoiceForm) -> str:
    member, now = membership(), clock.database_now(db())
    return render_template(
        "marketplace/billing/new_invoice.html",
        form=form,
        company=member.company,
        email=member.user.email,
        line=policy.invoice_line(member.company.name),
        due_at=now + timedelta(days=MONEY.invoice_days),
        limit=service.page_limit(db(), member.company_id),
        may_pay=policy.may_pay(member),
        rules=MONEY,
    )
