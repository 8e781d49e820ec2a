"""The books beside the payment service's own list: what each side says of every thing, in minor units.

A thing is what moved the money there: a charge, a transfer, a refund, a dispute, or a fee that stands alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.kit.database import UtcDateTime
from marketplace.ledger.models import (
    DifferenceKind,
    Kind,
    LedgerAccount,
    LedgerPosting,
    LedgerTransaction,
    ProviderLine,
)

MOST = 1000  # things named one by one; more than that is one mistake, not a thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A thing on which the two sides disagree, as one comparison saw it."""

    kind: DifferenceKind
    object_id: str
    currency: str
    there_minor: int | None = None
    ours_minor: int | None = None
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Both:
    """One thing whose two sums differ: how many lines and entries speak of it, when the newest was made."""

    object_id: str
    currency: str
    there_minor: int
    ours_minor: int
    line_count: int
    entry_count: int
    line_at: datetime | None
    entry_at: datetime | None
    entry_id: int | None


def matched_count(session: Session) -> int:
    """How many things both sides tell alike."""
    things = _things().having(_there() == _ours()).subquery()
    return session.scalar(select(func.count()).select_from(things)) or 0


def unequal(session: Session) -> Sequence[Both]:
    """The things whose sums differ, at most `MOST` and one more."""
    rows = session.execute(
        _things().having(_there() != _ours()).order_by(_SIDES.c.object_id, _SIDES.c.currency).limit(MOST + 1)
    )
    return [
        Both(row[0], row[1], int(row[2]), int(row[3]), int(row[4]), int(row[5]), row[6], row[7], row[8])
        for row in rows
    ]


def lines_total(session: Session) -> dict[str, int]:
    """Currency -> what all lines add up to."""
    rows = session.execute(
        select(ProviderLine.currency, func.sum(ProviderLine.net_minor)).group_by(ProviderLine.currency)
    )
    return {currency: int(total) for currency, total in rows}


def _lines() -> Any:
    moment, number = sa.cast(sa.null(), UtcDateTime()), sa.cast(sa.null(), sa.BigInteger)
    return select(
        func.coalesce(ProviderLine.source_id, ProviderLine.id).label("object_id"),
        ProviderLine.currency.label("currency"),
        ProviderLine.net_minor.label("there"),
        sa.literal(0).label("ours"),
        sa.literal(1).label("line"),
        sa.literal(0).label("entry"),
        ProviderLine.created_at.label("line_at"),
        moment.label("entry_at"),
        number.label("entry_id"),
    )


def _entries(column: Any, sign: int) -> Any:
    """Postings on what the service holds; one that takes another back speaks of the same thing."""
    entry, original = aliased(LedgerTransaction), aliased(LedgerTransaction)
    outside = func.coalesce(entry.external_id, original.external_id)
    alone = sa.literal("entry:") + sa.cast(func.coalesce(original.id, entry.id), sa.String)
    return (
        select(
            func.coalesce(ProviderLine.source_id, outside, alone),
            LedgerPosting.currency,
            sa.literal(0),
            sign * LedgerPosting.amount_minor,
            sa.literal(0),
            sa.literal(1),
            sa.cast(sa.null(), UtcDateTime()),
            entry.created_at,
            entry.id,
        )
        .select_from(LedgerAccount)
        .join(LedgerPosting, column == LedgerAccount.id)
        .join(entry, entry.id == LedgerPosting.transaction_id)
        .outerjoin(original, original.id == entry.reverses_id)
        .outerjoin(ProviderLine, ProviderLine.id == outside)  # a fee's entry names the line, not the charge
        .where(LedgerAccount.kind == Kind.STRIPE_BALANCE)
    )


_SIDES = sa.union_all(
    _lines(), _entries(LedgerPosting.debit_account_id, 1), _entries(LedgerPosting.credit_account_id, -1)
).subquery("sides")


def _there() -> Any:
    return func.sum(_SIDES.c.there)


def _ours() -> Any:
    return func.sum(_SIDES.c.ours)


def _things() -> Any:
    return select(
        _SIDES.c.object_id,
        _SIDES.c.currency,
        _there(),
        _ours(),
        func.sum(_SIDES.c.line),
        func.sum(_SIDES.c.entry),
        func.max(_SIDES.c.line_at, type_=UtcDateTime()),
        func.max(_SIDES.c.entry_at, type_=UtcDateTime()),
        func.max(_SIDES.c.entry_id),
    ).group_by(_SIDES.c.object_id, _SIDES.c.currency)
