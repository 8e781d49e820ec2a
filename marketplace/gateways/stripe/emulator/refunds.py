"""Giving payments back."""

from marketplace.gateways.stripe.emulator import balance, events
from marketplace.gateways.stripe.emulator.call import Call, must, page
from marketplace.gateways.stripe.emulator.params import (
    INTEGER,
    LABELS,
    PAGING,
    TEXT,
    TEXTS,
    Params,
    choice,
    needed,
)
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import ApiError, new_id

CREATE: Params = {
    "payment_intent": needed(TEXT),
    "amount": INTEGER,
    "expand": TEXTS,
    "metadata": LABELS,
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
}
LISTING: Params = {**PAGING, "charge": TEXT, "payment_intent": TEXT}


def create(call: Call) -> Body:
    """Give back a part: at most what is left of the charge, and what the platform has available."""
    books = call.books
    charge = _charge(books, call.values["payment_intent"])
    if _taken_back(books, charge):
        said = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(said, code="charge_disputed", param="charge")
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            param="charge",
        )
    amount = call.values.get("amount", left)
    if not 0 < amount <= left:
        raise ApiError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    balance.require(books, balance.PLATFORM, charge["currency"], amount)
    return _make(call, charge, amount)


def _charge(books: Books, intent_id: str) -> Body:
    intent = must(books.get("payment_intent", intent_id), "payment_intent", intent_id, param="payment_intent")
    charge = books.get("charge", intent["latest_charge"] or "")
    if charge is None or charge["status"] != "succeeded":
        raise ApiError(
            "This PaymentIntent does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return charge


def _taken_back(books: Books, charge: Body) -> bool:
    """The payer's bank has the money, or decides about it."""
    return charge["disputed"] and any(
        one["charge"] == charge["id"] and one["status"] in {"needs_response", "under_review", "lost"}
        for one in books.newest("dispute")
    )


def _make(call: Call, charge: Body, amount: int) -> Body:
    books, by_card = call.books, charge["payment_method_details"]["type"] == "card"
    refund = books.add(
        {
            "id": new_id("re_" if by_card else "pyr_"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": books.now,
            "currency": charge["currency"],
            "metadata": call.values.get("metadata", {}),
            "payment_intent": charge["payment_intent"],
            "reason": call.values.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded" if by_card else "pending",
            "transfer_reversal": None,
        }
    )
    moved = balance.line(books, "refund" if by_card else "payment_refund", -amount, refund)
    refund = books.save({**refund, "balance_transaction": moved["id"]})
    gone = charge["amount_refunded"] + amount
    charge = books.save({**charge, "amount_refunded": gone, "refunded": gone == charge["amount"]})
    events.record(books, "refund.created", refund)
    events.record(books, "charge.refunded", charge)
    if not by_card:
        books.later(books.rules.refund_seconds, "refund", refund["id"])
    return refund


def arrive(books: Books, refund_id: str) -> None:
    """A bank has taken the money back."""
    refund = must(books.get("refund", refund_id), "refund", refund_id)
    if refund["status"] == "pending":
        events.record(books, "refund.updated", books.save({**refund, "status": "succeeded"}))


def fail(books: Books, refund_id: str) -> None:
    """A bank sends the money back to us, even after the refund was reported as done."""
    refund = must(books.get("refund", refund_id), "refund", refund_id)
    returned = balance.line(books, "refund_failure", refund["amount"], refund)
    failed = {"status": "failed", "failure_reason": "unknown", "failure_balance_transaction": returned["id"]}
    charge = must(books.get("charge", refund["charge"]), "charge", refund["charge"])
    books.save({**charge, "amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False})
    refund = books.save({**refund, **failed})
    events.record(books, "refund.updated", refund)
    events.record(books, "refund.failed", refund)


def retrieve(call: Call) -> Body:
    """One refund."""
    return must(call.books.get("refund", call.ids[0]), "refund", call.ids[0])


def listing(call: Call) -> Body:
    """Refunds, newest first, of a payment."""
    wanted = {name: call.values[name] for name in ("charge", "payment_intent") if name in call.values}
    rows = [
        row
        for row in call.books.newest("refund")
        if all(row[name] == value for name, value in wanted.items())
    ]
    return page(call, "/v1/refunds", rows)
