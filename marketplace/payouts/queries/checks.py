"""What `ledger verify` asks of this room."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutState,
)


def broken(session: Session) -> list[str]:
    """I9, I10 of docs/money.md: earnings against the ledger, payouts against proof; empty is good."""
    return [*_earnings_differ(session), *_payouts_differ(session)]


def _earnings_differ(session: Session) -> list[str]:
    kinds = {
        EarningState.PENDING: Kind.EXPERT_PENDING,
        EarningState.AVAILABLE: Kind.EXPERT_AVAILABLE,
        EarningState.IN_TRANSIT: Kind.EXPERT_IN_TRANSIT,
    }
    found = []
    for state, kind in kinds.items():
        earned = (
            select(Earning.user_id, func.sum(Earning.amount_minor).label("amount"))
            .where(Earning.state == state)
            .group_by(Earning.user_id)
            .subquery()
        )
        held_minor = LedgerAccount.credits_minor - LedgerAccount.debits_minor
        rows = session.execute(
            select(LedgerAccount.owner_id, held_minor, func.coalesce(earned.c.amount, 0))
            .outerjoin(earned, earned.c.user_id == LedgerAccount.owner_id)
            .where(LedgerAccount.kind == kind, held_minor != func.coalesce(earned.c.amount, 0))
            .limit(20)
        ).all()
        found += [f"I9 {kind.value} of {row[0]} holds {row[1]}, its earnings say {row[2]}" for row in rows]
    return found


def _payouts_differ(session: Session) -> list[str]:
    rows = session.execute(
        select(Payout.id, Payout.amount_minor, func.coalesce(func.sum(Earning.amount_minor), 0))
        .outerjoin(Earning, Earning.payout_id == Payout.id)
        .where(Payout.state.in_([PayoutState.SCHEDULED, PayoutState.SENT, PayoutState.PAID]))
        .group_by(Payout.id, Payout.amount_minor)
        .having(func.coalesce(func.sum(Earning.amount_minor), 0) != Payout.amount_minor)
        .limit(20)
    ).all()
    found = [f"I9 payout {row[0]} is {row[1]}, its earnings are {row[2]}" for row in rows]
    alarms = session.execute(select(Payout.id, Payout.alarm).where(Payout.alarm.is_not(None)).limit(20)).all()
    return found + [f"I10 payout {row[0]}: {row[1]}" for row in alarms]
