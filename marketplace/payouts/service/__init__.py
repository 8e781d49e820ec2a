"""The verbs of money going out."""

from marketplace.payouts.service.accounts import (
    account_key,
    apply_account,
    lose_account,
    open_account,
    remember_account,
)
from marketplace.payouts.service.earnings import Earned, mature_due, mature_of, record_earning, release_hold
from marketplace.payouts.service.reminding import payday, remind
from marketplace.payouts.service.runs import (
    approve_run,
    cancel_run,
    finish_runs,
    limits,
    prepare_run,
    sweep_runs,
)
from marketplace.payouts.service.sending import send
from marketplace.payouts.service.settling import look_again

__all__ = [
    "Earned",
    "account_key",
    "apply_account",
    "approve_run",
    "cancel_run",
    "finish_runs",
    "limits",
    "look_again",
    "lose_account",
    "mature_due",
    "mature_of",
    "open_account",
    "payday",
    "prepare_run",
    "record_earning",
    "release_hold",
    "remember_account",
    "remind",
    "send",
    "sweep_runs",
]
