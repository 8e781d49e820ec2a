"""The verbs of money coming in, going back, and being taken back."""

from marketplace.billing.service.answering import evidence_for, give_in, hand_in, put_right, send_answer
from marketplace.billing.service.deposits import open_page, reopen, start
from marketplace.billing.service.disputing import apply_dispute, follow_dispute
from marketplace.billing.service.facts import receive
from marketplace.billing.service.refunding import apply_refund, follow_refund, follow_refunds, send_refund
from marketplace.billing.service.refunds import approve, ask, cancel, decline, look_again, refundable
from marketplace.billing.service.settling import apply, follow_charge, refresh, settle_fee

__all__ = [
    "apply",
    "apply_dispute",
    "apply_refund",
    "approve",
    "ask",
    "cancel",
    "decline",
    "evidence_for",
    "follow_charge",
    "follow_dispute",
    "follow_refund",
    "follow_refunds",
    "give_in",
    "hand_in",
    "look_again",
    "open_page",
    "put_right",
    "receive",
    "refresh",
    "refundable",
    "reopen",
    "send_answer",
    "send_refund",
    "settle_fee",
    "start",
]
