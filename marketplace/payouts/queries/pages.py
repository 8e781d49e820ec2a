"""What the pages of earnings and payouts show."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import User
from marketplace.kit.pages import Page, page
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutRun,
)


def earnings_of(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[Earning]:
    """A person's earnings, newest first, with the project each came from and the payout it went into."""
    statement = (
        select(Earning)
        .where(Earning.user_id == user_id)
        .options(joinedload(Earning.project), joinedload(Earning.payout))
    )
    return page(session, statement, [Earning.id], mark=mark, key_of=lambda row: [row.id])


def earning_for(session: Session, user_id: uuid.UUID, earning_id: uuid.UUID) -> Earning | None:
    """One earning of this person."""
    return session.scalar(
        select(Earning)
        .where(Earning.id == earning_id, Earning.user_id == user_id)
        .options(joinedload(Earning.project), joinedload(Earning.payout))
    )


def sums_of(session: Session, user_id: uuid.UUID) -> dict[EarningState, int]:
    """What a person has earned, by where the money is; minor units."""
    rows = session.execute(
        select(Earning.state, func.sum(Earning.amount_minor))
        .where(Earning.user_id == user_id)
        .group_by(Earning.state)
    ).all()
    found = {row[0]: int(row[1]) for row in rows}
    return {state: found.get(state, 0) for state in EarningState}


def next_available_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """When the first pending earning of a person becomes available."""
    return session.scalar(
        select(func.min(Earning.available_at)).where(
            Earning.user_id == user_id, Earning.state == EarningState.PENDING
        )
    )


def payouts_of(session: Session, user_id: uuid.UUID, limit: int = 20) -> Sequence[Payout]:
    """A person's latest payouts."""
    return session.scalars(
        select(Payout).where(Payout.user_id == user_id).order_by(Payout.id.desc()).limit(limit)
    ).all()


def runs(session: Session, mark: str | None) -> Page[PayoutRun]:
    """Every run, newest first."""
    statement = select(PayoutRun).options(joinedload(PayoutRun.prepared_by))
    return page(session, statement, [PayoutRun.id], mark=mark, key_of=lambda row: [row.id])


def run(session: Session, run_id: uuid.UUID) -> PayoutRun | None:
    """One run, with who prepared it."""
    return session.scalar(
        select(PayoutRun).where(PayoutRun.id == run_id).options(joinedload(PayoutRun.prepared_by))
    )


def run_page(session: Session, run_id: uuid.UUID, mark: str | None) -> Page[Payout]:
    """The payouts of a run with who is paid, newest first."""
    statement = select(Payout).where(Payout.run_id == run_id).options(joinedload(Payout.user))
    return page(session, statement, [Payout.id], mark=mark, key_of=lambda row: [row.id])


def held(session: Session, mark: str | None) -> Page[Any]:
    """(User, pending sum, first end of a hold) of everybody with a hold, by User id."""
    pending = (
        select(
            Earning.user_id,
            func.sum(Earning.amount_minor).label("amount"),
            func.min(Earning.available_at).label("first"),
        )
        .where(Earning.state == EarningState.PENDING)
        .group_by(Earning.user_id)
        .subquery()
    )
    statement = select(User, pending.c.amount, pending.c.first).join(pending, pending.c.user_id == User.id)
    return page(session, statement, [User.id], mark=mark, key_of=lambda row: [row[0].id])
