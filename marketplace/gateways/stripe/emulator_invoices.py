"""The played provider's hosted page of an invoice: a person reads it and pays in a way it takes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.gateways.stripe.emulator import invoice_payments
from marketplace.gateways.stripe.emulator.invoices import takes_card
from marketplace.gateways.stripe.emulator.payments import PageClosed, PaidHow
from marketplace.gateways.stripe.emulator_pages import PayForm, emulator, pay_form, tell_us
from marketplace.kit.access import anyone, open_to
from marketplace.kit.errors import Gone
from marketplace.kit.web import after_commit, found

bp = Blueprint("provider_invoices", __name__, url_prefix="/gateway/invoice")


@bp.get("/<invoice_id>")
@open_to(anyone)
def show(invoice_id: str) -> ResponseReturnValue:
    """What is to be paid, until when, and how it stands."""
    invoice = _invoice(invoice_id)
    return _page(invoice, pay_form(card=takes_card(invoice)))


@bp.post("/<invoice_id>")
@open_to(anyone)
def pay(invoice_id: str) -> ResponseReturnValue:
    """Pay it, and tell the platform."""
    invoice = _invoice(invoice_id)
    form = pay_form(card=takes_card(invoice))
    if not form.validate_on_submit():
        return _page(invoice, form), 422
    how = PaidHow(form.how.data)
    return after_commit(lambda: _pay(invoice_id, how))


def _pay(invoice_id: str, how: PaidHow) -> ResponseReturnValue:
    try:
        with emulator().books() as books:
            invoice_payments.pay(books, invoice_id, how)
    except PageClosed:
        raise Gone("This invoice cannot be paid again. Its page says how it stands.") from None
    tell_us()
    return redirect(url_for("provider_invoices.show", invoice_id=invoice_id), 303)


def _invoice(invoice_id: str) -> Mapping[str, Any]:
    with emulator().books() as books:
        invoice = found(books.get("invoice", invoice_id))
        return found(invoice if invoice["number"] else None)


def _page(invoice: Mapping[str, Any], form: PayForm) -> str:
    with emulator().books() as books:
        intent = invoice_payments.intent_of(books, dict(invoice))
    return render_template(
        "marketplace/gateways/invoice.html",
        invoice={**invoice, "due_at": datetime.fromtimestamp(invoice["due_date"], UTC)},
        form=form,
        coming=intent["status"] == "processing",
    )
