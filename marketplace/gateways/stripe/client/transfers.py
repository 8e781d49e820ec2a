"""Expert money out: one transfer per payout, searched for before it is ever sent again."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

import stripe

from marketplace.gateways.stripe.client.asking import Base, asking, given, id_of, moment, outcome, own_id
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.states import ReversalState, TransferOrder, TransferState

PAGE = 100


class Transfers(Base):
    """Transfers and their reversals."""

    def transfer(self, order: TransferOrder) -> Outcome:
        """Send money to an account; the same key never sends twice."""
        return outcome(
            lambda: self._client.v1.transfers.create(
                {
                    "amount": order.amount_minor,
                    "currency": order.currency,
                    "destination": order.destination,
                    "transfer_group": order.transfer_group,
                    "metadata": dict(order.metadata),
                    "description": order.description or f"Payout {order.transfer_group}",
                },
                {"idempotency_key": order.idempotency_key},
            )
        )

    def read_transfer(self, transfer_id: str) -> TransferState:
        """The transfer as it is now."""
        with asking():
            return _state(self._client.v1.transfers.retrieve(transfer_id))

    def find_transfers(self, transfer_group: str, destination: str) -> Sequence[TransferState]:
        """Every transfer with this group to this account, however old; newest first."""
        with asking():
            found = self._client.v1.transfers.list(
                {"transfer_group": transfer_group, "destination": destination, "limit": 100}
            )
            return [_state(transfer) for transfer in found.auto_paging_iter()]

    def transfers(self, since: datetime) -> Iterator[TransferState]:
        """Every transfer made at or after `since`, newest first, page by page."""
        start = int(since.timestamp())
        with asking():
            found = self._client.v1.transfers.list({"created": {"gte": start}, "limit": PAGE})
        while True:
            yield from (_state(transfer) for transfer in found.data)
            if not found.has_more:
                return
            with asking():  # the taker may have opened a transaction between two of them
                found = self._client.v1.transfers.list(
                    {"created": {"gte": start}, "limit": PAGE, "starting_after": found.data[-1].id}
                )

    def reverse_transfer(
        self, transfer_id: str, *, reversal_id: uuid.UUID, amount_minor: int, idempotency_key: str
    ) -> Outcome:
        """Take back a transfer that was our mistake, as far as the account still holds it."""
        return outcome(
            lambda: self._client.v1.transfers.reversals.create(
                transfer_id,
                {"amount": amount_minor, "metadata": {"reversal_id": str(reversal_id)}},
                {"idempotency_key": idempotency_key},
            )
        )

    def find_reversals(self, transfer_id: str) -> Sequence[ReversalState]:
        """The ten newest, which stand in the transfer itself: unlike a list that is never late."""
        with asking():
            return [_reversal(one) for one in self._client.v1.transfers.retrieve(transfer_id).reversals.data]


def _reversal(reversal: stripe.TransferReversal) -> ReversalState:
    return ReversalState(
        id=reversal.id,
        amount_minor=reversal.amount,
        currency=reversal.currency,
        reversal_id=own_id(given(reversal, "metadata"), "reversal_id"),
    )


def _state(transfer: stripe.Transfer) -> TransferState:
    return TransferState(
        id=transfer.id,
        amount_minor=transfer.amount,
        reversed_minor=transfer.amount_reversed,
        currency=transfer.currency,
        destination=id_of(given(transfer, "destination")) or "",
        transfer_group=given(transfer, "transfer_group"),
        created_at=moment(transfer.created),
    )
