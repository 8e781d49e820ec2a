"""Company money in by invoice: its customer, its one line, its letter; and what became of it."""

import uuid

import stripe

from marketplace.gateways.stripe.client.asking import Base, asking, given, id_of, moment
from marketplace.gateways.stripe.client.deposits import charge_state
from marketplace.gateways.stripe.states import InvoiceOrder, InvoiceState, PaymentState

EXPAND = ["payments"]
_TRANSFER: stripe.params.InvoiceCreateParamsPaymentSettingsPaymentMethodOptionsCustomerBalance = {
    "funding_type": "bank_transfer",
    "bank_transfer": {"type": "us_bank_transfer"},
}


class Invoices(Base):
    """Customers and invoices."""

    def create_customer(self, *, company_id: uuid.UUID, name: str, email: str, idempotency_key: str) -> str:
        """Somebody invoices go to; answers the id."""
        with asking():
            made = self._client.v1.customers.create(
                {"name": name, "email": email, "metadata": {"company_id": str(company_id)}},
                {"idempotency_key": idempotency_key},
            )
        return made.id

    def update_customer(self, customer_id: str, *, name: str, email: str) -> None:
        """Say who the next invoices go to."""
        with asking():
            self._client.v1.customers.update(customer_id, {"name": name, "email": email})

    def draft_invoice(self, order: InvoiceOrder) -> InvoiceState:
        """Write an invoice without a line; nobody sees it yet.  No card pays it: cards have a limit."""
        with asking():
            made = self._client.v1.invoices.create(
                {
                    "customer": order.customer_id,
                    "collection_method": "send_invoice",
                    "days_until_due": order.days,
                    "auto_advance": False,
                    "currency": order.currency,
                    "description": order.description,
                    "payment_settings": {
                        "payment_method_types": ["customer_balance", "us_bank_account"],
                        "payment_method_options": {"customer_balance": _TRANSFER},
                    },
                    "metadata": {
                        "deposit_id": str(order.deposit_id),
                        "company_id": str(order.company_id),
                    },
                },
                {"idempotency_key": f"{order.idempotency_key}:invoice"},
            )
        return _state(made)

    def issue_invoice(self, invoice_id: str, order: InvoiceOrder) -> InvoiceState:
        """Bring a draft to its customer, looking before each step."""
        now = self.read_invoice(invoice_id)
        if now.status == "draft" and now.amount_minor == 0:
            self._add_line(invoice_id, order)
            now = self.read_invoice(invoice_id)
        if now.status == "draft" and now.amount_minor == order.amount_minor:
            with asking():
                self._client.v1.invoices.finalize_invoice(
                    invoice_id,
                    {"auto_advance": False},
                    {"idempotency_key": f"{order.idempotency_key}:finalize"},
                )
            now = self.read_invoice(invoice_id)
        if now.status == "open":
            with asking():
                self._client.v1.invoices.send_invoice(
                    invoice_id, {}, {"idempotency_key": f"{order.idempotency_key}:send"}
                )
        return now

    def _add_line(self, invoice_id: str, order: InvoiceOrder) -> None:
        with asking():
            self._client.v1.invoice_items.create(
                {
                    "customer": order.customer_id,
                    "invoice": invoice_id,
                    "amount": order.amount_minor,
                    "currency": order.currency,
                    "description": order.description,
                },
                {"idempotency_key": f"{order.idempotency_key}:item"},
            )

    def void_invoice(self, invoice_id: str, *, idempotency_key: str) -> InvoiceState:
        """Nobody can pay it any more."""
        with asking():
            self._client.v1.invoices.void_invoice(invoice_id, {}, {"idempotency_key": idempotency_key})
        return self.read_invoice(invoice_id)

    def read_invoice(self, invoice_id: str) -> InvoiceState:
        """The invoice as it is now."""
        with asking():
            return _state(self._client.v1.invoices.retrieve(invoice_id, {"expand": EXPAND}))

    def read_payment(self, payment_intent_id: str) -> PaymentState:
        """A payment and its last try as they are now."""
        with asking():
            intent = self._client.v1.payment_intents.retrieve(
                payment_intent_id, {"expand": ["latest_charge.balance_transaction"]}
            )
        latest = given(intent, "latest_charge")
        charge = charge_state(latest) if isinstance(latest, stripe.Charge) else None
        return PaymentState(id=intent.id, state=intent.status, charge=charge)


def _state(invoice: stripe.Invoice) -> InvoiceState:
    said = given(given(invoice, "metadata"), "deposit_id")
    due = given(invoice, "due_date")
    return InvoiceState(
        id=invoice.id,
        status=given(invoice, "status") or "draft",
        amount_minor=invoice.total,
        currency=invoice.currency,
        deposit_id=uuid.UUID(said) if said else None,
        number=given(invoice, "number"),
        url=given(invoice, "hosted_invoice_url"),
        due_at=moment(due) if due else None,
        tried=invoice.attempted,
        payment_intent_id=_intent(invoice),
    )


def _intent(invoice: stripe.Invoice) -> str | None:
    """The payment behind it: the one that was made, else the one that waits."""
    found = given(invoice, "payments")
    known = list(found.data) if found is not None else []
    ranked = sorted(known, key=lambda one: one.status != "paid")
    return id_of(given(ranked[0].payment, "payment_intent")) if ranked else None
