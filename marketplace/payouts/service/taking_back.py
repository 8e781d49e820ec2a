"""Taking one payout back, through the protocol that all money at the provider shares.

It does not wait while the books are not right: it only ever brings money back, and a bank takes it in days.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.exactly_once import Claimed, ExactlyOnce
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import ReversalState as Found
from marketplace.kit import clock
from marketplace.kit.database import Sessions
from marketplace.kit.events import publish
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.events import ReversalEnded
from marketplace.payouts.models import Reversal, ReversalAttempt, ReversalSearch, ReversalState
from marketplace.payouts.service.returning import taken_back

SHORT, ELSEWHERE = "balance_insufficient", "reversed_elsewhere"


@dataclass(frozen=True, slots=True)
class _Order:
    """Which transfer comes back, whole."""

    transfer_id: str
    amount_minor: int


class _Reversals(ExactlyOnce[Reversal, _Order, Found]):
    of, attempt, search = "reversal", ReversalAttempt, ReversalSearch
    looks_first = True

    def lock(self, session: Session, row_id: uuid.UUID) -> Reversal | None:
        return queries.lock_reversal(session, row_id)

    def let_go(self, session: Session, row: Reversal, now: datetime) -> _Order | None:
        if row.alarm is not None or row.payout.external_id is None:
            return None
        if row.state is ReversalState.APPROVED:
            row.move(ReversalState.SENT)
            row.sent_at = now
        return _Order(row.payout.external_id, row.amount_minor) if self.is_sent(row) else None

    def is_sent(self, row: Reversal) -> bool:
        return row.state is ReversalState.SENT

    def calls(self, session: Session, row_id: uuid.UUID) -> Sequence[ReversalAttempt]:
        return queries.attempts_at_reversal(session, row_id)

    def searches(self, session: Session, row_id: uuid.UUID) -> Sequence[ReversalSearch]:
        return queries.searches_for_reversal(session, row_id)

    def first_key(self, row_id: uuid.UUID) -> str:
        return policy.reversal_key(row_id)

    def find(self, payments: Payments, claimed: Claimed[_Order]) -> Sequence[Found]:
        return payments.find_reversals(claimed.order.transfer_id)

    def adopt(
        self, session: Session, row: Reversal, claimed: Claimed[_Order], found: Sequence[Found]
    ) -> bool:
        """The one that is ours ends it; anything else that is there ends it too, or needs a person."""
        ours = [one for one in found if one.reversal_id == row.id]
        if [one.amount_minor for one in ours] == [row.amount_minor]:
            _done(session, row, ours[0].id)
        elif found and not ours and not claimed.attempt_count:
            _fail(session, row, ELSEWHERE)  # nothing of ours can be under way
        elif found:
            sums = " and ".join(f"{one.id} of {one.amount_minor}" for one in found)
            row.alarm = f"{len(found)} reversals found: {sums}"[:200]
        return bool(found)

    def call(self, payments: Payments, claimed: Claimed[_Order], key: str) -> Outcome:
        return payments.reverse_transfer(
            claimed.order.transfer_id,
            reversal_id=claimed.row_id,
            amount_minor=claimed.order.amount_minor,
            idempotency_key=key,
        )

    def ended(self, session: Session, row: Reversal, outcome: Outcome) -> None:
        """Accepted posts, refused ends it, anything else waits."""
        accepted = outcome.external_id if outcome.kind is OutcomeKind.ACCEPTED else None
        if self.is_sent(row) and accepted is not None:
            _done(session, row, accepted)
        elif self.is_sent(row) and _is_refused(outcome):
            _fail(session, row, outcome.error_code or "refused")
        elif accepted is not None and accepted != row.external_id:  # settled meanwhile, by something else
            row.alarm = f"{accepted} was accepted too"


def send_reversal(sessions: Sessions, payments: Payments, reversal_id: uuid.UUID) -> None:
    """Ask for the money, or learn how an earlier call ended.  Safe to run twice, at once, after a crash."""
    _Reversals().send(sessions, payments, reversal_id)


def _is_refused(outcome: Outcome) -> bool:
    """For good: what a person has taken to their bank does not come back by waiting."""
    return outcome.kind is OutcomeKind.REFUSED or outcome.error_code == SHORT


def _done(session: Session, reversal: Reversal, external_id: str) -> None:
    reversal.move(ReversalState.DONE)
    reversal.external_id, reversal.ended_at = external_id, clock.database_now(session)
    ledger.post_all(session, [taken_back(session, reversal)])


def _fail(session: Session, reversal: Reversal, code: str) -> None:
    reversal.move(ReversalState.FAILED)
    reversal.answer, reversal.ended_at = code, clock.database_now(session)
    publish(
        session,
        ReversalEnded(reversal_id=reversal.id, user_id=reversal.by_id, amount_minor=reversal.amount_minor),
    )
