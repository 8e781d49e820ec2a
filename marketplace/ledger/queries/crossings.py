"""What came into some accounts from outside them, and what left: the lines of a statement."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction

Account = tuple[Kind, uuid.UUID]
_ENTRY = (
    LedgerTransaction.kind,
    LedgerTransaction.idempotency_key,
    LedgerTransaction.ref_type,
    LedgerTransaction.ref_id,
    LedgerTransaction.reason,
    LedgerTransaction.external_id,
    LedgerTransaction.created_at,
)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One posting with one foot inside: `minor` is positive when it came in, negative when it left."""

    kind: str
    key: str
    ref_type: str | None
    ref_id: uuid.UUID | None
    reason: str | None
    external_id: str | None
    at: datetime
    inside: Account
    outside: Kind
    minor: int
    currency: str


def account_ids(session: Session, accounts: Collection[Account]) -> list[int]:
    """The ids of those of these accounts that exist, in every currency."""
    owners: dict[Kind, list[uuid.UUID]] = {}
    for kind, owner_id in accounts:
        owners.setdefault(kind, []).append(owner_id)
    return [
        account_id
        for kind, ids in owners.items()
        for account_id in session.scalars(
            select(LedgerAccount.id).where(LedgerAccount.kind == kind, LedgerAccount.owner_id.in_(ids))
        )
    ]


def crossings(
    session: Session, ids: Collection[int], start: datetime, end: datetime, currency: str = "usd"
) -> Sequence[Crossing]:
    """What crossed the border of these accounts, which all grow by credits, from `start` to before `end`."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    rows = session.execute(
        select(
            *_ENTRY,
            debit.id.label("debit_id"),
            debit.kind.label("debit_kind"),
            debit.owner_id.label("debit_owner"),
            credit.kind.label("credit_kind"),
            credit.owner_id.label("credit_owner"),
            LedgerPosting.amount_minor,
            LedgerPosting.currency,
        )
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(debit, debit.id == LedgerPosting.debit_account_id)
        .join(credit, credit.id == LedgerPosting.credit_account_id)
        .where(
            _one_foot(ids),
            LedgerTransaction.created_at >= start,
            LedgerTransaction.created_at < end,
            LedgerPosting.currency == currency,
        )
        .order_by(LedgerTransaction.created_at, LedgerPosting.id)
    ).all()
    inside = {*ids}
    return [_crossing(row, leaves=row.debit_id in inside) for row in rows]


def held(session: Session, ids: Collection[int], at: datetime, currency: str = "usd") -> int:
    """What was on these accounts together at a moment, in minor units: all that had crossed until then."""
    sign = case((LedgerPosting.credit_account_id.in_(list(ids)), 1), else_=-1)
    return int(
        session.scalar(
            select(func.coalesce(func.sum(sign * LedgerPosting.amount_minor), 0))
            .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
            .where(_one_foot(ids), LedgerTransaction.created_at < at, LedgerPosting.currency == currency)
        )
        or 0
    )


def _one_foot(ids: Collection[int]) -> Any:
    debits = LedgerPosting.debit_account_id.in_(list(ids))
    credits_ = LedgerPosting.credit_account_id.in_(list(ids))
    return (debits & ~credits_) | (credits_ & ~debits)


def _crossing(row: Any, *, leaves: bool) -> Crossing:
    debit, credit = (row.debit_kind, row.debit_owner), (row.credit_kind, row.credit_owner)
    return Crossing(
        kind=row.kind,
        key=row.idempotency_key,
        ref_type=row.ref_type,
        ref_id=row.ref_id,
        reason=row.reason,
        external_id=row.external_id,
        at=row.created_at,
        inside=debit if leaves else credit,
        outside=credit[0] if leaves else debit[0],
        minor=-row.amount_minor if leaves else row.amount_minor,
        currency=row.currency,
    )
