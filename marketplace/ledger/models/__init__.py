"""The books, what the payment service says of the same money, and where the two differ."""

from marketplace.ledger.models.books import (
    LARGEST_POSTING,
    LAST_SEQ,
    PLATFORM,
    REASON_CHARACTERS,
    RULES,
    TWO_PEOPLE,
    Kind,
    LedgerAccount,
    LedgerPosting,
    LedgerTransaction,
    Rule,
    Side,
)
from marketplace.ledger.models.reconciling import (
    Difference,
    DifferenceKind,
    ProviderLine,
    Reconciliation,
    ReconciliationState,
)
from marketplace.ledger.models.verifying import BooksCheck, BrokenRule

__all__ = [
    "LARGEST_POSTING",
    "LAST_SEQ",
    "PLATFORM",
    "REASON_CHARACTERS",
    "RULES",
    "TWO_PEOPLE",
    "BooksCheck",
    "BrokenRule",
    "Difference",
    "DifferenceKind",
    "Kind",
    "LedgerAccount",
    "LedgerPosting",
    "LedgerTransaction",
    "ProviderLine",
    "Reconciliation",
    "ReconciliationState",
    "Rule",
    "Side",
]
