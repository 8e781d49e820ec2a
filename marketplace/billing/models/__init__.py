"""Company money: deposits coming in, refunds going back, and what banks take back."""

from marketplace.billing.models.alerts import FundsAlert
from marketplace.billing.models.deposits import DEPOSIT_MOVES, ENDED, OPENABLE, Deposit, DepositState
from marketplace.billing.models.disputes import (
    ANSWERABLE,
    KEPT,
    RANKS,
    Dispute,
    DisputeAnswer,
    DisputeState,
)
from marketplace.billing.models.invoices import BillingCustomer, DepositInvoice
from marketplace.billing.models.recorded import RECORDED_MOVES, RecordedDeposit, RecordedState
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
    "RECORDED_MOVES",
    "REFUND_MOVES",
    "BillingCustomer",
    "Deposit",
    "DepositInvoice",
    "DepositState",
    "Dispute",
    "DisputeAnswer",
    "DisputeState",
    "FundsAlert",
    "RecordedDeposit",
    "RecordedState",
    "Refund",
    "RefundAttempt",
    "RefundSearch",
    "RefundState",
]
