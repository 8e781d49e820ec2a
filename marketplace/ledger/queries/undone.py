"""What was taken back later, and why."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import LedgerTransaction

CLAWBACK = "clawback"


def undone(session: Session, keys: Collection[str]) -> dict[str, LedgerTransaction]:
    """Key -> the LedgerTransaction that reversed what was posted under it, or clawed it back."""
    if not keys:
        return {}
    taken = {f"{key.rpartition(':')[0]}:{CLAWBACK}": key for key in keys}
    posted = {
        row.id: row.idempotency_key
        for row in session.execute(
            select(LedgerTransaction.id, LedgerTransaction.idempotency_key).where(
                LedgerTransaction.idempotency_key.in_(list(keys))
            )
        )
    }
    rows = session.scalars(
        select(LedgerTransaction).where(
            or_(
                LedgerTransaction.idempotency_key.in_(list(taken)),
                LedgerTransaction.reverses_id.in_(list(posted)),
            )
        )
    )
    return {posted.get(row.reverses_id or 0) or taken[row.idempotency_key]: row for row in rows}
