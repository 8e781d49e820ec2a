"""What was posted: LedgerTransactions by key and cause, postings by account."""

import contextlib
import re
import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.kit.pages import Page, page
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction, Side

_Debit = aliased(LedgerAccount, name="debit_account")
_Credit = aliased(LedgerAccount, name="credit_account")
_NUMBERED = re.compile(r"(?:no\. ?|entry )?([0-9]{1,9})", re.IGNORECASE)


def with_keys(session: Session, keys: Collection[str]) -> dict[str, LedgerTransaction]:
    """The LedgerTransactions that carry these keys, by key."""
    found = session.scalars(
        select(LedgerTransaction).where(LedgerTransaction.idempotency_key.in_(list(keys)))
    )
    return {transaction.idempotency_key: transaction for transaction in found}


def transaction(session: Session, transaction_id: int) -> LedgerTransaction | None:
    """One LedgerTransaction."""
    return session.get(LedgerTransaction, transaction_id)


def reversal_of(session: Session, transaction_id: int) -> LedgerTransaction | None:
    """The LedgerTransaction that took this one back."""
    return session.scalar(select(LedgerTransaction).where(LedgerTransaction.reverses_id == transaction_id))


def with_cause(session: Session, ref_type: str, ref_id: uuid.UUID) -> Sequence[LedgerTransaction]:
    """Everything that was posted because of this row, in the order of writing."""
    return session.scalars(
        select(LedgerTransaction)
        .where(LedgerTransaction.ref_type == ref_type, LedgerTransaction.ref_id == ref_id)
        .order_by(LedgerTransaction.id)
    ).all()


Posted = sa.Row[int, int, str, Kind, uuid.UUID, Kind, uuid.UUID]


def postings_of(session: Session, transaction_id: int) -> Sequence[Posted]:
    """The postings of a LedgerTransaction in order.

    Each row: seq, amount_minor, currency, debit_kind, debit_owner_id, credit_kind, credit_owner_id.
    """
    return session.execute(
        select(
            LedgerPosting.seq,
            LedgerPosting.amount_minor,
            LedgerPosting.currency,
            _Debit.kind.label("debit_kind"),
            _Debit.owner_id.label("debit_owner_id"),
            _Credit.kind.label("credit_kind"),
            _Credit.owner_id.label("credit_owner_id"),
        )
        .join(_Debit, _Debit.id == LedgerPosting.debit_account_id)
        .join(_Credit, _Credit.id == LedgerPosting.credit_account_id)
        .where(LedgerPosting.transaction_id == transaction_id)
        .order_by(LedgerPosting.seq)
    ).all()


def entries(session: Session, account: LedgerAccount, *, mark: str | None) -> Page[Any]:
    """The postings of an account, newest first.

    Each row: id, transaction_id, change_minor (what it did to the balance), other_kind, other_owner_id,
    kind, idempotency_key, ref_type, ref_id, external_id, effective_at, created_at.
    """
    is_debit = LedgerPosting.debit_account_id == account.id
    grows = is_debit if account.normal_side is Side.DEBIT else sa.not_(is_debit)
    statement = (
        select(
            LedgerPosting.id,
            LedgerPosting.transaction_id,
            sa.case((grows, LedgerPosting.amount_minor), else_=-LedgerPosting.amount_minor).label(
                "change_minor"
            ),
            LedgerAccount.kind.label("other_kind"),
            LedgerAccount.owner_id.label("other_owner_id"),
            LedgerTransaction.kind,
            LedgerTransaction.idempotency_key,
            LedgerTransaction.ref_type,
            LedgerTransaction.ref_id,
            LedgerTransaction.external_id,
            LedgerTransaction.effective_at,
            LedgerTransaction.created_at,
        )
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .join(
            LedgerAccount,
            LedgerAccount.id
            == sa.case((is_debit, LedgerPosting.credit_account_id), else_=LedgerPosting.debit_account_id),
        )
        .where(or_(is_debit, LedgerPosting.credit_account_id == account.id))
    )
    return page(session, statement, [LedgerPosting.id], mark=mark, key_of=lambda row: (row.id,))


def with_balances(
    session: Session, account: LedgerAccount, rows: Sequence[sa.Row[Any]]
) -> list[tuple[sa.Row[Any], int]]:
    """These rows of `entries`, each with the balance after it, in minor units."""
    if not rows:
        return []
    until = LedgerPosting.id <= rows[0].id
    sums = {
        column.key: session.scalar(
            select(func.sum(LedgerPosting.amount_minor)).where(column == account.id, until)
        )
        for column in (LedgerPosting.debit_account_id, LedgerPosting.credit_account_id)
    }
    grown = int(sums["debit_account_id"] or 0) - int(sums["credit_account_id"] or 0)
    after = grown if account.normal_side is Side.DEBIT else -grown
    pairs = []
    for row in rows:
        pairs.append((row, after))
        after -= row.change_minor
    return pairs


def matching(
    session: Session,
    text: str,
    *,
    causes: Collection[tuple[str, uuid.UUID]] = (),
    keys: Collection[str] = (),
    mark: str | None,
) -> Page[LedgerTransaction]:
    """LedgerTransactions with this key, end, outside id, cause (its id) or number, newest first.

    Those of the `causes` and with the `keys` too: what a code stands for.
    """
    fits: list[sa.ColumnElement[bool]] = [
        LedgerTransaction.idempotency_key.in_([text, *keys]),
        LedgerTransaction.closes == text,
        LedgerTransaction.external_id == text,
    ]
    with contextlib.suppress(ValueError):
        fits.append(LedgerTransaction.ref_id == uuid.UUID(text))
    if causes:
        fits.append(sa.tuple_(LedgerTransaction.ref_type, LedgerTransaction.ref_id).in_(list(causes)))
    number = _NUMBERED.fullmatch(text)
    if number:
        fits.append(LedgerTransaction.id == int(number[1]))
    return page(
        session,
        select(LedgerTransaction).where(or_(*fits)),
        [LedgerTransaction.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def rest_of_claim(session: Session, ref_type: str, ref_id: uuid.UUID) -> int:
    """What this row (a claim, a screening, a bonus rule) still holds in project_reserved, in minor units."""
    held = _held().where(LedgerTransaction.ref_type == ref_type, LedgerTransaction.ref_id == ref_id)
    return sum(int(row.held_minor) for row in session.execute(held))


def promised(session: Session, project_id: uuid.UUID) -> dict[tuple[str | None, uuid.UUID | None], int]:
    """To what the project's reserved money is promised: (ref_type, ref_id) -> minor units, never 0."""
    reserved = select(LedgerAccount.id).where(
        LedgerAccount.kind == Kind.PROJECT_RESERVED, LedgerAccount.owner_id == project_id
    )
    held = _held().where(
        or_(LedgerPosting.debit_account_id.in_(reserved), LedgerPosting.credit_account_id.in_(reserved))
    )
    rows = session.execute(held)
    return {(row.ref_type, row.ref_id): int(row.held_minor) for row in rows if row.held_minor}


def _held() -> sa.Select[str | None, uuid.UUID | None, Any]:
    """Into project_reserved minus out of it, by the row that caused the postings."""
    into = sa.case((_Credit.kind == Kind.PROJECT_RESERVED, LedgerPosting.amount_minor), else_=0)
    out = sa.case((_Debit.kind == Kind.PROJECT_RESERVED, LedgerPosting.amount_minor), else_=0)
    return (
        select(LedgerTransaction.ref_type, LedgerTransaction.ref_id, func.sum(into - out).label("held_minor"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(_Debit, _Debit.id == LedgerPosting.debit_account_id)
        .join(_Credit, _Credit.id == LedgerPosting.credit_account_id)
        .group_by(LedgerTransaction.ref_type, LedgerTransaction.ref_id)
    )
