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

CHARGES = ("charge", "payment")
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee")
PAYOUTS = ("payout", "payout_cancel", "payout_failure")
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


def wrong_fees(session: Session) -> Sequence[Finding]:
    """Fees that were booked with another amount than their line has now."""
    fee = sa.case((ProviderLine.type.in_(FEES), -ProviderLine.amount_minor), else_=ProviderLine.fee_minor)
    booked = _signed(LedgerTransaction.id)
    rows = session.execute(
        select(
            func.coalesce(ProviderLine.source_id, ProviderLine.id),
            ProviderLine.currency,
            fee,
            -booked,
            LedgerTransaction.id,
        )
        .join(LedgerTransaction, LedgerTransaction.idempotency_key == _fee_key())
        .where(fee != -booked)
        .order_by(ProviderLine.id)
        .limit(MOST)
    )
    return [
        Finding(
            kind=DifferenceKind.AMOUNT_DIFFERS,
            object_id=row[0],
            currency=row[1],
            there_minor=-int(row[2]),
            ours_minor=-int(row[3]),
            entry_id=row[4],
        )
        for row in rows
    ]


def lines_total(session: Session) -> dict[str, int]:
    """Currency -> what all lines add up to."""
    rows = session.execute(
        select(ProviderLine.currency, func.sum(ProviderLine.net_minor)).group_by(ProviderLine.currency)
    )
    return {currency: int(total) for currency, total in rows}


def unbooked_charges(session: Session, size: int) -> Sequence[Any]:
    """Charges of known payments whose fee is in no entry yet: (line, ref_type, ref_id) of the payment."""
    paid = aliased(LedgerTransaction)
    return session.execute(
        select(ProviderLine, paid.ref_type, paid.ref_id)
        .join(paid, paid.external_id == ProviderLine.source_id)
        .where(
            ProviderLine.type.in_(CHARGES),
            ProviderLine.fee_minor != 0,
            paid.reverses_id.is_(None),
            paid.kind.like("deposit%"),
            ~_booked(_fee_key()),
        )
        .order_by(ProviderLine.id)
        .limit(size)
    ).all()


def unbooked_fees(session: Session, size: int) -> Sequence[ProviderLine]:
    """Fees that stand alone, and those of the platform's own payouts, that are in no entry yet."""
    alone = sa.and_(ProviderLine.type.in_(FEES), ProviderLine.amount_minor != 0)
    of_payout = sa.and_(ProviderLine.type.in_(PAYOUTS), ProviderLine.fee_minor != 0)
    return session.scalars(
        select(ProviderLine)
        .where(sa.or_(alone, of_payout), ~_booked(_fee_key()))
        .order_by(ProviderLine.id)
        .limit(size)
    ).all()


def unbooked_payouts(session: Session, size: int) -> Sequence[ProviderLine]:
    """The platform's own payouts to its bank, and those that came back, that are in no entry yet."""
    back = sa.case((ProviderLine.amount_minor > 0, ":returned"), else_="")
    return session.scalars(
        select(ProviderLine)
        .where(
            ProviderLine.type.in_(PAYOUTS),
            ProviderLine.amount_minor != 0,
            ProviderLine.source_id.is_not(None),
            ~_booked(sa.literal("po:") + ProviderLine.source_id + back),
        )
        .order_by(ProviderLine.id)
        .limit(size)
    ).all()


def _fee_key() -> sa.ColumnElement[str]:
    return sa.literal("bt:") + ProviderLine.id + sa.literal(":fee")


def _booked(key: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return select(LedgerTransaction.id).where(LedgerTransaction.idempotency_key == key).exists()


def _signed(transaction_id: Any) -> Any:
    """What one LedgerTransaction did to what the service holds."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    change = sa.case(
        (debit.kind == Kind.STRIPE_BALANCE, LedgerPosting.amount_minor),
        (credit.kind == Kind.STRIPE_BALANCE, -LedgerPosting.amount_minor),
        else_=0,
    )
    return (
        select(func.coalesce(func.sum(change), 0))
        .join(debit, debit.id == LedgerPosting.debit_account_id)
        .join(credit, credit.id == LedgerPosting.credit_account_id)
        .where(LedgerPosting.transaction_id == transaction_id)
        .correlate(LedgerTransaction)
        .scalar_subquery()
    )


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
