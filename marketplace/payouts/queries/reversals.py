"""Payouts that were our mistake: what is proposed, under way, taken back."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity import queries as identity
from marketplace.kit import clock
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.payouts.models import (
    Payout,
    Reversal,
    ReversalAttempt,
    ReversalSearch,
    ReversalState,
)
from marketplace.payouts.queries.sending import lock_payout

MOST = 20
UNKNOWN = timedelta(hours=24)
STANDING = (ReversalState.PROPOSED, ReversalState.APPROVED, ReversalState.SENT, ReversalState.DONE)
UNDER_WAY = (ReversalState.APPROVED, ReversalState.SENT)


def lock_reversal(session: Session, reversal_id: uuid.UUID) -> Reversal | None:
    """A reversal with its payout and its two people; the payout is locked first, by whoever moves both."""
    payout_id = session.scalar(select(Reversal.payout_id).where(Reversal.id == reversal_id))
    if payout_id is None or lock_payout(session, payout_id) is None:
        return None
    return session.scalar(
        select(Reversal)
        .where(Reversal.id == reversal_id)
        .options(
            joinedload(Reversal.payout).joinedload(Payout.run),
            joinedload(Reversal.by),
            joinedload(Reversal.decided_by),
        )
        .with_for_update(of=Reversal)
        .execution_options(populate_existing=True)
    )


def standing_reversal(session: Session, payout_id: uuid.UUID) -> Reversal | None:
    """The one that is proposed, under way or done; there is at most one."""
    return session.scalar(
        select(Reversal).where(Reversal.payout_id == payout_id, Reversal.state.in_(STANDING))
    )


def reversals_of(session: Session, payout_id: uuid.UUID) -> Sequence[Reversal]:
    """Every reversal of a payout with its people, the newest first."""
    return session.scalars(
        select(Reversal)
        .where(Reversal.payout_id == payout_id)
        .options(joinedload(Reversal.by), joinedload(Reversal.decided_by))
        .order_by(Reversal.id.desc())
    ).all()


def reversal(session: Session, reversal_id: uuid.UUID) -> Reversal | None:
    """One reversal with its payout."""
    return session.scalar(
        select(Reversal).where(Reversal.id == reversal_id).options(joinedload(Reversal.payout))
    )


def reversals_to_look_at(session: Session) -> Sequence[Reversal]:
    """What waits for a second person, is under way or needs somebody, oldest first."""
    waits = or_(Reversal.state.in_((ReversalState.PROPOSED, *UNDER_WAY)), Reversal.alarm.is_not(None))
    return session.scalars(
        select(Reversal)
        .where(waits)
        .options(joinedload(Reversal.payout).joinedload(Payout.user), joinedload(Reversal.by))
        .order_by(Reversal.id)
        .limit(50)
    ).all()


def unsettled_reversals(session: Session) -> Sequence[uuid.UUID]:
    """Let go or sent and without an end; an alarm waits for a person instead."""
    return session.scalars(
        select(Reversal.id)
        .where(Reversal.state.in_(UNDER_WAY), Reversal.alarm.is_(None))
        .order_by(Reversal.id)
    ).all()


def reversal_under_way(session: Session, transfer_id: str) -> uuid.UUID | None:
    """The reversal of ours that may just have happened to this transfer."""
    return session.scalar(
        select(Reversal.id)
        .join(Payout, Payout.id == Reversal.payout_id)
        .where(Payout.external_id == transfer_id, Reversal.state.in_(UNDER_WAY))
    )


def lapsed_reversals(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Proposed, and nobody decided in time."""
    return session.scalars(
        select(Reversal.id)
        .where(Reversal.state == ReversalState.PROPOSED, Reversal.lapses_at <= now)
        .order_by(Reversal.id)
    ).all()


def attempts_at_reversal(session: Session, reversal_id: uuid.UUID) -> Sequence[ReversalAttempt]:
    """The calls made for a reversal, first one first."""
    return session.scalars(
        select(ReversalAttempt)
        .where(ReversalAttempt.reversal_id == reversal_id)
        .order_by(ReversalAttempt.number)
    ).all()


def searches_for_reversal(session: Session, reversal_id: uuid.UUID) -> Sequence[ReversalSearch]:
    """The looks at what was taken back, first one first."""
    return session.scalars(
        select(ReversalSearch).where(ReversalSearch.reversal_id == reversal_id).order_by(ReversalSearch.at)
    ).all()


def reversals_broken(session: Session) -> list[str]:
    """I9, I10, I14 of docs/money.md for payouts that were taken back."""
    return [*_differ(session), *_stuck(session), *_one_person(session)]


def _differ(session: Session) -> list[str]:
    """Done is one entry of its amount and a payout that came back, and nothing else is."""
    posted = (
        select(LedgerTransaction.external_id, func.sum(LedgerPosting.amount_minor).label("minor"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.debit_account_id)
        .where(LedgerTransaction.kind == "transfer_reversed", LedgerAccount.kind == Kind.STRIPE_BALANCE)
        .group_by(LedgerTransaction.external_id)
        .subquery()
    )
    rows = session.execute(
        select(Reversal.id, Reversal.amount_minor, func.coalesce(posted.c.minor, 0), Payout.amount_minor)
        .join(Payout, Payout.id == Reversal.payout_id)
        .outerjoin(posted, posted.c.external_id == Reversal.external_id)
        .where(
            Reversal.state == ReversalState.DONE,
            or_(
                func.coalesce(posted.c.minor, 0) != Reversal.amount_minor,
                Payout.amount_minor != Reversal.amount_minor,
                Payout.returned_at.is_(None),
            ),
        )
        .limit(MOST)
    ).all()
    known = select(Reversal.id).where(
        Reversal.external_id == posted.c.external_id, Reversal.state == ReversalState.DONE
    )
    alone = session.execute(select(posted.c.external_id, posted.c.minor).where(~known.exists()).limit(MOST))
    return [
        *(f"I9 reversal {row[0]} is {row[1]}, its entry {row[2]}, its payout {row[3]}" for row in rows),
        *(f"I9 {row[0]} of {row[1]} was booked as taken back, and no reversal says so" for row in alone),
    ]


def _stuck(session: Session) -> list[str]:
    before = clock.database_now(session) - UNKNOWN
    alarms = session.execute(select(Reversal.id, Reversal.alarm).where(Reversal.alarm.is_not(None)))
    late = session.scalars(
        select(Reversal.id)
        .where(Reversal.state.in_(UNDER_WAY), Reversal.alarm.is_(None), Reversal.decided_at < before)
        .limit(MOST)
    )
    return [
        *(f"I10 reversal {row[0]}: {row[1]}" for row in alarms),
        *(f"I10 reversal {row} has no known end for a day" for row in late),
    ]


def _one_person(session: Session) -> list[str]:
    rows = session.execute(
        select(Reversal.id, Reversal.by_id, Reversal.decided_by_id).where(Reversal.decided_by_id.is_not(None))
    )
    pairs = [(str(row), first, second) for row, first, second in rows if second]
    wrong = identity.one_person(session, pairs)
    return [f"I14 reversal {row}: {one} and {other} are one person" for row, one, other in wrong[:MOST]]
