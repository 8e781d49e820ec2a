"""Company money: deposits coming in, refunds going back."""

from marketplace.billing.models.deposits import DEPOSIT_MOVES, ENDED, OPENABLE, Deposit, DepositState
from marketplace.billing.models.refunds import (
    REFUND_MOVES,
    Refund,
    RefundAttempt,
    RefundSearch,
    RefundState,
)

__all__ = [
    "DEPOSIT_MOVES",
    "ENDED",
    "OPENABLE",
    "REFUND_MOVES",
    "Deposit",
    "DepositState",
    "Refund",
    "RefundAttempt",
    "RefundSearch",
    "RefundState",
]
