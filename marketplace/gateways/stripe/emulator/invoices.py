"""Customers and their invoices: made by us, paid or left by a person on a hosted page, voided by us."""

from collections.abc import Mapping
from typing import Any

from marketplace.gateways.stripe.emulator import events
from marketplace.gateways.stripe.emulator import payment_bodies as bodies
from marketplace.gateways.stripe.emulator.call import Call, must
from marketplace.gateways.stripe.emulator.checkout import PLAN, plan_id
from marketplace.gateways.stripe.emulator.params import (
    BOOLEAN,
    INTEGER,
    LABELS,
    TEXT,
    TEXTS,
    Params,
    choice,
    group,
    needed,
)
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import BAD_REQUEST, ApiError, new_id

DAY_SECONDS = 24 * 3600
CUSTOMER: Params = {"name": TEXT, "email": TEXT, "metadata": LABELS, "expand": TEXTS}
RENAME: Params = {"name": TEXT, "email": TEXT}
CREATE: Params = {
    "customer": needed(TEXT),
    "collection_method": choice("send_invoice", required=True),
    "days_until_due": INTEGER,
    "auto_advance": BOOLEAN,
    "currency": TEXT,
    "description": TEXT,
    "metadata": LABELS,
    "payment_settings": group(
        payment_method_types=TEXTS,
        payment_method_options=group(
            customer_balance=group(
                funding_type=choice("bank_transfer"),
                bank_transfer=group(type=choice("us_bank_transfer")),
            )
        ),
    ),
    "expand": TEXTS,
}
ITEM: Params = {
    "customer": needed(TEXT),
    "invoice": needed(TEXT),
    "amount": needed(INTEGER),
    "currency": needed(TEXT),
    "description": TEXT,
    "expand": TEXTS,
}
FINALIZE: Params = {"auto_advance": BOOLEAN, "expand": TEXTS}
_ZERO = (
    "amount_due",
    "amount_overpaid",
    "amount_paid",
    "amount_remaining",
    "amount_shipping",
    "attempt_count",
    "post_payment_credit_notes_amount",
    "pre_payment_credit_notes_amount",
    "starting_balance",
    "subtotal",
    "total",
)
_EMPTY = ("due_date", "hosted_invoice_url", "invoice_pdf", "number")


def create_customer(call: Call) -> Body:
    """Somebody invoices go to."""
    values = call.values
    return call.books.add(
        {
            "id": new_id("cus_"),
            "object": "customer",
            "created": call.books.now,
            "email": values.get("email"),
            "livemode": False,
            "metadata": values.get("metadata", {}),
            "name": values.get("name"),
        }
    )


def update_customer(call: Call) -> Body:
    """Who is written to from now on; what was sent keeps its address."""
    (customer_id,) = call.ids
    customer = must(call.books.get("customer", customer_id), "customer", customer_id)
    return call.books.save(
        {**customer, **{name: call.values[name] for name in RENAME if name in call.values}}
    )


def create(call: Call) -> Body:
    """A draft without a line."""
    values, books = call.values, call.books
    customer = must(
        books.get("customer", values["customer"]),
        "customer",
        values["customer"],
        param="customer",
        status=BAD_REQUEST,
    )
    return books.add(_draft(books, customer, values))


def _draft(books: Books, customer: Body, values: Any) -> Body:
    invoice_id = new_id("in_")
    return {
        **dict.fromkeys(_ZERO, 0),
        **dict.fromkeys(_EMPTY),
        "id": invoice_id,
        "object": "invoice",
        "attempted": False,
        "auto_advance": values.get("auto_advance", False),
        "automatic_tax": {"enabled": False},
        "collection_method": "send_invoice",
        "created": books.now,
        "currency": values.get("currency", "usd"),
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "default_tax_rates": [],
        "description": values.get("description"),
        "discounts": [],
        "issuer": {"type": "self"},
        "lines": _list(f"/v1/invoices/{invoice_id}/lines"),
        "livemode": False,
        "metadata": values.get("metadata", {}),
        "payment_settings": _settings(values.get("payment_settings", {})),
        "payments": _list("/v1/invoice_payments"),
        "period_end": books.now,
        "period_start": books.now,
        "status": "draft",
        "status_transitions": _moments(),
        "due_date": books.now + values.get("days_until_due", 30) * DAY_SECONDS,
    }


def _settings(given: Mapping[str, Any]) -> Body:
    return {"default_mandate": None, "payment_method_options": None, "payment_method_types": None, **given}


def takes_card(invoice: Mapping[str, Any]) -> bool:
    """Whether a card may pay an invoice: one that names no ways takes any."""
    types = invoice["payment_settings"].get("payment_method_types")
    return not types or bodies.CARD in types


def _list(url: str) -> Body:
    return {"object": "list", "url": url, "has_more": False, "data": []}


def _moments(**known: int) -> Body:
    names = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
    return {**dict.fromkeys(names), **known}


def add_item(call: Call) -> Body:
    """A line of a draft."""
    values, books = call.values, call.books
    invoice = _at(books, values["invoice"], "draft")
    item = books.add(
        {
            "id": new_id("ii_"),
            "object": "invoiceitem",
            "amount": values["amount"],
            "currency": values["currency"],
            "customer": values["customer"],
            "date": books.now,
            "description": values.get("description"),
            "discountable": True,
            "invoice": invoice["id"],
            "livemode": False,
            "metadata": {},
            "period": {"start": books.now, "end": books.now},
            "proration": False,
            "quantity": 1,
            "quantity_decimal": "1",
        }
    )
    lines = [*invoice["lines"]["data"], _line(item)]
    total = sum(line["amount"] for line in lines)
    sums = dict.fromkeys(("amount_due", "amount_remaining", "subtotal", "total"), total)
    books.save({**invoice, **sums, "lines": {**invoice["lines"], "data": lines}})
    return item


def _line(item: Body) -> Body:
    shared = ("amount", "currency", "description", "discountable", "invoice", "livemode", "metadata")
    made = {name: item[name] for name in (*shared, "period", "quantity", "quantity_decimal")}
    return {
        **made,
        "id": new_id("il_"),
        "object": "line_item",
        "discounts": [],
        "subtotal": item["amount"],
    }


def retrieve(call: Call) -> Body:
    """One invoice."""
    return must(call.books.get("invoice", call.ids[0]), "invoice", call.ids[0])


def finalize(call: Call) -> Body:
    """Give a draft its number and its page."""
    books = call.books
    invoice = _at(books, call.ids[0], "draft")
    number = int(books.fact("invoices", "0")) + 1
    books.sql.execute("UPDATE facts SET value = ? WHERE name = 'invoices'", (str(number),))
    books.add({"id": plan_id(invoice["id"]), "object": PLAN, "description": f"Invoice {number:04}"})
    method = bodies.CARD if takes_card(invoice) else bodies.BANK
    intent = books.add({**bodies.intent(books, paying(invoice), method), "status": "requires_payment_method"})
    return books.save(
        {
            **invoice,
            "status": "open",
            "number": f"ASSAY-{number:04}",
            "hosted_invoice_url": f"{books.rules.public_url}/gateway/invoice/{invoice['id']}",
            "payments": {**invoice["payments"], "data": [_payment(invoice, intent, books.now)]},
            "status_transitions": _moments(finalized_at=books.now),
        }
    )


def paying(invoice: Body) -> Body:
    """An invoice as the bodies of a payment want it."""
    return {
        "id": invoice["id"],
        "amount_total": invoice["amount_due"],
        "currency": invoice["currency"],
        "customer_email": invoice["customer_email"],
    }


def _payment(invoice: Body, intent: Body, now: int) -> Body:
    return {
        "id": new_id("inpay_"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {
            "type": "payment_intent",
            "payment_intent": intent["id"],
            "charge": None,
            "payment_record": None,
        },
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }


def send(call: Call) -> Body:
    """Put it into the customer's mailbox: nothing leaves this machine."""
    return _at(call.books, call.ids[0], "open")


def void(call: Call) -> Body:
    """Nobody can pay it any more."""
    books = call.books
    invoice = _at(books, call.ids[0], "open")
    gone = _moments(**{**invoice["status_transitions"], "voided_at": books.now})
    invoice = books.save({**invoice, "status": "void", "amount_remaining": 0, "status_transitions": gone})
    events.record(books, "invoice.voided", invoice)
    return invoice


def _at(books: Books, invoice_id: str, status: str) -> Body:
    invoice = must(books.get("invoice", invoice_id), "invoice", invoice_id)
    if invoice["status"] != status:
        raise ApiError(
            f"This invoice is {invoice['status']}; only {status} ones can do this.",
            code="invoice_not_editable",
            param="invoice",
        )
    return invoice
