"""What becomes of a page when a person pays on it."""

import enum

from marketplace.gateways.stripe.emulator import balance, events
from marketplace.gateways.stripe.emulator import payment_bodies as bodies
from marketplace.gateways.stripe.emulator.call import Call, must
from marketplace.gateways.stripe.emulator.payment_bodies import BANK, CARD
from marketplace.gateways.stripe.emulator.store import Body, Books

CARD_FEE_PER_MILLE, CARD_FEE_FIXED = 29, 30
BANK_FEE_PER_MILLE, BANK_FEE_MOST = 8, 500
DECLINES = {
    "4000000000000002": "Your card was declined.",
    "4000000000009995": "Your card has insufficient funds.",
}
RETURNED = "The customer's bank account could not be debited."


class PaidHow(enum.Enum):
    """By card at once; by a bank debit that arrives later, or that the bank sends back."""

    CARD = "card"
    BANK = "bank"
    BANK_RETURNED = "bank_returned"


class PageClosed(Exception):
    """The page has been paid already, or its time is over."""


def fee(method: str, amount: int) -> int:
    """The provider's price: 2.9 % + 30 cents by card, 0.8 % and at most 5 dollars by bank debit."""
    if method == CARD:
        return (amount * CARD_FEE_PER_MILLE + 500) // 1000 + CARD_FEE_FIXED
    return min(BANK_FEE_MOST, (amount * BANK_FEE_PER_MILLE + 500) // 1000)


def pay(books: Books, session_id: str, how: PaidHow) -> Body:
    """Pay an open page; PageClosed when it is not open."""
    session = must(books.get("checkout.session", session_id), "checkout.session", session_id)
    if session["status"] != "open":
        raise PageClosed(session["status"])
    method = CARD if how is PaidHow.CARD else BANK
    intent = books.add(bodies.intent(books, session, method))
    charge = books.add(bodies.charge(books, session, intent, method))
    books.save({**intent, "latest_charge": charge["id"]})
    session = books.save(
        {
            **session,
            "customer": intent["customer"],
            "customer_details": bodies.details(session),
            "payment_intent": intent["id"],
            "status": "complete",
            "url": None,
        }
    )
    if how is PaidHow.CARD:
        return _succeed(books, session, "checkout.session.completed")
    events.record(books, "checkout.session.completed", session)
    what = "bank_debit_returned" if how is PaidHow.BANK_RETURNED else "bank_debit"
    books.later(books.rules.bank_debit_seconds, what, session_id)
    return session


def arrive(books: Books, session_id: str) -> None:
    """The bank debit has arrived."""
    session = must(books.get("checkout.session", session_id), "checkout.session", session_id)
    _succeed(books, session, "checkout.session.async_payment_succeeded")


def bounce(books: Books, session_id: str) -> None:
    """The bank has refused the debit."""
    session = must(books.get("checkout.session", session_id), "checkout.session", session_id)
    intent, charge = _payment(books, session)
    said = {"failure_code": "debit_not_authorized", "failure_message": RETURNED}
    charge = books.save({**charge, **said, "status": "failed", "captured": False})
    books.save({**intent, "status": "requires_payment_method", "amount_received": 0})
    events.record(books, "charge.failed", charge)
    events.record(books, "checkout.session.async_payment_failed", session)


def _succeed(books: Books, session: Body, event: str) -> Body:
    intent, charge = _payment(books, session)
    method, amount = charge["payment_method_details"]["type"], session["amount_total"]
    by_card = method == CARD
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
    books.save({**intent, "status": "succeeded", "amount_received": amount, "processing": None})
    session = books.save({**session, "payment_status": "paid"})
    events.record(books, "charge.succeeded", charge)
    events.record(books, event, session)
    return session


def _payment(books: Books, session: Body) -> tuple[Body, Body]:
    intent_id = session["payment_intent"]
    intent = must(books.get("payment_intent", intent_id), "payment_intent", intent_id)
    charge_id = intent["latest_charge"]
    return intent, must(books.get("charge", charge_id), "charge", charge_id)


def retrieve_intent(call: Call) -> Body:
    """One payment."""
    return must(call.books.get("payment_intent", call.ids[0]), "payment_intent", call.ids[0])


def retrieve_charge(call: Call) -> Body:
    """One charge."""
    return must(call.books.get("charge", call.ids[0]), "charge", call.ids[0])
