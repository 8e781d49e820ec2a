"""The verbs of the ledger: post, reverse, reconcile, verify.  It knows amounts, never who or why."""

from marketplace.ledger.models import PLATFORM
from marketplace.ledger.service.comparing import Finder
from marketplace.ledger.service.entries import Entry, Leg
from marketplace.ledger.service.posting import Posted, post, post_all, reverse
from marketplace.ledger.service.reconciling import (
    ask,
    ask_daily,
    ask_if_none,
    old_since,
    reconcile,
    under_way,
)
from marketplace.ledger.service.telling import tell_broken_rule, tell_differences
from marketplace.ledger.service.verifying import (
    Checks,
    record_check,
    require_right_books,
    stop,
    verify,
)

__all__ = [
    "PLATFORM",
    "Checks",
    "Entry",
    "Finder",
    "Leg",
    "Posted",
    "ask",
    "ask_daily",
    "ask_if_none",
    "old_since",
    "post",
    "post_all",
    "reconcile",
    "record_check",
    "require_right_books",
    "reverse",
    "stop",
    "tell_broken_rule",
    "tell_differences",
    "under_way",
    "verify",
]
