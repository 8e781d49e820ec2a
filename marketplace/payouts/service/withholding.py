"""Backup withholding: proposed by one person, agreed to by another, lifted when its reason has ended."""

import uuid
from datetime import date, timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from marketplace.payouts import queries
from marketplace.payouts.errors import NotYourOwn, SomebodyElse, WithholdingOver
from marketplace.payouts.events import WithholdingBegun, WithholdingEnded, WithholdingProposed
from marketplace.payouts.models import Withholding, WithholdingState
from marketplace.payouts.service.earnings import REASON_LENGTH
from marketplace.payouts.service.returning import cancel

BEGUN = "from now on a law withholds a part of your payouts"
ENDED = "nothing is withheld from your payouts any more"


def propose_withholding(
    session: Session, user_id: uuid.UUID, *, by: User, reason: str, letter_on: date
) -> Withholding:
    """Say that a law withholds a part of a person's payouts; nothing changes before somebody else agrees.

    NotFound (404), NotYourOwn (403), Invalid (422) for a short reason, WithholdingOver (409) when it is
    proposed or in force already.
    """
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say why in at least {REASON_LENGTH} characters.")
    user = identity.user(session, user_id)
    if user is None:
        raise NotFound("That person does not exist.")
    if identity.is_one_of(session, by.id, [user_id]):
        raise NotYourOwn
    if queries.standing_withholding(session, user_id) is not None:
        raise WithholdingOver
    made = Withholding(
        user=user,
        by=by,
        reason=reason.strip(),
        letter_on=letter_on,
        lapses_at=clock.database_now(session) + timedelta(days=MONEY.proposal_days),
    )
    session.add(made)
    session.flush()
    _record(session, "proposed", made, by.id, reason=made.reason)
    publish(session, WithholdingProposed(withholding_id=made.id, by_id=by.id, user_id=user_id))
    return made


def approve_withholding(session: Session, withholding_id: uuid.UUID, *, by: User) -> Withholding:
    """Agree: every payout that is prepared from now on withholds, and what was not sent is prepared anew.

    NotFound (404), SomebodyElse (403) for who proposed it, NotYourOwn (403), WithholdingOver (409).
    """
    row = _to_decide(session, withholding_id, by)
    queries.available_of(session, [row.user_id])  # as the row: a run being prepared is waited for, or waits
    row.move(WithholdingState.ACTIVE)
    row.decided_by, row.decided_at = by, clock.database_now(session)
    cancel(session, queries.unsent_of(session, row.user_id), BEGUN)
    _record(session, "approved", row, by.id)
    publish(session, WithholdingBegun(withholding_id=row.id, user_id=row.user_id))
    return row


def refuse_withholding(session: Session, withholding_id: uuid.UUID, *, by: User, reason: str) -> Withholding:
    """Say no, with a reason.  Refusals as `approve_withholding`."""
    row = _to_decide(session, withholding_id, by)
    _say_why(row, reason)
    row.decided_by, row.decided_at = by, clock.database_now(session)
    _end(session, row, WithholdingState.REFUSED, by.id)
    return row


def withdraw_withholding(session: Session, withholding_id: uuid.UUID, *, by: User) -> Withholding:
    """Its own person leaves it.  NotFound (404) for others, WithholdingOver (409)."""
    row = queries.lock_withholding(session, withholding_id)
    if row is None or row.by_id != by.id:
        raise NotFound("There is no such proposal of yours.")
    if row.state is not WithholdingState.PROPOSED:
        raise WithholdingOver
    _end(session, row, WithholdingState.WITHDRAWN, by.id)
    return row


def lift_withholding(session: Session, withholding_id: uuid.UUID, *, by: User, reason: str) -> Withholding:
    """Its reason has ended, as by a new signed form: one person of finance says so, and it is over at once.

    What was not sent is prepared anew, whole.  NotFound (404), NotYourOwn (403), WithholdingOver (409).
    """
    row = queries.lock_withholding(session, withholding_id)
    if row is None:
        raise NotFound("There is no such withholding.")
    if identity.is_one_of(session, by.id, [row.user_id]):
        raise NotYourOwn
    if row.state is not WithholdingState.ACTIVE:
        raise WithholdingOver
    _say_why(row, reason)
    queries.available_of(session, [row.user_id])  # as when it began
    _end(session, row, WithholdingState.LIFTED, by.id)
    cancel(session, queries.unsent_of(session, row.user_id), ENDED)
    publish(session, WithholdingEnded(withholding_id=row.id, user_id=row.user_id))
    return row


def lapse_withholdings(session: Session) -> None:
    """End what nobody decided in time; safe to run twice."""
    for withholding_id in queries.lapsed_withholdings(session, clock.database_now(session)):
        row = queries.lock_withholding(session, withholding_id)
        if row is not None and row.state is WithholdingState.PROPOSED:
            _end(session, row, WithholdingState.LAPSED, None)


def _to_decide(session: Session, withholding_id: uuid.UUID, by: User) -> Withholding:
    row = queries.lock_withholding(session, withholding_id)
    if row is None:
        raise NotFound("There is no such withholding.")
    if identity.is_one_of(session, by.id, [row.user_id]):
        raise NotYourOwn
    if identity.is_one_of(session, by.id, [row.by_id]):
        raise SomebodyElse
    late = row.lapses_at <= clock.database_now(session)
    if row.state is not WithholdingState.PROPOSED or late:
        raise WithholdingOver
    return row


def _say_why(row: Withholding, reason: str) -> None:
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say why in at least {REASON_LENGTH} characters.")
    row.answer = reason.strip()


def _end(session: Session, row: Withholding, to: WithholdingState, actor_id: uuid.UUID | None) -> None:
    row.move(to)
    row.ended_at = clock.database_now(session)
    _record(session, to.value, row, actor_id, why=row.answer)


def _record(session: Session, word: str, row: Withholding, actor_id: uuid.UUID | None, **detail: str) -> None:
    audit.record(
        session,
        f"staff:withholding:{word}",
        actor_id=actor_id,
        subject_type="user",
        subject_id=row.user_id,
        **detail,
    )
