"""Payments that a payer's bank takes back: how they stand, our evidence, giving in."""

import uuid
from collections.abc import Mapping
from typing import Any

import stripe

from marketplace.gateways.stripe.client.asking import Base, asking, given, id_of, moment
from marketplace.gateways.stripe.states import DisputeState


class Disputes(Base):
    """Disputes.  The charge is read beside each, for what it says of the deposit and of how it was paid."""

    def read_dispute(self, dispute_id: str) -> DisputeState:
        """The dispute as it is now."""
        with asking():
            return self._told(self._client.v1.disputes.retrieve(dispute_id))

    def submit_dispute_evidence(
        self, dispute_id: str, evidence: Mapping[str, str], *, idempotency_key: str
    ) -> DisputeState:
        """Hand in evidence for good; `evidence` has the provider's names."""
        said: Any = dict(evidence)
        with asking():
            return self._told(
                self._client.v1.disputes.update(
                    dispute_id, {"evidence": said, "submit": True}, {"idempotency_key": idempotency_key}
                )
            )

    def close_dispute(self, dispute_id: str, *, idempotency_key: str) -> DisputeState:
        """Give in: the dispute is lost at once."""
        with asking():
            return self._told(
                self._client.v1.disputes.close(dispute_id, {}, {"idempotency_key": idempotency_key})
            )

    def _told(self, dispute: stripe.Dispute) -> DisputeState:
        charge_id = id_of(dispute.charge) or ""
        return _state(dispute, self._client.v1.charges.retrieve(charge_id))


def _state(dispute: stripe.Dispute, charge: stripe.Charge) -> DisputeState:
    lines = dispute.balance_transactions
    out, back = [one for one in lines if one.amount < 0], [one for one in lines if one.amount > 0]
    said, due = given(given(charge, "metadata"), "deposit_id"), given(dispute.evidence_details, "due_by")
    return DisputeState(
        id=dispute.id,
        state=dispute.status,
        reason=dispute.reason,
        amount_minor=dispute.amount,
        currency=dispute.currency,
        charge_id=charge.id,
        payment_intent_id=id_of(given(charge, "payment_intent")),
        deposit_id=uuid.UUID(said) if said else None,
        method=given(given(charge, "payment_method_details"), "type") or "",
        withdrawn_minor=-sum(one.amount for one in out),
        fee_minor=sum(one.fee for one in out),
        returned_minor=sum(one.amount for one in back),
        fee_returned_minor=-sum(one.fee for one in back),
        due_at=moment(due) if due else None,
        submission_count=dispute.evidence_details.submission_count,
        opened_at=moment(dispute.created),
    )
