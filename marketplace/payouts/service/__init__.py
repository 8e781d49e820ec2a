"""The verbs of money going out."""

from marketplace.payouts.service.accounts import account_key, apply_account, open_account, remember_account
from marketplace.payouts.service.earnings import Earned, mature, mature_due, record_earning, release_hold
from marketplace.payouts.service.runs import approve_run, cancel_run, finish_runs, prepare_run
from marketplace.payouts.service.sending import send

__all__ = [
    "Earned",
    "account_key",
    "apply_account",
    "approve_run",
    "cancel_run",
    "finish_runs",
    "mature",
    "mature_due",
    "open_account",
    "prepare_run",
    "record_earning",
    "release_hold",
    "remember_account",
    "send",
]
