"""Company money in: the hosted page, its payment, refunds of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import stripe

from marketplace.gateways.stripe.client.asking import Base, asking, given, id_of, outcome
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.states import (
    ChargeState,
    DepositOrder,
    HostedPage,
    RefundState,
    SessionState,
)

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

EXPAND = ["payment_intent.latest_charge.balance_transaction"]


class Deposits(Base):
    """Checkout sessions and refunds."""

    def create_deposit_session(self, order: DepositOrder) -> HostedPage:
        """Open a hosted page on which the company pays; the same key answers the same page."""
        with asking():
            page = self._client.v1.checkout.sessions.create(
                _params(order), {"idempotency_key": order.idempotency_key}
            )
        return HostedPage(id=page.id, url=page.url or "")

    def read_session(self, session_id: str) -> SessionState:
        """The hosted page and its payment as they are now."""
        with asking():
            page = self._client.v1.checkout.sessions.retrieve(session_id, {"expand": EXPAND})
        return _state(page)

    def expire_session(self, session_id: str) -> SessionState:
        """Close the hosted page; nobody can pay on it any more."""
        with asking():
            page = self._client.v1.checkout.sessions.expire(session_id, {"expand": EXPAND})
        return _state(page)

    def read_charge(self, charge_id: str) -> ChargeState:
        """One try of a payment as it is now."""
        with asking():
            charge = self._client.v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]})
        return charge_state(charge)

    def refund(
        self, payment_intent_id: str, *, refund_id: uuid.UUID, amount_minor: int, idempotency_key: str
    ) -> Outcome:
        """Give back a part of a payment."""
        return outcome(
            lambda: self._client.v1.refunds.create(
                {
                    "payment_intent": payment_intent_id,
                    "amount": amount_minor,
                    "reason": "requested_by_customer",
                    "metadata": {"refund_id": str(refund_id)},
                },
                {"idempotency_key": idempotency_key},
            ),
            state=lambda refund: given(refund, "status"),
        )

    def find_refunds(self, payment_intent_id: str) -> Sequence[RefundState]:
        """Every refund of a payment, newest first."""
        with asking():
            found = self._client.v1.refunds.list({"payment_intent": payment_intent_id, "limit": 100})
            return [_refund(refund) for refund in found.auto_paging_iter()]

    def read_refund(self, external_id: str) -> RefundState:
        """The refund as it is now."""
        with asking():
            return _refund(self._client.v1.refunds.retrieve(external_id))


def _params(order: DepositOrder) -> "SessionCreateParams":
    metadata = {"deposit_id": str(order.deposit_id), "company_id": str(order.company_id)}
    description = f"Deposit of {order.customer_name}"
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency,
                    "unit_amount": order.amount_minor,
                    "product_data": {"name": description},
                },
            }
        ],
        "customer_email": order.customer_email,
        "client_reference_id": f"company:{order.company_id}",
        "metadata": metadata,
        "payment_intent_data": {
            "metadata": metadata,
            "transfer_group": f"company_{order.company_id}",
            "description": description,
        },
        "payment_method_options": {"card": {"request_three_d_secure": "any"}},
        "allowed_payment_method_types": ["card", "us_bank_account"],
        "invoice_creation": {"enabled": True},  # the company gets a receipt with a number
        "expires_at": _seconds(order.expires_at),
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _state(page: stripe.checkout.Session) -> SessionState:
    paid = given(page, "payment_intent")
    intent = paid if isinstance(paid, stripe.PaymentIntent) else None
    latest = given(intent, "latest_charge")
    charge = latest if isinstance(latest, stripe.Charge) else None
    line = given(charge, "balance_transaction")
    said = given(given(page, "metadata"), "deposit_id")
    return SessionState(
        id=page.id,
        status=given(page, "status") or "open",
        payment_status=page.payment_status,
        url=given(page, "url"),
        amount_minor=given(page, "amount_total") or 0,
        currency=given(page, "currency") or "",
        deposit_id=uuid.UUID(said) if said else None,
        payment_intent_id=id_of(paid),
        payment_state=intent.status if intent else None,
        charge_id=charge.id if charge else None,
        balance_transaction_id=id_of(line),
        fee_minor=line.fee if isinstance(line, stripe.BalanceTransaction) else None,
        failure=given(charge, "failure_message"),
    )


def charge_state(charge: stripe.Charge) -> ChargeState:
    """A charge as rooms read it."""
    line = given(charge, "balance_transaction")
    said = given(given(charge, "metadata"), "deposit_id")
    return ChargeState(
        id=charge.id,
        state=charge.status,
        amount_minor=charge.amount,
        currency=charge.currency,
        deposit_id=uuid.UUID(said) if said else None,
        payment_intent_id=id_of(given(charge, "payment_intent")),
        balance_transaction_id=id_of(line),
        fee_minor=line.fee if isinstance(line, stripe.BalanceTransaction) else None,
    )


def _refund(refund: stripe.Refund) -> RefundState:
    said = given(given(refund, "metadata"), "refund_id")
    return RefundState(
        id=refund.id,
        state=given(refund, "status") or "pending",
        amount_minor=refund.amount,
        currency=refund.currency,
        refund_id=uuid.UUID(said) if said else None,
    )
