"""A payment provider that does what a test says: answers, refuses, loses answers, hides its lists."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.states import (
    BalanceLine,
    BalanceState,
    ChargeState,
    InvoiceOrder,
    InvoiceState,
    PaymentState,
    RefundState,
    ReversalState,
    TransferOrder,
    TransferState,
)
from marketplace.kit import clock

ACCEPTED, REFUSED, LOST, DOWN, LATER = "accepted", "refused", "lost", "down", "later"
CALLS = (ACCEPTED, REFUSED, LOST, DOWN, LATER)


@dataclass
class Played:
    """Keeps what it made under the key it was asked with, as the real one does."""

    how: str = ACCEPTED
    hides: bool = False  # the next search finds nothing
    sent: dict[str, TransferState] = field(default_factory=dict)
    reversals: dict[str, tuple[str, ReversalState]] = field(default_factory=dict)
    short: bool = False  # payout accounts hold nothing any more
    refunds: dict[str, tuple[str, RefundState]] = field(default_factory=dict)
    invoices: dict[str, InvoiceState] = field(default_factory=dict)
    payments: dict[str, PaymentState] = field(default_factory=dict)
    lines: list[BalanceLine] = field(default_factory=list)

    def transfer(self, order: TransferOrder) -> Outcome:
        if order.idempotency_key in self.sent or self.how in {ACCEPTED, LOST}:
            made = self.sent.setdefault(
                order.idempotency_key,
                TransferState(
                    id=f"tr_{uuid.uuid4().hex}",
                    amount_minor=order.amount_minor,
                    reversed_minor=0,
                    currency=order.currency,
                    destination=order.destination,
                    transfer_group=order.transfer_group,
                    created_at=clock.now(),
                ),
            )
            return self._answer(made.id)
        return self._answer(None)

    def find_transfers(self, transfer_group: str, destination: str) -> Sequence[TransferState]:
        found = [one for one in self.sent.values() if one.transfer_group == transfer_group]
        return [] if self._hidden() else found

    def reverse_transfer(
        self, transfer_id: str, *, reversal_id: uuid.UUID, amount_minor: int, idempotency_key: str
    ) -> Outcome:
        if self.short:
            return Outcome(kind=OutcomeKind.NOT_NOW, http_status=400, error_code="balance_insufficient")
        if idempotency_key in self.reversals or self.how in {ACCEPTED, LOST}:
            made = ReversalState(
                id=f"trr_{uuid.uuid4().hex}",
                amount_minor=amount_minor,
                currency="usd",
                reversal_id=reversal_id,
            )
            return self._answer(self.reversals.setdefault(idempotency_key, (transfer_id, made))[1].id)
        return self._answer(None)

    def find_reversals(self, transfer_id: str) -> Sequence[ReversalState]:
        return [made for transfer, made in self.reversals.values() if transfer == transfer_id]

    def refund(
        self, payment_intent_id: str, *, refund_id: uuid.UUID, amount_minor: int, idempotency_key: str
    ) -> Outcome:
        if idempotency_key in self.refunds or self.how in {ACCEPTED, LOST}:
            _, made = self.refunds.setdefault(
                idempotency_key,
                (
                    payment_intent_id,
                    RefundState(
                        id=f"re_{uuid.uuid4().hex}",
                        state="pending",
                        amount_minor=amount_minor,
                        currency="usd",
                        refund_id=refund_id,
                    ),
                ),
            )
            return self._answer(made.id, state="pending")
        return self._answer(None)

    def find_refunds(self, payment_intent_id: str) -> Sequence[RefundState]:
        found = [made for intent, made in self.refunds.values() if intent == payment_intent_id]
        return [] if self._hidden() else found

    # ---- invoices

    def create_customer(self, *, company_id: uuid.UUID, name: str, email: str, idempotency_key: str) -> str:
        return f"cus_{company_id.hex}"

    def update_customer(self, customer_id: str, *, name: str, email: str) -> None:
        """Nobody asks for it here."""

    def draft_invoice(self, order: InvoiceOrder) -> InvoiceState:
        draft = InvoiceState(
            id=f"in_{order.deposit_id.hex}",
            status="draft",
            amount_minor=order.amount_minor,
            currency=order.currency,
            deposit_id=order.deposit_id,
            number=None,
            url=None,
            due_at=None,
            tried=False,
            payment_intent_id=f"pi_{order.deposit_id.hex}_1",
        )
        return self.invoices.setdefault(draft.id, draft)

    def issue_invoice(self, invoice_id: str, order: InvoiceOrder) -> InvoiceState:
        if self.invoices[invoice_id].status == "draft":
            self._now(
                invoice_id, status="open", number=invoice_id, url="https://pay.test/", due_at=clock.now()
            )
        return self.invoices[invoice_id]

    def void_invoice(self, invoice_id: str, *, idempotency_key: str) -> InvoiceState:
        if self.invoices[invoice_id].status == "paid":
            raise PaymentsRefused("invoice_not_open")
        self._now(invoice_id, status="void")
        return self.invoices[invoice_id]

    def read_invoice(self, invoice_id: str) -> InvoiceState:
        return self.invoices[invoice_id]

    def read_payment(self, payment_intent_id: str) -> PaymentState:
        return self.payments[payment_intent_id]

    def somebody_pays(self, deposit: uuid.UUID, fee: int, *, well: bool) -> None:
        """On the page of the invoice, and the bank lets the money go or not."""
        invoice = self.invoices[f"in_{deposit.hex}"]
        charge = ChargeState(
            id=f"ch_{deposit.hex}_1",
            state="succeeded" if well else "failed",
            amount_minor=invoice.amount_minor,
            currency="usd",
            deposit_id=None,
            payment_intent_id=invoice.payment_intent_id,
            balance_transaction_id=f"txn_{deposit.hex}_1" if well else None,
            fee_minor=fee if well else None,
        )
        said = PaymentState(
            id=str(invoice.payment_intent_id),
            state="succeeded" if well else "requires_payment_method",
            charge=charge,
        )
        self.payments[said.id] = said
        self._now(invoice.id, tried=True, status="paid" if well else invoice.status)

    def _now(self, invoice_id: str, **said: Any) -> None:
        self.invoices[invoice_id] = replace(self.invoices[invoice_id], **said)

    # ---- the list of its movements

    def read_balance(self) -> BalanceState:
        return BalanceState(available={}, pending={})

    def balance_lines(self, since: datetime) -> Iterator[BalanceLine]:
        return iter([line for line in self.lines if line.created_at >= since])

    def transfers(self, since: datetime) -> Iterator[TransferState]:
        return iter(())

    # ---- answers

    def _hidden(self) -> bool:
        hidden, self.hides = self.hides, False
        return hidden

    def _answer(self, external_id: str | None, state: str | None = None) -> Outcome:
        if external_id is not None and self.how != LOST:
            return Outcome(kind=OutcomeKind.ACCEPTED, http_status=200, external_id=external_id, state=state)
        if self.how == REFUSED:
            return Outcome(kind=OutcomeKind.REFUSED, http_status=400, error_code="account_invalid")
        if self.how == LATER:
            return Outcome(kind=OutcomeKind.NOT_NOW, http_status=429)
        return Outcome(kind=OutcomeKind.UNKNOWN)
