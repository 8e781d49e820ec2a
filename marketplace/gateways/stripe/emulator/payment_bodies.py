"""What a payment looks like on the wire: the parts that never surprise anybody."""

from marketplace.gateways.stripe.emulator import checkout
from marketplace.gateways.stripe.emulator.call import must
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import new_id

CARD, BANK = "card", "us_bank_account"
GOOD_CARD = "4242424242424242"
# fields the service leaves empty for payments of ours
_EMPTY_INTENT = (
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method_configuration_details",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
)
_EMPTY_CHARGE = (
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "on_behalf_of",
    "outcome",
    "receipt_email",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source",
    "source_transfer",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
)


def intent(books: Books, session: Body, method: str) -> Body:
    """The payment behind a session, on its way."""
    plan_id = checkout.plan_id(session["id"])
    plan = must(books.get(checkout.PLAN, plan_id), "plan", plan_id)
    return {
        **dict.fromkeys(_EMPTY_INTENT),
        "id": new_id("pi_"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": None,
        "confirmation_method": "automatic",
        "created": books.now,
        "currency": session["currency"],
        "customer": new_id("cus_"),
        "description": plan.get("description"),
        "livemode": False,
        "metadata": plan.get("metadata", {}),
        "payment_method": new_id("pm_"),
        "payment_method_options": {},
        "payment_method_types": [method],
        "status": "processing",
        "transfer_group": plan.get("transfer_group"),
    }


def charge(books: Books, session: Body, intent: Body, method: str) -> Body:
    """The charge of a payment, on its way."""
    shared = ("amount", "currency", "customer", "description", "metadata", "payment_method", "transfer_group")
    return {
        **dict.fromkeys(_EMPTY_CHARGE),
        **{name: intent[name] for name in shared},
        "id": new_id("ch_" if method == CARD else "py_"),
        "object": "charge",
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "billing_details": dict.fromkeys(["address", "name", "phone"]) | {"email": session["customer_email"]},
        "calculated_statement_descriptor": "TEST MONEY",
        "captured": True,
        "created": books.now,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method_details": method_details(method),
        "radar_options": {},
        "refunded": False,
        "status": "pending",
    }


def method_details(method: str) -> Body:
    """Card or bank."""
    if method == BANK:
        names = ["account_holder_type", "account_type", "fingerprint", "last4", "routing_number"]
        return {"type": BANK, BANK: {**dict.fromkeys(names), "bank_name": "TEST BANK"}}
    names = ["checks", "country", "fingerprint", "funding", "installments", "last4", "mandate"]
    details = {**dict.fromkeys([*names, "network", "three_d_secure", "wallet"]), "brand": "visa"}
    return {"type": CARD, CARD: {**details, "exp_month": 12, "exp_year": 2040, "last4": GOOD_CARD[-4:]}}


def outcome() -> Body:
    """What the network said."""
    said = {"network_status": "approved_by_network", "reason": None, "risk_level": "normal"}
    return {**said, "seller_message": "Payment complete.", "type": "authorized"}


def details(session: Body) -> Body:
    """Who paid."""
    names = ["address", "name", "phone", "tax_exempt", "tax_ids"]
    return {**dict.fromkeys(names), "email": session["customer_email"]}
