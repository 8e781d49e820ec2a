"""Every SELECT of the ledger: balances, what was posted, and whether the books are right."""

from marketplace.ledger.queries.accounts import (
    Account,
    Place,
    Total,
    account,
    balance,
    balances,
    find,
    lock,
    of_kind,
    trial_balance,
)
from marketplace.ledger.queries.checks import broken
from marketplace.ledger.queries.crossings import Crossing, account_ids, crossings, held
from marketplace.ledger.queries.entries import (
    entries,
    matching,
    postings_of,
    promised,
    rest_of_claim,
    reversal_of,
    transaction,
    with_balances,
    with_cause,
    with_keys,
)
from marketplace.ledger.queries.paid import paid_from
from marketplace.ledger.queries.schema import schema_faults
from marketplace.ledger.queries.undone import undone

__all__ = [
    "Account",
    "Crossing",
    "Place",
    "Total",
    "account",
    "account_ids",
    "balance",
    "balances",
    "broken",
    "crossings",
    "entries",
    "find",
    "held",
    "lock",
    "matching",
    "of_kind",
    "paid_from",
    "postings_of",
    "promised",
    "rest_of_claim",
    "reversal_of",
    "schema_faults",
    "transaction",
    "trial_balance",
    "undone",
    "with_balances",
    "with_cause",
    "with_keys",
]
