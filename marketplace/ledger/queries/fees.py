"""Fees and the platform's own payouts: what only the payment service's list tells, and what is booked."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.ledger.models import (
    DifferenceKind,
    Kind,
    LedgerAccount,
    LedgerPosting,
    LedgerTransaction,
    ProviderLine,
)
from marketplace.ledger.queries.comparing import MOST, Finding

CHARGES = ("charge", "payment")
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee")
PAYOUTS = ("payout", "payout_cancel", "payout_failure")


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
