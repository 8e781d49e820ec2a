"""Checkout sessions: made by us, paid or left by a person, expired by time."""

from collections.abc import Mapping
from typing import Any

from marketplace.gateways.stripe.emulator import events
from marketplace.gateways.stripe.emulator.call import Call, must
from marketplace.gateways.stripe.emulator.params import (
    BOOLEAN,
    INTEGER,
    LABELS,
    TEXT,
    TEXTS,
    Params,
    choice,
    group,
    many,
    needed,
)
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import ApiError, new_id

SMALLEST = 50
SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 3600
SLACK_SECONDS = 60  # two clocks
CREATE: Params = {
    "mode": choice("payment", required=True),
    "line_items": needed(
        many(
            group(
                quantity=INTEGER,
                price_data=group(
                    currency=needed(TEXT),
                    unit_amount=needed(INTEGER),
                    product_data=group(name=needed(TEXT), description=TEXT),
                ),
            )
        )
    ),
    "success_url": needed(TEXT),
    "cancel_url": TEXT,
    "expires_at": INTEGER,
    "allowed_payment_method_types": many(choice("card", "us_bank_account")),
    "client_reference_id": TEXT,
    "customer_email": TEXT,
    "customer_creation": choice("always", "if_required"),
    "expand": TEXTS,
    "invoice_creation": group(enabled=BOOLEAN),
    "metadata": LABELS,
    "payment_intent_data": group(description=TEXT, metadata=LABELS, transfer_group=TEXT),
    "payment_method_options": group(card=group(request_three_d_secure=choice("any", "automatic"))),
    "payment_method_types": TEXTS,
}
PLAN = "emulator.plan"
EMPTY = (
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "invoice",
    "locale",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "recovered_from",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
)


def create(call: Call) -> Body:
    """Open a page.  What the person decides there is in `payments`."""
    books, values = call.books, call.values
    if "payment_method_types" in values:
        raise ApiError(
            "`payment_method_types` is no longer supported. Use `allowed_payment_method_types`.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
            saved=False,
        )
    total, currency = _total(values["line_items"])
    expires_at = values.get("expires_at", books.now + LONGEST_SECONDS)
    lasts = expires_at - books.now
    if not SHORTEST_SECONDS - SLACK_SECONDS <= lasts <= LONGEST_SECONDS + SLACK_SECONDS:
        raise ApiError(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from now.",
            param="expires_at",
            saved=False,
        )
    session = books.add(_session(call, total, currency, expires_at))
    books.add({**values.get("payment_intent_data", {}), "id": plan_id(session["id"]), "object": PLAN})
    books.later(lasts, "expire", session["id"])
    return session


def plan_id(session_id: str) -> str:
    """Where the data for the payment waits until there is one."""
    return f"{session_id}:plan"


def _total(items: list[Mapping[str, Any]]) -> tuple[int, str]:
    total = sum(item.get("quantity", 1) * item["price_data"]["unit_amount"] for item in items)
    if total < SMALLEST:
        raise ApiError(
            "The Checkout Session's total amount due must add up to at least $0.50 usd",
            code="amount_too_small",
            saved=False,
        )
    return total, items[0]["price_data"]["currency"]


def _session(call: Call, total: int, currency: str, expires_at: int) -> Body:
    session_id, values = new_id("cs_test_"), call.values
    types = values.get("allowed_payment_method_types", ["card"])
    return {
        **dict.fromkeys(EMPTY),
        "id": session_id,
        "object": "checkout.session",
        "allowed_payment_method_types": types,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": values.get("cancel_url"),
        "client_reference_id": values.get("client_reference_id"),
        "created": call.books.now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ["after_submit", "shipping_address", "submit", "terms_of_service_acceptance"]
        ),
        "customer_creation": values.get("customer_creation", "if_required"),
        "customer_details": None,
        "customer_email": values.get("customer_email"),
        "expires_at": expires_at,
        "livemode": False,
        "metadata": values.get("metadata", {}),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": values.get("payment_method_options", {}),
        "payment_method_types": types,
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": values["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{call.books.rules.public_url}/gateway/pay/{session_id}",
    }


def retrieve(call: Call) -> Body:
    """One session."""
    return must(call.books.get("checkout.session", call.ids[0]), "checkout.session", call.ids[0])


def expire(call: Call) -> Body:
    """Close an open page."""
    session = retrieve(call)
    if session["status"] != "open":
        raise ApiError(
            f"Only open sessions can be expired; this one is {session['status']}.", param="session"
        )
    return close(call.books, session["id"])


def close(books: Books, session_id: str) -> Body:
    """The page is over, unless somebody paid in time."""
    session = must(books.get("checkout.session", session_id), "checkout.session", session_id)
    if session["status"] == "open":
        session = books.save({**session, "status": "expired", "url": None})
        events.record(books, "checkout.session.expired", session)
    return session
