"""What stands behind the lines of an expert's statements."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kit.pages import Page, page
from marketplace.payouts.models import Earning, Payout, PayoutState

AT_ONCE = 500  # values in one list


def payout_for(session: Session, user_id: uuid.UUID, payout_id: uuid.UUID) -> Payout | None:
    """A payout of this person that was paid and that no bank sent back: what is in it stays in it."""
    return session.scalar(
        select(Payout).where(
            Payout.id == payout_id,
            Payout.user_id == user_id,
            Payout.state == PayoutState.PAID,
            Payout.returned_at.is_(None),
        )
    )


def in_payout(session: Session, payout_id: uuid.UUID) -> Sequence[Earning]:
    """The earnings inside a payout, oldest first, with their projects."""
    return session.scalars(
        select(Earning)
        .where(Earning.payout_id == payout_id)
        .options(joinedload(Earning.project))
        .order_by(Earning.id)
    ).all()


def earnings_by_key(session: Session, user_id: uuid.UUID, keys: Collection[str]) -> dict[str, Earning]:
    """The earnings of a person that stand beside these entries."""
    found: dict[str, Earning] = {}
    for some in _some(keys):
        rows = session.scalars(
            select(Earning)
            .where(Earning.user_id == user_id, Earning.ledger_key.in_(some))
            .options(joinedload(Earning.project))
        )
        found.update({row.ledger_key: row for row in rows})
    return found


def payouts_by_id(session: Session, payout_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Payout]:
    """These payouts."""
    found: dict[uuid.UUID, Payout] = {}
    for some in _some(payout_ids):
        found.update({row.id: row for row in session.scalars(select(Payout).where(Payout.id.in_(some)))})
    return found


def payouts_of_year(
    session: Session, user_id: uuid.UUID, start: datetime, end: datetime, mark: str | None
) -> Page[Payout]:
    """The payouts that reached a person in a year, newest first."""
    statement = select(Payout).where(
        Payout.user_id == user_id,
        Payout.state == PayoutState.PAID,
        Payout.returned_at.is_(None),
        Payout.ended_at >= start,
        Payout.ended_at < end,
    )
    return page(session, statement, [Payout.id], mark=mark, key_of=lambda row: [row.id])


def first_earned_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """When a person earned something for the first time."""
    return session.scalar(select(func.min(Earning.created_at)).where(Earning.user_id == user_id))


def _some(values: Collection[Any]) -> Iterator[list[Any]]:
    rows = list(values)
    for begin in range(0, len(rows), AT_ONCE):
        yield rows[begin : begin + AT_ONCE]
