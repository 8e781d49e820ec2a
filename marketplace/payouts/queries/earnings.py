"""Earnings, locked where they move."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.payouts.models import Earning, EarningState


def due(session: Session, now: datetime, limit: int) -> Sequence[Earning]:
    """Pending earnings whose hold is over, locked, the oldest first; another sweep's are left out,
    and those that wait for a decision.
    """
    return session.scalars(
        select(Earning)
        .where(Earning.state == EarningState.PENDING, Earning.available_at <= now, Earning.case_id.is_(None))
        .order_by(Earning.available_at, Earning.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def due_of(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[Earning]:
    """A person's pending earnings whose hold is over, locked."""
    statement = select(Earning).where(
        Earning.user_id == user_id,
        Earning.state == EarningState.PENDING,
        Earning.available_at <= now,
        Earning.case_id.is_(None),
    )
    return session.scalars(
        statement.order_by(Earning.id).with_for_update().execution_options(populate_existing=True)
    ).all()


def is_due(session: Session, user_id: uuid.UUID, now: datetime) -> bool:
    """Whether the hold of something a person earned is over and nobody has said so yet."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Earning.user_id == user_id,
                    Earning.state == EarningState.PENDING,
                    Earning.available_at <= now,
                    Earning.case_id.is_(None),
                )
            )
        )
    )


def pending_of(session: Session, user_id: uuid.UUID) -> Sequence[Earning]:
    """A person's pending earnings, locked, without those that wait for a decision."""
    return session.scalars(
        select(Earning)
        .where(Earning.user_id == user_id, Earning.state == EarningState.PENDING, Earning.case_id.is_(None))
        .order_by(Earning.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def earning_by_key(session: Session, ledger_key: str) -> Earning | None:
    """The earning that stands beside a posting."""
    return session.scalar(select(Earning).where(Earning.ledger_key == ledger_key))


def available_of(session: Session, user_ids: Sequence[uuid.UUID]) -> Sequence[Earning]:
    """What these people have available, locked."""
    return session.scalars(
        select(Earning)
        .where(Earning.user_id.in_(user_ids), Earning.state == EarningState.AVAILABLE)
        .order_by(Earning.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def earned_for(
    session: Session, user_id: uuid.UUID, ref_type: str, ref_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Earning]:
    """What this person earned for each of these things."""
    if not ref_ids:
        return {}
    rows = session.scalars(
        select(Earning).where(
            Earning.user_id == user_id, Earning.ref_type == ref_type, Earning.ref_id.in_(list(ref_ids))
        )
    )
    return {earning.ref_id: earning for earning in rows}
