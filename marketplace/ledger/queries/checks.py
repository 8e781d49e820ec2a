"""The invariants of money.md 9 that need only the ledger: I1 to I6 as SELECTs, and I13."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.kit.money import shown
from marketplace.ledger.models import RULES, LedgerAccount, LedgerPosting, LedgerTransaction, Side
from marketplace.ledger.queries.schema import schema_faults

SHOWN = 5  # offenders named in one line


def broken(session: Session) -> list[str]:
    """One readable line for every broken rule of the ledger; empty when the books balance."""
    lines = []
    for rule, text, offenders in RULES_BY_NUMBER:
        found = offenders(session)
        if found:
            named = ", ".join(str(one) for one in found[:SHOWN])
            lines.append(f"{rule}: {text}: {named}{', and more' if len(found) > SHOWN else ''}")
    return [*lines, *(f"I13: {fault}" for fault in schema_faults(session))]


def _numbers(session: Session, statement: sa.Select[Any]) -> Sequence[Any]:
    return session.scalars(statement.limit(SHOWN + 1)).all()


def _bad_postings(session: Session) -> Sequence[Any]:
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    return _numbers(
        session,
        select(LedgerPosting.id)
        .outerjoin(debit, debit.id == LedgerPosting.debit_account_id)
        .outerjoin(credit, credit.id == LedgerPosting.credit_account_id)
        .where(
            or_(
                LedgerPosting.amount_minor <= 0,
                LedgerPosting.debit_account_id == LedgerPosting.credit_account_id,
                LedgerPosting.currency != func.coalesce(debit.currency, ""),
                LedgerPosting.currency != func.coalesce(credit.currency, ""),
            )
        )
        .order_by(LedgerPosting.id),
    )


def _sums(column: Any) -> Any:
    total = sa.cast(func.sum(LedgerPosting.amount_minor), sa.BigInteger).label("total")
    return select(column.label("account_id"), total).group_by(column).subquery()


def _drifted_accounts(session: Session) -> Sequence[Any]:
    debits, credits_ = _sums(LedgerPosting.debit_account_id), _sums(LedgerPosting.credit_account_id)
    summed_debits, summed_credits = func.coalesce(debits.c.total, 0), func.coalesce(credits_.c.total, 0)
    kept_debits, kept_credits = LedgerAccount.debits_minor, LedgerAccount.credits_minor
    return _numbers(
        session,
        select(LedgerAccount.id)
        .outerjoin(debits, debits.c.account_id == LedgerAccount.id)
        .outerjoin(credits_, credits_.c.account_id == LedgerAccount.id)
        .where(
            or_(
                sa.and_(LedgerAccount.hot, or_(kept_debits != 0, kept_credits != 0)),
                sa.and_(
                    sa.not_(LedgerAccount.hot),
                    or_(kept_debits != summed_debits, kept_credits != summed_credits),
                ),
            )
        )
        .order_by(LedgerAccount.id),
    )


def _below_zero(session: Session) -> Sequence[Any]:
    grows = LedgerAccount.debits_minor - LedgerAccount.credits_minor
    balance = sa.case((LedgerAccount.normal_side == Side.DEBIT, grows), else_=-grows)
    return _numbers(
        session,
        select(LedgerAccount.id)
        .where(sa.not_(LedgerAccount.allow_negative), balance < 0)
        .order_by(LedgerAccount.id),
    )


def _misfits(session: Session) -> Sequence[Any]:
    """An account that is not what its kind says could go below zero, or count on the wrong side."""
    name = sa.cast(LedgerAccount.kind, sa.String)
    fits = [
        sa.and_(
            name == kind.value,
            sa.cast(LedgerAccount.normal_side, sa.String) == rule.side.value,
            LedgerAccount.allow_negative.is_(not rule.bounded),
            LedgerAccount.hot.is_(rule.hot),
        )
        for kind, rule in RULES.items()
    ]
    return _numbers(session, select(LedgerAccount.id).where(sa.not_(or_(*fits))).order_by(LedgerAccount.id))


def _incomplete(session: Session) -> Sequence[Any]:
    count, first, last = (
        func.count(LedgerPosting.id),
        func.min(LedgerPosting.seq),
        func.max(LedgerPosting.seq),
    )
    return _numbers(
        session,
        select(LedgerTransaction.id)
        .outerjoin(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .group_by(LedgerTransaction.id, LedgerTransaction.last_seq)
        .having(
            or_(
                count != LedgerTransaction.last_seq + 1,
                func.coalesce(first, -1) != 0,
                func.coalesce(last, -1) != LedgerTransaction.last_seq,
            )
        )
        .order_by(LedgerTransaction.id),
    )


def _unmirrored(session: Session) -> Sequence[Any]:
    original, back, forth = aliased(LedgerTransaction), aliased(LedgerPosting), aliased(LedgerPosting)
    mirrored = (
        select(func.count())
        .select_from(back)
        .join(
            forth,
            sa.and_(
                forth.transaction_id == original.id,
                forth.seq == back.seq,
                forth.debit_account_id == back.credit_account_id,
                forth.credit_account_id == back.debit_account_id,
                forth.amount_minor == back.amount_minor,
            ),
        )
        .where(back.transaction_id == LedgerTransaction.id)
        .scalar_subquery()
    )
    return _numbers(
        session,
        select(LedgerTransaction.id)
        .join(original, original.id == LedgerTransaction.reverses_id)
        .where(
            or_(
                LedgerTransaction.last_seq != original.last_seq,
                mirrored != original.last_seq + 1,
            )
        )
        .order_by(LedgerTransaction.id),
    )


def _unequal_currencies(session: Session) -> list[str]:
    """Credits minus debits over every account, the hot ones from their postings, must be nothing."""
    gaps: dict[str, int] = {}
    kept = select(
        LedgerAccount.currency, func.sum(LedgerAccount.credits_minor - LedgerAccount.debits_minor)
    ).where(sa.not_(LedgerAccount.hot))
    for currency, gap in session.execute(kept.group_by(LedgerAccount.currency)):
        gaps[currency] = gaps.get(currency, 0) + int(gap)
    for column, sign in ((LedgerPosting.credit_account_id, 1), (LedgerPosting.debit_account_id, -1)):
        summed = (
            select(LedgerPosting.currency, func.sum(LedgerPosting.amount_minor))
            .join(LedgerAccount, LedgerAccount.id == column)
            .where(LedgerAccount.hot)
        )
        for currency, total in session.execute(summed.group_by(LedgerPosting.currency)):
            gaps[currency] = gaps.get(currency, 0) + sign * int(total)
    return [f"{currency} by {shown(gap, currency)}" for currency, gap in sorted(gaps.items()) if gap]


RULES_BY_NUMBER: Sequence[tuple[str, str, Callable[[Session], Sequence[Any]]]] = (
    ("I1", "postings of no amount, within one account or in a foreign currency", _bad_postings),
    ("I2", "accounts whose kept balance is not the sum of their postings", _drifted_accounts),
    ("I3", "bounded accounts below zero", _below_zero),
    ("I3", "accounts that do not behave as their kind says", _misfits),
    ("I4", "LedgerTransactions with a posting missing or too many", _incomplete),
    ("I5", "reversals that do not mirror what they reverse", _unmirrored),
    ("I6", "what is owed differs from what is held", _unequal_currencies),
)
