"""Taking a payout back that was our own mistake: proposed by one person, decided by another."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox
from marketplace.payouts import policy, queries
from marketplace.payouts.errors import NotReversible, NotYourOwn, ReversalOver, SomebodyElse
from marketplace.payouts.events import ReversalEnded, ReversalProposed
from marketplace.payouts.models import Payout, Reversal, ReversalState
from marketplace.payouts.service.earnings import REASON_LENGTH


def propose_reversal(session: Session, payout_id: uuid.UUID, *, by: User, reason: str) -> Reversal:
    """Say that a whole payout was our mistake; nothing moves before somebody else agrees.

    NotFound (404), NotYourOwn (403), Invalid (422) for a short reason, NotReversible (409) when it was not
    paid at the payment service or is being taken back already.  The same words again are the same proposal.
    """
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say in at least {REASON_LENGTH} characters why it was our mistake.")
    payout = queries.lock_payout(session, payout_id)
    if payout is None:
        raise NotFound("There is no such payout.")
    if identity.is_one_of(session, by.id, [payout.user_id]):
        raise NotYourOwn
    known = queries.standing_reversal(session, payout.id)
    if known is not None and _is_same(known, by, reason):
        return known
    problem = policy.why_not_reversible(payout, is_standing=known is not None)
    if problem:
        raise NotReversible(problem)
    made = Reversal(
        payout=payout,
        by=by,
        amount_minor=payout.amount_minor,
        reason=reason.strip(),
        lapses_at=clock.database_now(session) + timedelta(days=MONEY.proposal_days),
    )
    session.add(made)
    session.flush()
    _record(session, "proposed", made, by.id, reason=made.reason)
    publish(session, ReversalProposed(reversal_id=made.id, user_id=by.id, amount_minor=made.amount_minor))
    return made


def approve_reversal(session: Session, reversal_id: uuid.UUID, *, by: User) -> Reversal:
    """Agree: the worker asks the payment service for the money.

    NotFound (404), SomebodyElse (403) for who proposed it, NotYourOwn (403), ReversalOver (409).
    """
    reversal = _to_decide(session, reversal_id, by)
    reversal.move(ReversalState.APPROVED)
    reversal.decided_by, reversal.decided_at = by, clock.database_now(session)
    _record(session, "approved", reversal, by.id)
    outbox.send(session, "payouts.send_reversal", reversal_id=str(reversal.id))
    return reversal


def refuse_reversal(session: Session, reversal_id: uuid.UUID, *, by: User, reason: str) -> Reversal:
    """Say no, with a reason its proposer reads.  Refusals as `approve_reversal`; nothing moves."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say why in at least {REASON_LENGTH} characters.")
    reversal = _to_decide(session, reversal_id, by)
    reversal.decided_by, reversal.decided_at = by, clock.database_now(session)
    reversal.answer = reason.strip()
    _end(session, reversal, ReversalState.REFUSED, by.id)
    return reversal


def withdraw_reversal(session: Session, reversal_id: uuid.UUID, *, by: User) -> Reversal:
    """Its own person leaves it.  NotFound (404) for others, ReversalOver (409)."""
    reversal = queries.lock_reversal(session, reversal_id)
    if reversal is None or reversal.by_id != by.id:
        raise NotFound("There is no such proposal of yours.")
    if reversal.state is not ReversalState.PROPOSED:
        raise ReversalOver
    reversal.move(ReversalState.WITHDRAWN)
    reversal.ended_at = clock.database_now(session)
    _record(session, "withdrawn", reversal, by.id)
    return reversal


def lapse_reversals(session: Session) -> None:
    """End what nobody decided in time; safe to run twice."""
    for reversal_id in queries.lapsed_reversals(session, clock.database_now(session)):
        reversal = queries.lock_reversal(session, reversal_id)
        if reversal is not None and reversal.state is ReversalState.PROPOSED:
            _end(session, reversal, ReversalState.LAPSED, None)


def look_at_reversal(session: Session, reversal_id: uuid.UUID, *, by: User, reason: str) -> Reversal:
    """Somebody has put an alarm right at the provider: look again.  NotFound (404), ReversalOver (409)."""
    reversal = queries.lock_reversal(session, reversal_id)
    if reversal is None:
        raise NotFound("There is no such reversal.")
    if reversal.alarm is None:
        raise ReversalOver
    _record(session, "look_again", reversal, by.id, alarm=reversal.alarm, reason=reason)
    reversal.alarm = None
    outbox.send(session, "payouts.send_reversal", reversal_id=str(reversal.id))
    return reversal


def _is_same(known: Reversal, by: User, reason: str) -> bool:
    """A form that was sent twice."""
    proposed = known.state is ReversalState.PROPOSED
    return proposed and known.by_id == by.id and known.reason == reason.strip()


def _to_decide(session: Session, reversal_id: uuid.UUID, by: User) -> Reversal:
    reversal = queries.lock_reversal(session, reversal_id)
    if reversal is None:
        raise NotFound("There is no such reversal.")
    if identity.is_one_of(session, by.id, [reversal.payout.user_id]):
        raise NotYourOwn
    if identity.is_one_of(session, by.id, [reversal.by_id]):
        raise SomebodyElse
    late = reversal.lapses_at <= clock.database_now(session)
    if reversal.state is not ReversalState.PROPOSED or late:
        raise ReversalOver
    return reversal


def _end(session: Session, reversal: Reversal, to: ReversalState, actor_id: uuid.UUID | None) -> None:
    reversal.move(to)
    reversal.ended_at = clock.database_now(session)
    _record(session, to.value, reversal, actor_id)
    publish(
        session,
        ReversalEnded(reversal_id=reversal.id, user_id=reversal.by_id, amount_minor=reversal.amount_minor),
    )


def _record(
    session: Session, word: str, reversal: Reversal, actor_id: uuid.UUID | None, **detail: str
) -> None:
    payout: Payout = reversal.payout
    audit.record(
        session,
        f"staff:payout_reversal:{word}",
        actor_id=actor_id,
        subject_type="payout",
        subject_id=payout.id,
        amount_minor=reversal.amount_minor,
        **detail,
    )
