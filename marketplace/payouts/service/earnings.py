"""Earnings: written with the posting that causes them, available when their hold is over."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import groupby

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
from marketplace.outbox import service as outbox
from marketplace.payouts import queries
from marketplace.payouts.events import EarningMatured
from marketplace.payouts.models import Earning, EarningKind, EarningState
from marketplace.reputation import service as reputation

REASON_LENGTH = 20
SWEPT_AT_ONCE = 500


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
    now, trusted = clock.database_now(session), reputation.trusted(session, earned.user_id)
    first = insert_once(
        session,
        Earning,
        **asdict(earned),
        currency="usd",
        state=EarningState.PENDING,
        available_at=now if trusted else now + timedelta(days=MONEY.hold_days),
    )
    if first and trusted:
        outbox.send(session, "payouts.mature", key=f"payouts.mature:{earned.ledger_key}")
    return first


def mature_due(session: Session) -> int:
    """Make earnings available whose hold is over; safe to run twice, late or early.  Returns how many.

    Many at once are taken in turns: a message promises the next one.
    """
    earnings = queries.due(session, clock.database_now(session), SWEPT_AT_ONCE)
    _make_available(session, earnings, actor_id=None)
    if len(earnings) == SWEPT_AT_ONCE:
        outbox.send(session, "payouts.mature")
    return len(earnings)


def mature_of(session: Session, user_id: uuid.UUID) -> int:
    """The same for one person who is looking, however long the queue is.  Returns how many."""
    earnings = queries.due_of(session, user_id, clock.database_now(session))
    _make_available(session, earnings, actor_id=None)
    return len(earnings)


def release_hold(session: Session, user_id: uuid.UUID, *, by: User, reason: str) -> int:
    """End the hold of everything a person has pending before its time; staff, with a reason.  Minor units.

    Invalid (422) for a short reason, NotFound (404) for nobody, Conflict (409) for one's own earnings.
    """
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say in at least {REASON_LENGTH} characters why the hold ends early.")
    if identity.user(session, user_id) is None:
        raise NotFound("That person does not exist.")
    if identity.is_one_of(session, by.id, [user_id]):
        raise Conflict("Somebody else must end the hold on your own earnings.")
    amount = _make_available(session, queries.pending_of(session, user_id), actor_id=by.id)
    if amount:
        audit.record(
            session,
            "staff:earnings:release_hold",
            actor_id=by.id,
            subject_type="user",
            subject_id=user_id,
            amount_minor=amount,
            reason=reason.strip(),
        )
    return amount


def _make_available(session: Session, earnings: Sequence[Earning], *, actor_id: uuid.UUID | None) -> int:
    """Move these locked earnings and their money, one posting per person; returns the sum in minor units."""
    if not earnings:
        return 0
    ordered = sorted(earnings, key=lambda earning: earning.user_id)
    sums = {
        user_id: sum(earning.amount_minor for earning in theirs)
        for user_id, theirs in groupby(ordered, key=lambda earning: earning.user_id)
    }
    batch = ids.new_id()  # the earnings' states stop a second one
    ledger.post_all(
        session, [_maturing(user_id, amount, batch, actor_id) for user_id, amount in sums.items()]
    )
    for earning in earnings:
        earning.move(EarningState.AVAILABLE)
        earning.matured_key = _mature_key(earning.user_id, batch)
    for user_id, amount in sums.items():
        publish(session, EarningMatured(user_id=user_id, amount_minor=amount))
    return sum(sums.values())


def _mature_key(user_id: uuid.UUID, batch: uuid.UUID) -> str:
    return f"expert:{user_id}:mature:{batch}"


def _maturing(user_id: uuid.UUID, amount: int, batch: uuid.UUID, actor_id: uuid.UUID | None) -> Entry:
    return Entry(
        kind="mature",
        key=_mature_key(user_id, batch),
        legs=[((Kind.EXPERT_PENDING, user_id), (Kind.EXPERT_AVAILABLE, user_id), Money(amount))],
        ref_type="user",
        ref_id=user_id,
        actor_id=actor_id,
    )
