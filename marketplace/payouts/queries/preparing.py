"""Who can be paid now, who cannot, and how a run's total comes about."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, case, func, literal, select
from sqlalchemy.orm import Session, joinedload

from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutState,
)

MOST_PAYOUTS = 1000  # in one run; whoever is left is in the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a payout needs: `minimum_minor`, and a bank that was not changed after `bank_settled_before`.

    `not_for`: the preparer, whose own money waits for a run of somebody else.
    """

    minimum_minor: int
    bank_settled_before: datetime
    not_for: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what is available: how many people, how much in minor units."""

    people: int = 0
    minor: int = 0


def payable(session: Session, limits: Limits) -> Sequence[tuple[PayoutAccount, int]]:
    """Payout accounts to pay now with what their owner has available, smallest User id first."""
    available = _available()
    rows = session.execute(
        select(PayoutAccount, available.c.amount)
        .join(available, available.c.user_id == PayoutAccount.user_id)
        .where(_class(available, limits) == "payable")
        .options(joinedload(PayoutAccount.user))
        .order_by(PayoutAccount.user_id)
        .limit(MOST_PAYOUTS)
    ).all()
    return [(row[0], int(row[1])) for row in rows]


def shares(session: Session, limits: Limits) -> Mapping[str, Share]:
    """Everything available, in parts that add up: `below`, `no_account`, `changed`, `own`, `payable`."""
    available = _available()
    kind = _class(available, limits).label("kind")
    found = dict.fromkeys(("below", "no_account", "changed", "own", "payable"), Share())
    rows = session.execute(
        select(kind, func.count(), func.sum(available.c.amount))
        .select_from(available)
        .outerjoin(PayoutAccount, PayoutAccount.user_id == available.c.user_id)
        .group_by(kind)
    )
    return {**found, **{row[0]: Share(int(row[1]), int(row[2])) for row in rows}}


def usual(
    session: Session, user_ids: Sequence[uuid.UUID], before: datetime
) -> Mapping[uuid.UUID, tuple[int, int]]:
    """How often each of these people was paid before this moment, and how much on average in minor units."""
    rows = session.execute(
        select(Payout.user_id, func.count(), func.sum(Payout.amount_minor))
        .where(
            Payout.user_id.in_(user_ids),
            Payout.state == PayoutState.PAID,
            Payout.returned_at.is_(None),
            Payout.ended_at < before,
        )
        .group_by(Payout.user_id)
    )
    return {row[0]: (int(row[1]), int(row[2]) // int(row[1])) for row in rows}


def _available() -> Subquery:
    return (
        select(Earning.user_id, func.sum(Earning.amount_minor).label("amount"))
        .where(Earning.state == EarningState.AVAILABLE)
        .group_by(Earning.user_id)
        .subquery()
    )


def _class(available: Subquery, limits: Limits) -> Any:
    """Why a person's money is in the next run or not; the first reason that holds."""
    account = and_(
        PayoutAccount.id.is_not(None),
        PayoutAccount.state == PayoutAccountState.READY,
        PayoutAccount.external_id.is_not(None),
    )
    own = available.c.user_id == limits.not_for if limits.not_for else literal(value=False)
    return case(
        (available.c.amount < limits.minimum_minor, "below"),
        (~account, "no_account"),
        (PayoutAccount.changed_at > limits.bank_settled_before, "changed"),
        (own, "own"),
        else_="payable",
    )
