"""Sending one payout exactly once: intend, search, call, record; each step is its own transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import TransferOrder, TransferState
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import policy, queries
from marketplace.payouts.events import PayoutFailed, PayoutPaid
from marketplace.payouts.models import (
    AttemptOutcome,
    EarningState,
    Payout,
    PayoutAccountState,
    PayoutAttempt,
    PayoutSearch,
    PayoutState,
)
from marketplace.payouts.service.runs import money_back, return_earnings

_OUTCOMES = {
    OutcomeKind.ACCEPTED: AttemptOutcome.ACCEPTED,
    OutcomeKind.REFUSED: AttemptOutcome.REFUSED,
    OutcomeKind.NOT_NOW: AttemptOutcome.NOT_NOW,
    OutcomeKind.UNKNOWN: AttemptOutcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A payout this worker may send: what to send, and how many calls were made before."""

    payout_id: uuid.UUID
    user_id: uuid.UUID
    destination: str
    amount_minor: int
    currency: str
    attempt_count: int


def send(sessions: Sessions, payments: Payments, payout_id: uuid.UUID) -> None:
    """Send the payout, or learn how an earlier call ended.  Safe to run twice, at once, or after a crash."""
    with transaction(sessions) as session:
        claimed = _claim(session, payout_id)
    if claimed is None:
        return
    if claimed.attempt_count:
        found = payments.find_transfers(str(claimed.payout_id), claimed.destination)
        with transaction(sessions) as session:
            if _settle_found(session, claimed, found):
                return
    with transaction(sessions) as session:
        key = _intend(session, claimed)
    if key is None:
        return
    outcome = payments.transfer(
        TransferOrder(
            destination=claimed.destination,
            amount_minor=claimed.amount_minor,
            currency=claimed.currency,
            transfer_group=str(claimed.payout_id),
            idempotency_key=key,
            description="Assay payout",
            metadata={"payout_id": str(claimed.payout_id), "expert_id": str(claimed.user_id)},
        )
    )
    with transaction(sessions) as session:
        _record(session, claimed, outcome)


def _claim(session: Session, payout_id: uuid.UUID) -> _Claimed | None:
    """Step 1: approved becomes sent, unless another worker's call is under way or a person has to look."""
    payout = queries.lock_payout(session, payout_id)
    if payout is None or payout.alarm is not None:
        return None
    now = clock.database_now(session)
    if payout.state is PayoutState.APPROVED:
        if not _still_goes_there(session, payout):
            _cancel(session, payout)
            return None
        payout.move(PayoutState.SENT)
        payout.provider_key, payout.sent_at = policy.first_key(payout.id), now
    attempts = queries.attempts_of(session, payout.id)
    if payout.state is not PayoutState.SENT or policy.is_in_flight(attempts, now):
        return None
    return _Claimed(
        payout.id, payout.user_id, payout.destination, payout.amount_minor, payout.currency, len(attempts)
    )


def _settle_found(session: Session, claimed: _Claimed, found: Sequence[TransferState]) -> bool:
    """Step 2: adopt the one transfer that exists; raise an alarm for two or another amount; else note it."""
    payout = queries.lock_payout(session, claimed.payout_id)
    if payout is None or payout.state is not PayoutState.SENT:
        return True
    if not found:
        session.add(PayoutSearch(payout=payout, at=clock.database_now(session), found_count=0))
        return False
    if len(found) > 1 or found[0].amount_minor != payout.amount_minor:
        payout.alarm = f"{len(found)} transfers found at the provider, the first of {found[0].amount_minor}"
        return True
    _paid(session, payout, found[0].id)
    return True


def _intend(session: Session, claimed: _Claimed) -> str | None:
    """Step 3: write the attempt before the call; None when somebody else wrote one, or it is too early."""
    payout = queries.lock_payout(session, claimed.payout_id)
    if payout is None or payout.state is not PayoutState.SENT:
        return None
    attempts = queries.attempts_of(session, payout.id)
    if len(attempts) != claimed.attempt_count:
        return None
    now = clock.database_now(session)
    key = policy.next_key(payout.id, attempts, queries.searches_of(session, payout.id), now)
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


def _record(session: Session, claimed: _Claimed, outcome: Outcome) -> None:
    """Step 5: keep how the call ended; accepted pays, refused returns the money, else nothing moves."""
    payout = queries.lock_payout(session, claimed.payout_id)
    if payout is None:
        return
    attempt = queries.attempts_of(session, payout.id)[claimed.attempt_count]
    attempt.outcome, attempt.replayed = _OUTCOMES[outcome.kind], outcome.replayed
    attempt.http_status, attempt.error_code = outcome.http_status, outcome.error_code
    attempt.request_id, attempt.finished_at = outcome.request_id, clock.database_now(session)
    if payout.state is not PayoutState.SENT:
        return  # a search or another worker has settled it meanwhile
    if outcome.kind is OutcomeKind.ACCEPTED and outcome.external_id is not None:
        _paid(session, payout, outcome.external_id)
    elif outcome.kind is OutcomeKind.REFUSED:
        _failed(session, payout, outcome.error_code)


def _paid(session: Session, payout: Payout, external_id: str) -> None:
    payout.move(PayoutState.PAID)
    payout.external_id, payout.ended_at = external_id, clock.database_now(session)
    for earning in queries.in_payout(session, payout.id):
        earning.move(EarningState.PAID)
    ledger.post_all(
        session,
        [
            Entry(
                kind="payout_paid",
                key=f"payout:{payout.id}:paid",
                closes=f"payout:{payout.id}",
                legs=[
                    (
                        (Kind.EXPERT_IN_TRANSIT, payout.user_id),
                        (Kind.STRIPE_BALANCE, PLATFORM),
                        Money(payout.amount_minor, payout.currency),
                    )
                ],
                ref_type="payout",
                ref_id=payout.id,
                external_id=external_id,
            )
        ],
    )
    publish(
        session, PayoutPaid(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor)
    )


def _failed(session: Session, payout: Payout, code: str | None) -> None:
    payout.move(PayoutState.FAILED)
    payout.hold_reason, payout.ended_at = code or "refused", clock.database_now(session)
    _return(session, payout)


def _cancel(session: Session, payout: Payout) -> None:
    payout.move(PayoutState.CANCELLED)
    payout.hold_reason = "the payout account changed before sending"
    payout.ended_at = clock.database_now(session)
    _return(session, payout)


def _return(session: Session, payout: Payout) -> None:
    return_earnings(session, payout)
    ledger.post_all(session, [money_back(payout)])
    publish(
        session, PayoutFailed(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor)
    )


def _still_goes_there(session: Session, payout: Payout) -> bool:
    account = queries.account_of(session, payout.user_id)
    return (
        account is not None
        and account.external_id == payout.destination
        and account.state is PayoutAccountState.READY
    )
