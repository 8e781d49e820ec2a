"""The verbs of money coming in and going back."""

from marketplace.billing.service.deposits import open_page, reopen, start
from marketplace.billing.service.facts import receive
from marketplace.billing.service.refunding import apply_refund, follow_refund, follow_refunds, send_refund
from marketplace.billing.service.refunds import approve, ask, cancel, decline, look_again, refundable
from marketplace.billing.service.settling import apply, follow_charge, refresh, settle_fee

__all__ = [
    "apply",
    "apply_refund",
    "approve",
    "ask",
    "cancel",
    "decline",
    "follow_charge",
    "follow_refund",
    "follow_refunds",
    "look_again",
    "open_page",
    "receive",
    "refresh",
    "refundable",
    "reopen",
    "send_refund",
    "settle_fee",
    "start",
]
