"""A payout on hold: with a reason its owner reads, a date, and an end that needs nobody."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox
from marketplace.payouts import queries
from marketplace.payouts.errors import NotYourOwn, SecondPerson
from marketplace.payouts.events import PayoutHeld
from marketplace.payouts.models import Payout, PayoutState, Rail, RunState
from marketplace.payouts.service.returning import cancel


def hold(session: Session, payout_id: uuid.UUID, *, by: User, reason: str) -> Payout:
    """Keep one payout of a prepared run back; the person is told why and until when.

    NotFound (404), NotYourOwn (403), Conflict (409) once it was approved.
    """
    payout = _locked(session, payout_id, by)
    payout.move(PayoutState.ON_HOLD)
    payout.hold_reason = reason.strip()
    payout.held_until = clock.database_now(session) + timedelta(days=MONEY.payout_hold_days)
    _record(session, "staff:payout:held", payout, by, reason)
    publish(
        session, PayoutHeld(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor)
    )
    return payout


def let_go(session: Session, payout_id: uuid.UUID, *, by: User, reason: str) -> Payout:
    """End a hold: the payout is in its run again, and goes out if that was approved meanwhile.

    SecondPerson (403) for the preparer of an approved run: two people stand behind every payout.
    """
    payout = _locked(session, payout_id, by)
    if payout.state is not PayoutState.ON_HOLD or payout.run is None:
        raise Conflict("This payout is not on hold any more. Load the page again.")
    approved = payout.run.state is RunState.APPROVED
    if approved and identity.is_one_of(session, by.id, [payout.run.prepared_by_id]):
        raise SecondPerson
    payout.move(PayoutState.SCHEDULED)
    payout.hold_reason, payout.held_until = "", None
    if approved:
        payout.move(PayoutState.APPROVED)
        if payout.rail is Rail.STRIPE:
            outbox.send(session, "payouts.send", payout_id=str(payout.id))
    _record(session, "staff:payout:let_go", payout, by, reason)
    return payout


def end_holds(session: Session) -> None:
    """Give back what nobody has settled in time; safe to run twice."""
    overdue = queries.overdue_holds(session, clock.database_now(session))
    cancel(session, overdue, "the hold was not settled in time")


def _locked(session: Session, payout_id: uuid.UUID, by: User) -> Payout:
    queries.lock_run_of(session, payout_id)  # as approving does: neither sees the other half done
    payout = queries.lock_payout(session, payout_id)
    if payout is None:
        raise NotFound("There is no such payout.")
    if identity.is_one_of(session, by.id, [payout.user_id]):
        raise NotYourOwn
    return payout


def _record(session: Session, tag: str, payout: Payout, by: User, reason: str) -> None:
    audit.record(
        session,
        tag,
        actor_id=by.id,
        subject_type="payout",
        subject_id=payout.id,
        amount_minor=payout.amount_minor,
        reason=reason.strip(),
    )
