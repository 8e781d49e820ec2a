"""Sending one payout exactly once: intend, search, call, record; each step is its own transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.attempts import AttemptOutcome
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import TransferOrder
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.models import (
    Payout,
    PayoutAttempt,
    PayoutState,
    Rail,
)
from marketplace.payouts.service.returning import ACCOUNT_CHANGED, cancel
from marketplace.payouts.service.settling import record, settle_found


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A payout this worker may send: what to send, how many calls were made before, and since when."""

    payout_id: uuid.UUID
    user_id: uuid.UUID
    destination: str
    amount_minor: int
    currency: str
    attempt_count: int
    at: datetime


def send(sessions: Sessions, payments: Payments, payout_id: uuid.UUID) -> None:
    """Send the payout, or learn how an earlier call ended.  Safe to run twice, at once, or after a crash."""
    with transaction(sessions) as session:
        claimed = _claim(session, payout_id)
    if claimed is None:
        return
    if claimed.attempt_count:
        found = payments.find_transfers(str(claimed.payout_id), claimed.destination)
        with transaction(sessions) as session:
            if settle_found(session, claimed.payout_id, found, at=claimed.at):
                return
    with transaction(sessions) as session:
        key = _intend(session, claimed)
    if key is None:
        return
    outcome = payments.transfer(_order(claimed, key))
    with transaction(sessions) as session:
        record(session, claimed.payout_id, claimed.attempt_count + 1, outcome)


def _claim(session: Session, payout_id: uuid.UUID) -> _Claimed | None:
    """Step 1: approved becomes sent, unless another worker's call is under way or a person has to look."""
    payout = queries.lock_payout(session, payout_id)
    if payout is None or payout.alarm is not None or payout.rail is not Rail.STRIPE:
        return None
    if payout.run_id is not None and queries.has_alarm(session, payout.run_id):
        return None  # nothing of the run moves until somebody has looked
    now = clock.database_now(session)
    if payout.state is PayoutState.APPROVED and (ledger.stop(session) or not _begin(session, payout, now)):
        return None
    attempts = queries.attempts_of(session, payout.id)
    if payout.state is not PayoutState.SENT or repeating.is_in_flight(attempts, now):
        return None
    return _Claimed(
        payout.id,
        payout.user_id,
        payout.destination,
        payout.amount_minor,
        payout.currency,
        len(attempts),
        now,
    )


def _begin(session: Session, payout: Payout, now: datetime) -> bool:
    """Approved becomes sent, or cancelled when the account is another one by now: never redirected."""
    if _still_goes_there(session, payout):
        payout.move(PayoutState.SENT)
        payout.provider_key, payout.sent_at = policy.first_key(payout.id), now
        return True
    cancel(session, [payout], ACCOUNT_CHANGED)
    return False


def _still_goes_there(session: Session, payout: Payout) -> bool:
    account = queries.account_of(session, payout.user_id)
    return account is not None and policy.is_same_place(account, payout)


def _intend(session: Session, claimed: _Claimed) -> str | None:
    """Step 3: write the attempt before the call; None when somebody else wrote one, or it is too early."""
    payout = queries.lock_payout(session, claimed.payout_id)
    if payout is None or payout.state is not PayoutState.SENT:
        return None
    attempts = queries.attempts_of(session, payout.id)
    if len(attempts) != claimed.attempt_count or ledger.stop(session):
        return None  # while the books are not right we search, and call nobody
    now = clock.database_now(session)
    searches = queries.searches_of(session, payout.id)
    key = repeating.next_key(policy.first_key(payout.id), attempts, searches, now)
    if key is None:
        return None
    first = insert_once(
        session,
        PayoutAttempt,
        payout_id=payout.id,
        number=len(attempts) + 1,
        idempotency_key=key,
        outcome=AttemptOutcome.OPEN,
        replayed=False,
        started_at=now,
    )
    payout.provider_key = key
    return key if first else None


def _order(claimed: _Claimed, key: str) -> TransferOrder:
    """Step 4: what the provider is asked; the same for every attempt, or the key would not fit."""
    return TransferOrder(
        destination=claimed.destination,
        amount_minor=claimed.amount_minor,
        currency=claimed.currency,
        transfer_group=str(claimed.payout_id),
        idempotency_key=key,
        description="Assay payout",
        metadata={"payout_id": str(claimed.payout_id), "expert_id": str(claimed.user_id)},
    )
