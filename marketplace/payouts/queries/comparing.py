"""The payment service's transfers beside our payouts: each payout has one, and each one is a payout."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.ledger.models import DifferenceKind, LedgerTransaction, ProviderLine
from marketplace.ledger.queries import MOST, Finding
from marketplace.payouts.models import Payout, PayoutState

TRANSFER = "transfer"


def transfers_differ(session: Session) -> list[Finding]:
    """Transfers that no payout explains, and paid payouts whose transfer says another payout or account."""
    return [*_unknown(session), *_elsewhere(session)]


def run_of(session: Session, payout_id: uuid.UUID) -> uuid.UUID | None:
    """The run a payout stands in."""
    return session.scalar(select(Payout.run_id).where(Payout.id == payout_id))


def _unknown(session: Session) -> Sequence[Finding]:
    """Whose group is no payout that may have been sent there, and that no entry speaks of.

    A payout that was sent and whose answer is not known may well have made it: the search finds it.
    """
    entry = select(LedgerTransaction.id).where(LedgerTransaction.external_id == ProviderLine.source_id)
    lines = session.scalars(
        select(ProviderLine)
        .outerjoin(Payout, Payout.id == ProviderLine.group_id)
        .where(
            ProviderLine.type == TRANSFER,
            ~entry.exists(),
            or_(
                Payout.id.is_(None),
                Payout.state != PayoutState.SENT,
                Payout.destination != func.coalesce(ProviderLine.destination, ""),
            ),
        )
        .order_by(ProviderLine.id)
        .limit(MOST)
    )
    return [_finding(line, None) for line in lines]


def _elsewhere(session: Session) -> Sequence[Finding]:
    """Paid, and the transfer that proves it carries another payout's group or went to another account."""
    undone = aliased(LedgerTransaction)
    rows = session.execute(
        select(ProviderLine, LedgerTransaction.id)
        .join(Payout, Payout.external_id == ProviderLine.source_id)
        .join(LedgerTransaction, LedgerTransaction.external_id == ProviderLine.source_id)
        .where(
            ProviderLine.type == TRANSFER,
            or_(
                ProviderLine.group_id.is_(None),
                ProviderLine.group_id != Payout.id,
                func.coalesce(ProviderLine.destination, "") != Payout.destination,
            ),
            ~select(undone.id).where(undone.reverses_id == LedgerTransaction.id).exists(),
        )
        .order_by(ProviderLine.id)
        .limit(MOST)
    )
    return [_finding(line, entry_id) for line, entry_id in rows]


def _finding(line: ProviderLine, entry_id: int | None) -> Finding:
    return Finding(
        kind=DifferenceKind.TRANSFER_UNKNOWN,
        object_id=line.source_id or line.id,
        currency=line.currency,
        there_minor=line.net_minor,
        entry_id=entry_id,
    )
