"""Who was paid how much in a year, and what they have signed."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit.pages import Page, page
from marketplace.payouts.models import Payout, PayoutState
from marketplace.statements.models import TaxProfile
from marketplace.statements.queries.span import Span


@dataclass(frozen=True, slots=True)
class Paid:
    """One person: what reached them, in minor units, in how many payouts."""

    user: User
    minor: int
    payments: int


def paid_page(session: Session, span: Span, mark: str | None) -> Page[Any]:
    """(User, minor units, payouts) of everybody who was paid in a year, by User id."""
    return page(session, _paid(span), [User.id], mark=mark, key_of=lambda row: [row[0].id])


def paid_in(session: Session, span: Span, user_id: uuid.UUID | None = None) -> Sequence[Paid]:
    """Everybody who was paid in a year, or one person of them."""
    statement = _paid(span).order_by(User.id)
    if user_id is not None:
        statement = statement.where(User.id == user_id)
    return [Paid(row[0], int(row[1]), int(row[2])) for row in session.execute(statement)]


def _paid(span: Span) -> Select[Any]:
    sums = (
        select(
            Payout.user_id,
            cast(func.sum(Payout.amount_minor), BigInteger).label("minor"),
            func.count().label("payments"),
        )
        .where(
            Payout.state == PayoutState.PAID,
            Payout.returned_at.is_(None),
            Payout.ended_at >= span.start,
            Payout.ended_at < span.end,
        )
        .group_by(Payout.user_id)
        .subquery()
    )
    return select(User, sums.c.minor, sums.c.payments).join(sums, sums.c.user_id == User.id)


def withheld_in(session: Session, span: Span, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What was withheld for the tax office from payouts these people were paid in a year, in minor units."""
    rows = session.execute(
        select(Payout.user_id, func.sum(Payout.withheld_minor))
        .where(
            Payout.user_id.in_(list(user_ids)),
            Payout.withheld_minor > 0,
            Payout.state == PayoutState.PAID,
            Payout.returned_at.is_(None),
            Payout.ended_at >= span.start,
            Payout.ended_at < span.end,
        )
        .group_by(Payout.user_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def profiles_of(session: Session, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, TaxProfile]:
    """The last thing each of these people has signed."""
    last = (
        select(func.max(TaxProfile.signed_at).label("at"), TaxProfile.user_id)
        .where(TaxProfile.user_id.in_(list(user_ids)))
        .group_by(TaxProfile.user_id)
        .subquery()
    )
    rows = session.scalars(
        select(TaxProfile)
        .join(last, (last.c.user_id == TaxProfile.user_id) & (last.c.at == TaxProfile.signed_at))
        .order_by(TaxProfile.id)
    )
    return {row.user_id: row for row in rows}


def all_sealed(session: Session) -> Sequence[TaxProfile]:
    """Every signature with a number, locked, to seal it with the newest key."""
    return session.scalars(
        select(TaxProfile)
        .where(TaxProfile.number_sealed.is_not(None))
        .order_by(TaxProfile.id)
        .with_for_update()
    ).all()
