"""Sending one refund exactly once: intend, search, call, record; each step is its own transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.billing import policy, queries
from marketplace.billing.events import RefundFailed, RefundPaid
from marketplace.billing.models import Refund, RefundAttempt, RefundSearch, RefundState
from marketplace.billing.service.books import back, done, returned, told
from marketplace.gateways.stripe import repeating, states
from marketplace.gateways.stripe.attempts import AttemptOutcome
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.ledger import service as ledger

_AT_BANK, _NOT_ARRIVED = "succeeded", {"failed", "canceled"}


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A refund this worker may send: what to send back, how many calls were made before, and since when."""

    refund_id: uuid.UUID
    payment_intent_id: str
    amount_minor: int
    attempt_count: int
    at: datetime


def send_refund(sessions: Sessions, payments: Payments, refund_id: uuid.UUID) -> None:
    """Send the refund, or learn how an earlier call ended.  Safe to run twice, at once, or after a crash."""
    with transaction(sessions) as session:
        claimed = _claim(session, refund_id)
    if claimed is None:
        return
    if claimed.attempt_count:
        found = payments.find_refunds(claimed.payment_intent_id)
        with transaction(sessions) as session:
            if _settle_found(session, claimed, found):
                return
    with transaction(sessions) as session:
        key = _intend(session, claimed)
    if key is None:
        return
    outcome = payments.refund(
        claimed.payment_intent_id,
        refund_id=claimed.refund_id,
        amount_minor=claimed.amount_minor,
        idempotency_key=key,
    )
    with transaction(sessions) as session:
        _record(session, claimed, outcome)


def follow_refund(sessions: Sessions, payments: Payments, external_id: str) -> None:
    """Ask the provider how a refund stands and apply it; webhooks and the sweep meet here."""
    state = payments.read_refund(external_id)
    with transaction(sessions) as session:
        apply_refund(session, state)


def follow_refunds(sessions: Sessions, payments: Payments, charge_id: str) -> None:
    """Ask how everything that went back of a payment stands, and apply it."""
    intent = payments.read_charge(charge_id).payment_intent_id
    for state in payments.find_refunds(intent) if intent else ():
        with transaction(sessions) as session:
            apply_refund(session, state)


def apply_refund(session: Session, state: states.RefundState) -> None:
    """Move a refund and its money to what the provider says, once; what is not ours is ignored."""
    refund = queries.lock_external(session, state.id, state.refund_id)
    if refund is None or refund.external_id not in {None, state.id}:
        return
    if refund.state is RefundState.SENT:
        _take(session, refund, state)
    if refund.state is RefundState.PAID and state.state == _AT_BANK:
        refund.move(RefundState.ARRIVED)
    elif refund.state in {RefundState.PAID, RefundState.ARRIVED} and state.state in _NOT_ARRIVED:
        refund.move(RefundState.RETURNED)
        refund.reason = "The bank sent it back."
        ledger.post_all(session, [returned(refund)])
        publish(session, RefundFailed(**told(refund)))


def _claim(session: Session, refund_id: uuid.UUID) -> _Claimed | None:
    """Approved becomes sent, unless another worker's call is under way or a person has to look."""
    refund = queries.lock_refund(session, refund_id)
    if refund is None or refund.alarm is not None or refund.deposit.payment_intent_id is None:
        return None
    now = clock.database_now(session)
    if refund.state is RefundState.APPROVED:
        refund.move(RefundState.SENT)
        refund.sent_at = now
    calls = queries.attempts_of(session, refund.id)
    if refund.state is not RefundState.SENT or repeating.is_in_flight(calls, now):
        return None
    return _Claimed(refund.id, refund.deposit.payment_intent_id, refund.amount_minor, len(calls), now)


def _settle_found(session: Session, claimed: _Claimed, found: Sequence[states.RefundState]) -> bool:
    """Adopt the one refund that exists; an alarm for more; note an empty search.  True: nothing is left."""
    refund = queries.lock_refund(session, claimed.refund_id)
    if refund is None or refund.state is not RefundState.SENT:
        return True
    ours = [one for one in found if one.refund_id == refund.id and one.state not in _NOT_ARRIVED]
    if not ours:
        session.add(RefundSearch(refund=refund, at=claimed.at, found_count=0))
        return False
    if len(ours) == 1 and ours[0].amount_minor == refund.amount_minor:
        apply_refund(session, ours[0])
    else:
        sums = " and ".join(f"{one.id} of {one.amount_minor}" for one in ours)
        refund.alarm = f"{len(ours)} refunds found: {sums}"[:200]
    return True


def _intend(session: Session, claimed: _Claimed) -> str | None:
    """Write the attempt before the call; None when somebody else wrote one, or it is too early."""
    refund = queries.lock_refund(session, claimed.refund_id)
    attempts = queries.attempts_of(session, claimed.refund_id)
    if refund is None or refund.state is not RefundState.SENT or len(attempts) != claimed.attempt_count:
        return None
    now = clock.database_now(session)
    searches = queries.searches_of(session, refund.id)
    key = repeating.next_key(policy.first_key(refund.id), attempts, searches, now)
    if key is None:
        return None
    first = insert_once(
        session,
        RefundAttempt,
        refund_id=refund.id,
        number=len(attempts) + 1,
        idempotency_key=key,
        outcome=AttemptOutcome.OPEN,
        replayed=False,
        started_at=now,
    )
    return key if first else None


def _record(session: Session, claimed: _Claimed, outcome: Outcome) -> None:
    """Keep how the call ended; accepted pays, refused returns the money, anything else waits."""
    refund = queries.lock_refund(session, claimed.refund_id)
    if refund is None:
        return
    attempts = queries.attempts_of(session, refund.id)
    attempts[claimed.attempt_count].end(outcome, clock.database_now(session))
    if refund.state is RefundState.SENT and outcome.kind is OutcomeKind.REFUSED:
        _fail(session, refund, outcome.error_code or "refused")
    elif outcome.kind is OutcomeKind.ACCEPTED and outcome.external_id is not None:
        _accepted(session, refund, outcome.external_id, outcome.state or "pending")


def _accepted(session: Session, refund: Refund, external_id: str, state: str) -> None:
    if refund.state is RefundState.SENT:
        apply_refund(
            session,
            states.RefundState(
                id=external_id,
                state=state,
                amount_minor=refund.amount_minor,
                currency=refund.currency,
                refund_id=refund.id,
            ),
        )
    elif external_id != refund.external_id:  # settled meanwhile, by something else
        refund.alarm = f"{external_id} was accepted too"


def _take(session: Session, refund: Refund, state: states.RefundState) -> None:
    """The provider has it: the money is out of what it holds for us."""
    refund.move(RefundState.PAID)
    refund.external_id, refund.ended_at = state.id, clock.database_now(session)
    ledger.post_all(session, [done(refund)])
    publish(session, RefundPaid(**told(refund)))


def _fail(session: Session, refund: Refund, code: str) -> None:
    refund.move(RefundState.FAILED)
    refund.reason, refund.ended_at = code, clock.database_now(session)
    ledger.post_all(session, [back(refund)])
    publish(session, RefundFailed(**told(refund)))
