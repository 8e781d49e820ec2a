"""Taking one payout back exactly once: intend, look, call, record; each step is its own transaction.

It does not wait while the books are not right: it only ever brings money back, and a bank takes it in days.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.attempts import AttemptOutcome
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import ReversalState as Found
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.events import ReversalEnded
from marketplace.payouts.models import Reversal, ReversalAttempt, ReversalSearch, ReversalState
from marketplace.payouts.service.returning import taken_back

SHORT, ELSEWHERE = "balance_insufficient", "reversed_elsewhere"


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A reversal this worker may send: of which transfer, how many calls were made before, and since when."""

    reversal_id: uuid.UUID
    transfer_id: str
    amount_minor: int
    attempt_count: int
    at: datetime


def send_reversal(sessions: Sessions, payments: Payments, reversal_id: uuid.UUID) -> None:
    """Ask for the money, or learn how an earlier call ended.  Safe to run twice, at once, after a crash."""
    with transaction(sessions) as session:
        claimed = _claim(session, reversal_id)
    if claimed is None:
        return
    found = payments.find_reversals(claimed.transfer_id)  # before the first call too: others can do the same
    with transaction(sessions) as session:
        if _settle_found(session, claimed, found):
            return
    with transaction(sessions) as session:
        key = _intend(session, claimed)
    if key is None:
        return
    outcome = payments.reverse_transfer(
        claimed.transfer_id,
        reversal_id=claimed.reversal_id,
        amount_minor=claimed.amount_minor,
        idempotency_key=key,
    )
    with transaction(sessions) as session:
        _record(session, claimed, outcome)


def _claim(session: Session, reversal_id: uuid.UUID) -> _Claimed | None:
    """Approved becomes sent, unless another worker's call is under way or a person has to look."""
    reversal = queries.lock_reversal(session, reversal_id)
    if reversal is None or reversal.alarm is not None or reversal.payout.external_id is None:
        return None
    now = clock.database_now(session)
    if reversal.state is ReversalState.APPROVED:
        reversal.move(ReversalState.SENT)
        reversal.sent_at = now
    calls = queries.attempts_at_reversal(session, reversal.id)
    if reversal.state is not ReversalState.SENT or repeating.is_in_flight(calls, now):
        return None
    return _Claimed(reversal.id, reversal.payout.external_id, reversal.amount_minor, len(calls), now)


def _settle_found(session: Session, claimed: _Claimed, found: Sequence[Found]) -> bool:
    """Adopt the one that is ours; note an empty look; anything else ends it or needs a person.

    True: nothing is left to do.
    """
    reversal = queries.lock_reversal(session, claimed.reversal_id)
    if reversal is None or reversal.state is not ReversalState.SENT:
        return True
    ours = [one for one in found if one.reversal_id == reversal.id]
    if [one.amount_minor for one in ours] == [reversal.amount_minor]:
        _done(session, reversal, ours[0].id)
    elif found and not ours and not claimed.attempt_count:
        _fail(session, reversal, ELSEWHERE)  # nothing of ours can be under way
    elif found:
        sums = " and ".join(f"{one.id} of {one.amount_minor}" for one in found)
        reversal.alarm = f"{len(found)} reversals found: {sums}"[:200]
    else:
        if claimed.attempt_count:
            session.add(ReversalSearch(reversal=reversal, at=claimed.at, found_count=0))
        return False
    return True


def _intend(session: Session, claimed: _Claimed) -> str | None:
    """Write the attempt before the call; None when somebody else wrote one, or it is too early."""
    reversal = queries.lock_reversal(session, claimed.reversal_id)
    attempts = queries.attempts_at_reversal(session, claimed.reversal_id)
    if reversal is None or reversal.state is not ReversalState.SENT or len(attempts) != claimed.attempt_count:
        return None
    now = clock.database_now(session)
    searches = queries.searches_for_reversal(session, reversal.id)
    key = repeating.next_key(policy.reversal_key(reversal.id), attempts, searches, now)
    if key is None:
        return None
    first = insert_once(
        session,
        ReversalAttempt,
        reversal_id=reversal.id,
        number=len(attempts) + 1,
        idempotency_key=key,
        outcome=AttemptOutcome.OPEN,
        replayed=False,
        started_at=now,
    )
    return key if first else None


def _record(session: Session, claimed: _Claimed, outcome: Outcome) -> None:
    """Keep how the call ended; accepted posts, refused ends it, anything else waits."""
    reversal = queries.lock_reversal(session, claimed.reversal_id)
    if reversal is None:
        return
    attempts = queries.attempts_at_reversal(session, reversal.id)
    attempts[claimed.attempt_count].end(outcome, clock.database_now(session))
    accepted = outcome.external_id if outcome.kind is OutcomeKind.ACCEPTED else None
    if reversal.state is ReversalState.SENT and accepted is not None:
        _done(session, reversal, accepted)
    elif reversal.state is ReversalState.SENT and _is_refused(outcome):
        _fail(session, reversal, outcome.error_code or "refused")
    elif accepted is not None and accepted != reversal.external_id:  # settled meanwhile, by something else
        reversal.alarm = f"{accepted} was accepted too"


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
