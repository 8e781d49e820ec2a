"""Sending one refund, through the protocol that all money at the provider shares."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.billing import policy, queries
from marketplace.billing.events import RefundFailed, RefundPaid
from marketplace.billing.models import Refund, RefundAttempt, RefundSearch, RefundState
from marketplace.billing.service.books import back, done, returned, told
from marketplace.gateways.stripe import states
from marketplace.gateways.stripe.exactly_once import Claimed, ExactlyOnce
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.events import publish
from marketplace.ledger import service as ledger

_AT_BANK, _NOT_ARRIVED = "succeeded", {"failed", "canceled"}


@dataclass(frozen=True, slots=True)
class _Order:
    """How much of which payment goes back."""

    payment_intent_id: str
    amount_minor: int


class _Refunds(ExactlyOnce[Refund, _Order, states.RefundState]):
    of, attempt, search = "refund", RefundAttempt, RefundSearch

    def lock(self, session: Session, row_id: uuid.UUID) -> Refund | None:
        return queries.lock_refund(session, row_id)

    def let_go(self, session: Session, row: Refund, now: datetime) -> _Order | None:
        if row.alarm is not None or row.deposit.payment_intent_id is None:
            return None
        if row.state is RefundState.APPROVED:
            row.move(RefundState.SENT)
            row.sent_at = now
        return _Order(row.deposit.payment_intent_id, row.amount_minor) if self.is_sent(row) else None

    def is_sent(self, row: Refund) -> bool:
        return row.state is RefundState.SENT

    def calls(self, session: Session, row_id: uuid.UUID) -> Sequence[RefundAttempt]:
        return queries.attempts_of(session, row_id)

    def searches(self, session: Session, row_id: uuid.UUID) -> Sequence[RefundSearch]:
        return queries.searches_of(session, row_id)

    def first_key(self, row_id: uuid.UUID) -> str:
        return policy.first_key(row_id)

    def find(self, payments: Payments, claimed: Claimed[_Order]) -> Sequence[states.RefundState]:
        return payments.find_refunds(claimed.order.payment_intent_id)

    def adopt(
        self, session: Session, row: Refund, claimed: Claimed[_Order], found: Sequence[states.RefundState]
    ) -> bool:
        """Adopt the one refund that exists; an alarm for more."""
        ours = [one for one in found if one.refund_id == row.id and one.state not in _NOT_ARRIVED]
        if [one.amount_minor for one in ours] == [row.amount_minor]:
            apply_refund(session, ours[0])
        elif ours:
            sums = " and ".join(f"{one.id} of {one.amount_minor}" for one in ours)
            row.alarm = f"{len(ours)} refunds found: {sums}"[:200]
        return bool(ours)

    def call(self, payments: Payments, claimed: Claimed[_Order], key: str) -> Outcome:
        return payments.refund(
            claimed.order.payment_intent_id,
            refund_id=claimed.row_id,
            amount_minor=claimed.order.amount_minor,
            idempotency_key=key,
        )

    def ended(self, session: Session, row: Refund, outcome: Outcome) -> None:
        """Accepted pays, refused returns the money, anything else waits."""
        if self.is_sent(row) and outcome.kind is OutcomeKind.REFUSED:
            _fail(session, row, outcome.error_code or "refused")
        elif outcome.kind is OutcomeKind.ACCEPTED and outcome.external_id is not None:
            _accepted(session, row, outcome.external_id, outcome.state or "pending")


def send_refund(sessions: Sessions, payments: Payments, refund_id: uuid.UUID) -> None:
    """Send the refund, or learn how an earlier call ended.  Safe to run twice, at once, or after a crash."""
    _Refunds().send(sessions, payments, refund_id)


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
