"""Company money: deposits coming in, refunds going back, and what banks take back."""

from marketplace.billing.models.deposits import DEPOSIT_MOVES, ENDED, OPENABLE, Deposit, DepositState
from marketplace.billing.models.disputes import (
    ANSWERABLE,
    KEPT,
    RANKS,
    Dispute,
    DisputeAnswer,
    DisputeState,
)
from marketplace.billing.models.refunds import (
    REFUND_MOVES,
    Refund,
    RefundAttempt,
    RefundSearch,
    RefundState,
)

__all__ = [
    "ANSWERABLE",
    "DEPOSIT_MOVES",
    "ENDED",
    "KEPT",
    "OPENABLE",
    "RANKS",
    "REFUND_MOVES",
    "Deposit",
    "DepositState",
    "Dispute",
    "DisputeAnswer",
    "DisputeState",
    "Refund",
    "RefundAttempt",
    "RefundSearch",
    "RefundState",
]
