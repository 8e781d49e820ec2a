"""The verbs of money coming in, going back, and being taken back."""

from marketplace.billing.service.alerts import look_for_low_funds
from marketplace.billing.service.answering import evidence_for, give_in, hand_in, put_right, send_answer
from marketplace.billing.service.by_hand import left_by_hand, propose_by_hand, send_by_hand
from marketplace.billing.service.deposits import open_page, page_limit, reopen, start
from marketplace.billing.service.disputing import apply_dispute, follow_dispute
from marketplace.billing.service.facts import receive
from marketplace.billing.service.invoicing import (
    apply_invoice,
    cancel_invoice,
    follow_invoice,
    issue,
    look,
    remind_overdue,
    start_invoice,
    void,
)
from marketplace.billing.service.recorded import confirm, drop, record
from marketplace.billing.service.refunding import apply_refund, follow_refund, follow_refunds, send_refund
from marketplace.billing.service.refunds import approve, ask, cancel, decline, look_again, refundable
from marketplace.billing.service.settling import apply, follow_charge, refresh, settle_fee

__all__ = [
    "apply",
    "apply_dispute",
    "apply_invoice",
    "apply_refund",
    "approve",
    "ask",
    "cancel",
    "cancel_invoice",
    "confirm",
    "decline",
    "drop",
    "evidence_for",
    "follow_charge",
    "follow_dispute",
    "follow_invoice",
    "follow_refund",
    "follow_refunds",
    "give_in",
    "hand_in",
    "issue",
    "left_by_hand",
    "look",
    "look_again",
    "look_for_low_funds",
    "open_page",
    "page_limit",
    "propose_by_hand",
    "put_right",
    "receive",
    "record",
    "refresh",
    "refundable",
    "remind_overdue",
    "reopen",
    "send_answer",
    "send_by_hand",
    "send_refund",
    "settle_fee",
    "start",
    "start_invoice",
    "void",
]
