"""Sending one payout, through the protocol that all money at the provider shares."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.exactly_once import Claimed, ExactlyOnce
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import TransferOrder, TransferState
from marketplace.kit.database import Sessions
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.models import Payout, PayoutAttempt, PayoutSearch, PayoutState, Rail
from marketplace.payouts.service.returning import ACCOUNT_CHANGED, cancel
from marketplace.payouts.service.settling import record, settle_found


@dataclass(frozen=True, slots=True)
class _Order:
    """What the provider is asked, but for the key."""

    user_id: uuid.UUID
    destination: str
    amount_minor: int
    currency: str


class _Payouts(ExactlyOnce[Payout, _Order, TransferState]):
    of, attempt, search = "payout", PayoutAttempt, PayoutSearch

    def lock(self, session: Session, row_id: uuid.UUID) -> Payout | None:
        return queries.lock_payout(session, row_id)

    def let_go(self, session: Session, row: Payout, now: datetime) -> _Order | None:
        """Nothing of a run moves until somebody has looked at its alarm."""
        if row.alarm is not None or row.rail is not Rail.STRIPE:
            return None
        if row.run_id is not None and queries.has_alarm(session, row.run_id):
            return None
        if row.state is PayoutState.APPROVED and not ledger.stop(session):
            _begin(session, row, now)
        if row.state is not PayoutState.SENT:
            return None
        return _Order(row.user_id, row.destination, row.amount_minor, row.currency)

    def is_sent(self, row: Payout) -> bool:
        return row.state is PayoutState.SENT

    def waits(self, session: Session) -> bool:
        """While the books are not right we search, and call nobody."""
        return bool(ledger.stop(session))

    def written(self, row: Payout, key: str) -> None:
        row.provider_key = key

    def calls(self, session: Session, row_id: uuid.UUID) -> Sequence[PayoutAttempt]:
        return queries.attempts_of(session, row_id)

    def searches(self, session: Session, row_id: uuid.UUID) -> Sequence[PayoutSearch]:
        return queries.searches_of(session, row_id)

    def first_key(self, row_id: uuid.UUID) -> str:
        return policy.first_key(row_id)

    def find(self, payments: Payments, claimed: Claimed[_Order]) -> Sequence[TransferState]:
        return payments.find_transfers(str(claimed.row_id), claimed.order.destination)

    def adopt(
        self, session: Session, row: Payout, claimed: Claimed[_Order], found: Sequence[TransferState]
    ) -> bool:
        return settle_found(session, row, found)

    def call(self, payments: Payments, claimed: Claimed[_Order], key: str) -> Outcome:
        return payments.transfer(_transfer(claimed.row_id, claimed.order, key))

    def ended(self, session: Session, row: Payout, outcome: Outcome) -> None:
        record(session, row, outcome)


def send(sessions: Sessions, payments: Payments, payout_id: uuid.UUID) -> None:
    """Send the payout, or learn how an earlier call ended.  Safe to run twice, at once, or after a crash."""
    _Payouts().send(sessions, payments, payout_id)


def _begin(session: Session, payout: Payout, now: datetime) -> None:
    """Approved becomes sent, or cancelled when the account is another one by now: never redirected."""
    if _still_goes_there(session, payout):
        payout.move(PayoutState.SENT)
        payout.provider_key, payout.sent_at = policy.first_key(payout.id), now
    else:
        cancel(session, [payout], ACCOUNT_CHANGED)


def _still_goes_there(session: Session, payout: Payout) -> bool:
    account = queries.account_of(session, payout.user_id)
    return account is not None and policy.is_same_place(account, payout)


def _transfer(payout_id: uuid.UUID, order: _Order, key: str) -> TransferOrder:
    """The same for every attempt, or the key would not fit."""
    return TransferOrder(
        destination=order.destination,
        amount_minor=order.amount_minor,
        currency=order.currency,
        transfer_group=str(payout_id),
        idempotency_key=key,
        description="Assay payout",
        metadata={"payout_id": str(payout_id), "expert_id": str(order.user_id)},
    )
