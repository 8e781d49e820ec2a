"""A payment provider that does what a test says: answers, refuses, loses answers, hides its lists."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.states import RefundState, TransferOrder, TransferState
from marketplace.kit import clock

ACCEPTED, REFUSED, LOST, DOWN, LATER = "accepted", "refused", "lost", "down", "later"
CALLS = (ACCEPTED, REFUSED, LOST, DOWN, LATER)


@dataclass
class Played:
    """Keeps what it made under the key it was asked with, as the real one does."""

    how: str = ACCEPTED
    hides: bool = False  # the next search finds nothing
    transfers: dict[str, TransferState] = field(default_factory=dict)
    refunds: dict[str, tuple[str, RefundState]] = field(default_factory=dict)

    def transfer(self, order: TransferOrder) -> Outcome:
        if order.idempotency_key in self.transfers or self.how in {ACCEPTED, LOST}:
            made = self.transfers.setdefault(
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
        found = [one for one in self.transfers.values() if one.transfer_group == transfer_group]
        return [] if self._hidden() else found

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
