"""Earnings, locked where they move."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.payouts.models import (
    Earning,
    EarningState,
)


def people_with_due_earnings(session: Session, now: datetime, limit: int = 200) -> Sequence[uuid.UUID]:
    """Users with pending earnings whose hold is over."""
    return session.scalars(
        select(Earning.user_id)
        .where(Earning.state == EarningState.PENDING, Earning.available_at <= now)
        .distinct()
        .limit(limit)
    ).all()


def pending_of(session: Session, user_id: uuid.UUID, until: datetime | None) -> Sequence[Earning]:
    """A person's pending earnings, locked; `until`: only those whose hold ends by then."""
    statement = select(Earning).where(Earning.user_id == user_id, Earning.state == EarningState.PENDING)
    if until is not None:
        statement = statement.where(Earning.available_at <= until)
    return session.scalars(statement.order_by(Earning.id).with_for_update()).all()


def earning_by_key(session: Session, ledger_key: str) -> Earning | None:
    """The earning that stands beside a posting."""
    return session.scalar(select(Earning).where(Earning.ledger_key == ledger_key))


def available_of(session: Session, user_id: uuid.UUID) -> Sequence[Earning]:
    """A person's available earnings, locked."""
    return session.scalars(
        select(Earning)
        .where(Earning.user_id == user_id, Earning.state == EarningState.AVAILABLE)
        .order_by(Earning.id)
        .with_for_update()
    ).all()
