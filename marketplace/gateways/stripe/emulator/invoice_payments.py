"""What becomes of an invoice when a person pays it on its hosted page."""

from marketplace.gateways.stripe.emulator import balance, events
from marketplace.gateways.stripe.emulator import payment_bodies as bodies
from marketplace.gateways.stripe.emulator.call import must
from marketplace.gateways.stripe.emulator.invoices import paying, takes_card
from marketplace.gateways.stripe.emulator.payments import RETURNED, PageClosed, PaidHow, fee
from marketplace.gateways.stripe.emulator.store import Body, Books


def pay(books: Books, invoice_id: str, how: PaidHow) -> Body:
    """Pay an open invoice; PageClosed when it is not open, a debit is on its way, or it takes no card."""
    invoice = must(books.get("invoice", invoice_id), "invoice", invoice_id)
    intent = intent_of(books, invoice)
    if invoice["status"] != "open" or intent["status"] == "processing":
        raise PageClosed(invoice["status"])
    if how is PaidHow.CARD and not takes_card(invoice):
        raise PageClosed("no card")
    method = bodies.CARD if how is PaidHow.CARD else bodies.BANK
    charge = books.add(bodies.charge(books, paying(invoice), intent, method))
    books.save({**intent, "latest_charge": charge["id"], "status": "processing"})
    tried = {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    invoice = books.save({**invoice, **tried})
    if how is PaidHow.CARD:
        return arrive(books, invoice_id)
    what = "invoice_debit_returned" if how is PaidHow.BANK_RETURNED else "invoice_debit"
    books.later(books.rules.bank_debit_seconds, what, invoice_id)
    return invoice


def arrive(books: Books, invoice_id: str) -> Body:
    """The money is there."""
    invoice = must(books.get("invoice", invoice_id), "invoice", invoice_id)
    intent = intent_of(books, invoice)
    charge = _charge_of(books, intent)
    method, amount = charge["payment_method_details"]["type"], invoice["amount_due"]
    by_card = method == bodies.CARD
    moved = balance.line(
        books,
        "charge" if by_card else "payment",
        amount,
        charge,
        fee=fee(method, amount),
        seconds=books.rules.card_seconds if by_card else 0,
    )
    done = {"status": "succeeded", "paid": True, "balance_transaction": moved["id"]}
    charge = books.save({**charge, **done, "outcome": bodies.outcome()})
    books.save({**intent, "status": "succeeded", "amount_received": amount})
    invoice = books.save(_paid(invoice, amount, books.now))
    events.record(books, "charge.succeeded", charge)
    events.record(books, "invoice.paid", invoice)
    return invoice


def _paid(invoice: Body, amount: int, now: int) -> Body:
    known = {**invoice["payments"]["data"][0], "status": "paid", "amount_paid": amount}
    known["status_transitions"] = {"canceled_at": None, "paid_at": now}
    return {
        **invoice,
        "status": "paid",
        "amount_paid": amount,
        "amount_remaining": 0,
        "payments": {**invoice["payments"], "data": [known]},
        "status_transitions": {**invoice["status_transitions"], "paid_at": now},
    }


def bounce(books: Books, invoice_id: str) -> None:
    """The bank has refused the debit; the invoice stays open."""
    invoice = must(books.get("invoice", invoice_id), "invoice", invoice_id)
    intent = intent_of(books, invoice)
    charge = _charge_of(books, intent)
    said = {"failure_code": "debit_not_authorized", "failure_message": RETURNED}
    charge = books.save({**charge, **said, "status": "failed", "captured": False})
    books.save({**intent, "status": "requires_payment_method"})
    events.record(books, "charge.failed", charge)
    events.record(books, "invoice.payment_failed", invoice)


def intent_of(books: Books, invoice: Body) -> Body:
    """The payment behind an invoice that has its number."""
    known = invoice["payments"]["data"]
    intent_id = known[0]["payment"]["payment_intent"] if known else ""
    return must(books.get("payment_intent", intent_id), "payment_intent", intent_id)


def _charge_of(books: Books, intent: Body) -> Body:
    return must(books.get("charge", intent["latest_charge"]), "charge", intent["latest_charge"])
