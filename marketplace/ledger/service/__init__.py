"""The verbs of the ledger: post, post_all, reverse.  It knows amounts, never who or why."""

from marketplace.ledger.models import PLATFORM
from marketplace.ledger.service.entries import Entry, Leg
from marketplace.ledger.service.posting import Posted, post, post_all, reverse

__all__ = ["PLATFORM", "Entry", "Leg", "Posted", "post", "post_all", "reverse"]
