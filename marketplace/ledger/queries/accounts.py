"""Which accounts there are and how much is on them, in minor units."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kit.pages import Page, page
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, Side

Account = tuple[Kind, uuid.UUID]
Place = tuple[Kind, uuid.UUID, str]


def balance(session: Session, kind: Kind, owner_id: uuid.UUID, currency: str = "usd") -> int:
    """What is on the account, in minor units; 0 for one that was never used."""
    return balances(session, [(kind, owner_id)], currency)[kind, owner_id]


def balances(session: Session, accounts: Iterable[Account], currency: str = "usd") -> dict[Account, int]:
    """What is on each of these accounts, in minor units; 0 for those that were never used."""
    wanted = list(dict.fromkeys(accounts))
    found = dict.fromkeys(wanted, 0)
    if not wanted:
        return found
    rows = session.execute(
        select(
            LedgerAccount.id,
            LedgerAccount.kind,
            LedgerAccount.owner_id,
            LedgerAccount.debits_minor,
            LedgerAccount.credits_minor,
        ).where(
            sa.tuple_(LedgerAccount.kind, LedgerAccount.owner_id).in_(wanted),
            LedgerAccount.currency == currency,
        )
    ).all()
    summed = _summed(session, [row.id for row in rows if row.kind.hot])
    for row in rows:
        debits, credits_ = summed.get(row.id, (row.debits_minor, row.credits_minor))
        grows = debits - credits_ if row.kind.side is Side.DEBIT else credits_ - debits
        found[row.kind, row.owner_id] = grows
    return found


def _summed(session: Session, account_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Debits and credits of hot accounts from their postings: nothing else knows them."""
    if not account_ids:
        return {}
    debits, credits_ = (
        {
            account_id: int(total)
            for account_id, total in session.execute(
                select(column, func.sum(LedgerPosting.amount_minor))
                .where(column.in_(account_ids))
                .group_by(column)
            )
        }
        for column in (LedgerPosting.debit_account_id, LedgerPosting.credit_account_id)
    )
    return {each: (debits.get(each, 0), credits_.get(each, 0)) for each in account_ids}


def find(session: Session, places: Iterable[Place]) -> dict[Place, int]:
    """The ids of those of these accounts that exist."""
    key = (LedgerAccount.kind, LedgerAccount.owner_id, LedgerAccount.currency)
    rows = session.execute(select(LedgerAccount.id, *key).where(sa.tuple_(*key).in_(list(places))))
    return {(row.kind, row.owner_id, row.currency): row.id for row in rows}


def accounts_of(session: Session, owner_id: uuid.UUID) -> Sequence[LedgerAccount]:
    """Every account of this owner, by kind."""
    return session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.kind.in_(list(Kind)), LedgerAccount.owner_id == owner_id)
        .order_by(LedgerAccount.id)
    ).all()


def lock(session: Session, account_ids: Iterable[int]) -> None:
    """Hold these accounts until the end of the transaction, in the order of their ids; never the hot ones.

    SQLite drops FOR UPDATE: there the writing transaction is the lock.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    session.execute(
        select(LedgerAccount.id)
        .where(LedgerAccount.id.in_(list(account_ids)), LedgerAccount.hot.is_(False))
        .order_by(LedgerAccount.id)
        .with_for_update()
    )


def account(session: Session, kind: Kind, owner_id: uuid.UUID, currency: str = "usd") -> LedgerAccount | None:
    """The account itself; its balance is asked with `balance`."""
    return session.scalar(
        select(LedgerAccount).where(
            LedgerAccount.kind == kind, LedgerAccount.owner_id == owner_id, LedgerAccount.currency == currency
        )
    )


def of_kind(session: Session, kind: Kind, *, mark: str | None) -> Page[LedgerAccount]:
    """The accounts of one kind, newest first."""
    return page(
        session,
        select(LedgerAccount).where(LedgerAccount.kind == kind).execution_options(populate_existing=True),
        [LedgerAccount.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


@dataclass(frozen=True, slots=True)
class Total:
    """One line of the trial balance: every account of a kind, in one currency and minor units."""

    kind: Kind
    currency: str
    accounts: int
    debits_minor: int
    credits_minor: int

    @property
    def balance_minor(self) -> int:
        """The balance on the side on which this kind grows."""
        grows = self.debits_minor - self.credits_minor
        return grows if self.kind.side is Side.DEBIT else -grows


def trial_balance(session: Session) -> list[Total]:
    """Every kind that was ever used, in the order of `Kind`; debits and credits add up to the same."""
    rows = session.execute(
        select(
            LedgerAccount.kind,
            LedgerAccount.currency,
            func.count(),
            func.sum(LedgerAccount.debits_minor),
            func.sum(LedgerAccount.credits_minor),
        ).group_by(LedgerAccount.kind, LedgerAccount.currency)
    ).all()
    hot = _hot_volumes(session)
    totals = [
        Total(kind, currency, count, *hot.get((kind, currency), (int(debits), int(credits_))))
        for kind, currency, count, debits, credits_ in rows
    ]
    order = list(Kind)
    return sorted(totals, key=lambda total: (total.currency, order.index(total.kind)))


def _hot_volumes(session: Session) -> dict[tuple[Kind, str], tuple[int, int]]:
    rows = session.execute(
        select(LedgerAccount.id, LedgerAccount.kind, LedgerAccount.currency).where(LedgerAccount.hot)
    ).all()
    summed = _summed(session, [row.id for row in rows])
    volumes: dict[tuple[Kind, str], tuple[int, int]] = {}
    for row in rows:
        debits, credits_ = volumes.get((row.kind, row.currency), (0, 0))
        more = summed[row.id]
        volumes[row.kind, row.currency] = debits + more[0], credits_ + more[1]
    return volumes
