"""Payments that a payer's bank takes back, and what becomes of them."""

from marketplace.gateways.stripe.emulator import balance, events
from marketplace.gateways.stripe.emulator.call import Call, must
from marketplace.gateways.stripe.emulator.params import BOOLEAN, LABELS, TEXT, TEXTS, Params, group
from marketplace.gateways.stripe.emulator.payment_bodies import CARD
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import ApiError, new_id

FEE = 1500  # the provider keeps it whatever the end
ANSWER_SECONDS = 9 * 86_400
REASONS = ("fraudulent", "product_not_received", "product_unacceptable", "duplicate", "general")
WAITING, WARNED = "needs_response", "warning_needs_response"
OPEN = frozenset({WAITING, "under_review", WARNED, "warning_under_review"})
TEXTS_OF_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
)
FILES_OF_EVIDENCE = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
UPDATE: Params = {
    "evidence": group(**dict.fromkeys(TEXTS_OF_EVIDENCE, TEXT)),
    "expand": TEXTS,
    "metadata": LABELS,
    "submit": BOOLEAN,
}


class NotPossible(Exception):
    """The charge or the dispute is not in a state for this."""


def open_on(
    books: Books,
    charge_id: str,
    *,
    amount: int | None = None,
    reason: str = "fraudulent",
    inquiry: bool = False,
) -> Body:
    """The payer's bank takes a payment back, or only asks (`inquiry`: no money moves).

    A bank debit cannot be answered: it is lost in the moment it is opened.  NotPossible for an unpaid charge,
    a second dispute of one, or more than was paid.
    """
    charge = books.get("charge", charge_id)
    amount = charge["amount"] if charge and amount is None else amount
    if charge is None or charge["status"] != "succeeded" or charge["disputed"]:
        raise NotPossible("Only a paid charge that was not disputed before can be.")
    if amount is None or not 0 < amount <= charge["amount"]:
        raise NotPossible("A dispute is about a part of the charge or all of it.")
    books.save({**charge, "disputed": True})
    by_card = charge["payment_method_details"]["type"] == CARD
    dispute = books.add(_body(books, charge, amount, reason, WARNED if inquiry else WAITING))
    if not inquiry:
        dispute = _withdraw(books, dispute)
    events.record(books, "charge.dispute.created", dispute)
    if not inquiry:
        events.record(books, "charge.dispute.funds_withdrawn", dispute)
    return dispute if by_card else _end(books, dispute, "lost")


def escalate(books: Books, dispute_id: str) -> Body:
    """A question has become a dispute: the money is taken now."""
    dispute = _waiting(books, dispute_id, {WARNED, "warning_under_review"})
    dispute = _withdraw(books, {**dispute, "status": WAITING})
    events.record(books, "charge.dispute.updated", dispute)
    events.record(books, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def win(books: Books, dispute_id: str) -> Body:
    """The bank has decided for us; what was taken comes back, without the fee."""
    dispute = _waiting(books, dispute_id, OPEN)
    taken = -sum(line["amount"] for line in dispute["balance_transactions"])
    if not taken:
        return _end(books, dispute, "warning_closed")
    line = balance.line(books, "adjustment", taken, dispute, category="dispute_reversal")
    lines = [*dispute["balance_transactions"], line]
    dispute = _end(books, {**dispute, "balance_transactions": lines}, "won")
    events.record(books, "charge.dispute.funds_reinstated", dispute)
    return dispute


def lose(books: Books, dispute_id: str) -> Body:
    """The bank has decided against us."""
    return _end(books, _waiting(books, dispute_id, {WAITING, "under_review"}), "lost")


def retrieve(call: Call) -> Body:
    """One dispute."""
    return must(call.books.get("dispute", call.ids[0]), "dispute", call.ids[0])


def update(call: Call) -> Body:
    """Keep evidence; `submit` hands it in, once."""
    books, dispute = call.books, retrieve(call)
    if dispute["status"] not in {WAITING, WARNED}:
        raise ApiError("This dispute is already closed or under review.", code="dispute_not_updatable")
    details = {**dispute["evidence_details"], "has_evidence": True}
    changed = {
        "evidence": {**dispute["evidence"], **call.values.get("evidence", {})},
        "metadata": {**dispute["metadata"], **call.values.get("metadata", {})},
    }
    if call.values.get("submit"):
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        changed["status"] = dispute["status"].replace("needs_response", "under_review")
    dispute = books.save({**dispute, **changed, "evidence_details": details})
    events.record(books, "charge.dispute.updated", dispute)
    return dispute


def close(call: Call) -> Body:
    """Give in."""
    dispute = retrieve(call)
    if dispute["status"] not in {WAITING, WARNED}:
        raise ApiError("This dispute is already closed or under review.", code="dispute_not_closable")
    return _end(call.books, dispute, "lost" if dispute["status"] == WAITING else "warning_closed")


def _waiting(books: Books, dispute_id: str, states: set[str] | frozenset[str]) -> Body:
    dispute = books.get("dispute", dispute_id)
    if dispute is None or dispute["status"] not in states:
        raise NotPossible("This dispute has been decided.")
    return dispute


def _withdraw(books: Books, dispute: Body) -> Body:
    line = balance.line(books, "adjustment", -dispute["amount"], dispute, fee=FEE, category="dispute")
    return books.save({**dispute, "balance_transactions": [line], "is_charge_refundable": False})


def _end(books: Books, dispute: Body, status: str) -> Body:
    dispute = books.save({**dispute, "status": status})
    events.record(books, "charge.dispute.closed", dispute)
    return dispute


def _body(books: Books, charge: Body, amount: int, reason: str, status: str) -> Body:
    by_card = charge["payment_method_details"]["type"] == CARD
    body: Body = {
        "id": new_id("du_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": books.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys([*TEXTS_OF_EVIDENCE, *FILES_OF_EVIDENCE]), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": books.now + ANSWER_SECONDS if by_card else 0,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": "manual",
        "is_charge_refundable": True,
        "livemode": False,
        "metadata": {},
        "network_reason_code": None,
        "payment_intent": charge["payment_intent"],
        "reason": reason if by_card else "debit_not_authorized",
        "status": status,
    }
    if by_card:
        case = "inquiry" if status == WARNED else "chargeback"
        card = {"brand": "visa", "case_type": case, "network": "visa", "network_reason_code": "10.4"}
        body["payment_method_details"] = {"type": CARD, CARD: card}
    return body
