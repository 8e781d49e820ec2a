"""What people were paid out of projects, from the postings themselves."""

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction


def paid_from(
    session: Session, projects: sa.Select[uuid.UUID], kinds: Collection[str], currency: str = "usd"
) -> tuple[int, int]:
    """How often these kinds of transaction paid people from these projects, and how much in minor units;
    what was reversed does not count.
    """
    reserved, person = aliased(LedgerAccount), aliased(LedgerAccount)
    undone = aliased(LedgerTransaction)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(LedgerPosting.amount_minor), 0))
        .select_from(reserved)
        .join(LedgerPosting, LedgerPosting.debit_account_id == reserved.id)
        .join(person, person.id == LedgerPosting.credit_account_id)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(
            reserved.kind.in_((Kind.PROJECT_RESERVED, Kind.PROJECT_BUDGET)),
            reserved.owner_id.in_(projects),
            reserved.currency == currency,
            person.kind == Kind.EXPERT_PENDING,
            LedgerTransaction.kind.in_(kinds),
            ~select(undone.id).where(undone.reverses_id == LedgerTransaction.id).exists(),
        )
    ).one()
    return int(row[0]), int(row[1])
