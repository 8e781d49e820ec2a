"""Earnings: written with the posting that causes them, available when their hold is over."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import queries
from marketplace.payouts.events import EarningMatured
from marketplace.payouts.models import Earning, EarningKind, EarningState
from marketplace.reputation import service as reputation

REASON_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """Why a person has `amount_minor` more in expert_pending; `ledger_key` is the posting that says so."""

    user_id: uuid.UUID
    project_id: uuid.UUID | None
    kind: EarningKind
    amount_minor: int
    ledger_key: str
    ref_type: str  # the thing it was paid for: "submission", "review", ...
    ref_id: uuid.UUID
    reason: str  # one sentence a person reads


def record_earning(session: Session, earned: Earned) -> bool:
    """Write the earning beside its posting, in the same transaction, with the end of its hold.

    The same key is the same earning (False).  Trusted people wait no time, others `hold_days`.
    """
    now = clock.database_now(session)
    hold = timedelta(0) if reputation.trusted(session, earned.user_id) else timedelta(days=MONEY.hold_days)
    return insert_once(
        session,
        Earning,
        **asdict(earned),
        currency="usd",
        state=EarningState.PENDING,
        available_at=now + hold,
    )


def mature_due(session: Session) -> None:
    """Make every earning available whose hold is over; safe to run twice, late or early."""
    now = clock.database_now(session)
    for user_id in queries.people_with_due_earnings(session, now):
        mature(session, user_id, until=now)


def mature(session: Session, user_id: uuid.UUID, *, until: datetime) -> int:
    """Move a person's earnings whose hold ends by `until` to available; returns the sum in minor units."""
    earnings = queries.pending_of(session, user_id, until)
    return _make_available(session, user_id, earnings, actor_id=None)


def release_hold(session: Session, user_id: uuid.UUID, *, by: User, reason: str) -> int:
    """End the hold of everything a person has pending before its time; staff, with a reason.  Minor units."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say in at least {REASON_LENGTH} characters why the hold ends early.")
    if identity.user(session, user_id) is None:
        raise NotFound("That person does not exist.")
    if user_id == by.id:
        raise Conflict("Somebody else must end the hold on your own earnings.")
    earnings = queries.pending_of(session, user_id, None)
    amount = _make_available(session, user_id, earnings, actor_id=by.id)
    if amount:
        audit.record(
            session,
            "staff:earnings:release_hold",
            actor_id=by.id,
            subject_type="user",
            subject_id=user_id,
            amount_minor=amount,
            reason=reason,
        )
    return amount


def _make_available(
    session: Session, user_id: uuid.UUID, earnings: Sequence[Earning], *, actor_id: uuid.UUID | None
) -> int:
    amount = sum(earning.amount_minor for earning in earnings)
    if not amount:
        return 0
    batch = ids.new_id()  # one posting per person and batch; the earnings' states stop a second one
    ledger.post_all(
        session,
        [
            Entry(
                kind="mature",
                key=f"expert:{user_id}:mature:{batch}",
                legs=[((Kind.EXPERT_PENDING, user_id), (Kind.EXPERT_AVAILABLE, user_id), Money(amount))],
                ref_type="user",
                ref_id=user_id,
                actor_id=actor_id,
            )
        ],
    )
    for earning in earnings:
        earning.move(EarningState.AVAILABLE)
    publish(session, EarningMatured(user_id=user_id, amount_minor=amount))
    return amount
