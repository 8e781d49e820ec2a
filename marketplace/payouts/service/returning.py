"""A payout that reaches nobody: its money is available again, once."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import queries
from marketplace.payouts.models import EarningState, Payout, PayoutState


def give_back(session: Session, payouts: Sequence[Payout], to: PayoutState, why: str = "") -> None:
    """End these locked payouts as failed or cancelled; the next run makes new ones of their earnings."""
    now = clock.database_now(session)
    for earning in queries.in_payouts(session, [payout.id for payout in payouts]):
        earning.move(EarningState.AVAILABLE)
        earning.payout = None
    for payout in payouts:
        payout.move(to)
        payout.ended_at, payout.hold_reason = now, why
    ledger.post_all(session, [_money_back(payout) for payout in payouts])


def _money_back(payout: Payout) -> Entry:
    """The one posting that returns a payout's money to its owner (money.md 4.3)."""
    return Entry(
        kind="payout_failed",
        key=f"payout:{payout.id}:failed",
        closes=f"payout:{payout.id}",
        legs=[
            (
                (Kind.EXPERT_IN_TRANSIT, payout.user_id),
                (Kind.EXPERT_AVAILABLE, payout.user_id),
                Money(payout.amount_minor, payout.currency),
            )
        ],
        ref_type="payout",
        ref_id=payout.id,
    )
