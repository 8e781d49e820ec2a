"""The verbs of money moved by hand."""

from marketplace.cases.service.deciding import approve, lapse_due, refuse, withdraw
from marketplace.cases.service.proposing import (
    Wish,
    answer,
    propose_clawback,
    propose_correction,
    propose_goodwill,
)

__all__ = [
    "Wish",
    "answer",
    "approve",
    "lapse_due",
    "propose_clawback",
    "propose_correction",
    "propose_goodwill",
    "refuse",
    "withdraw",
]
