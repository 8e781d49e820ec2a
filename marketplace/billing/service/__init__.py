"""The verbs of money coming in."""

from marketplace.billing.service.deposits import open_page, reopen, start
from marketplace.billing.service.facts import receive
from marketplace.billing.service.settling import apply, refresh, settle_fee

__all__ = ["apply", "open_page", "receive", "refresh", "reopen", "settle_fee", "start"]
