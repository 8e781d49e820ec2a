"""What the worker found when it looked at the books, and who stood behind what needs two people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.identity import queries as identity
from marketplace.ledger.models import TWO_PEOPLE, BooksCheck, BrokenRule, Difference, LedgerTransaction

MOST_LINES = 20


def standing(session: Session) -> Sequence[BrokenRule]:
    """The rules that were broken when the worker looked last, oldest first."""
    return session.scalars(
        select(BrokenRule).where(BrokenRule.mended_at.is_(None)).order_by(BrokenRule.id)
    ).all()


def lock_standing(session: Session) -> dict[str, BrokenRule]:
    """The same by rule, locked."""
    found = session.scalars(
        select(BrokenRule).where(BrokenRule.mended_at.is_(None)).order_by(BrokenRule.id).with_for_update()
    )
    return {rule.rule: rule for rule in found}


def last_check(session: Session) -> BooksCheck | None:
    """The worker's last look at the books."""
    return session.scalar(select(BooksCheck).order_by(BooksCheck.created_at.desc()).limit(1))


def forget_checks(session: Session, before: datetime) -> None:
    """Delete looks older than this moment; what was broken is kept."""
    session.execute(delete(BooksCheck).where(BooksCheck.created_at < before))


def unresolved(session: Session) -> list[str]:
    """I11 of docs/money.md: differences of the last reconciliation, one line each."""
    found = session.scalars(
        select(Difference).where(Difference.resolved_at.is_(None)).order_by(Difference.id).limit(MOST_LINES)
    )
    return [
        f"I11 {one.object_id}: {one.kind.value.replace('_', ' ')}, "
        f"{'none' if one.there_minor is None else one.there_minor} at the payment service, "
        f"{'none' if one.ours_minor is None else one.ours_minor} in the books"
        for one in found
    ]


def one_person(session: Session) -> list[str]:
    """I14 of docs/money.md: entries that need two people behind which one person stands."""
    rows = session.execute(
        select(
            LedgerTransaction.idempotency_key, LedgerTransaction.actor_id, LedgerTransaction.approver_id
        ).where(
            LedgerTransaction.kind.in_(TWO_PEOPLE),
            LedgerTransaction.actor_id.is_not(None),
            LedgerTransaction.approver_id.is_not(None),
        )
    )
    pairs = [(key, actor, approver) for key, actor, approver in rows if actor and approver]
    wrong = identity.one_person(session, pairs)
    return [f"I14 entry {key}: {one} and {other} are one person" for key, one, other in wrong[:MOST_LINES]]
