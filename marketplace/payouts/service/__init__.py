"""The verbs of money going out."""

from marketplace.payouts.service.accounts import (
    account_key,
    apply_account,
    lose_account,
    open_account,
    remember_account,
)
from marketplace.payouts.service.asking import ask, may_ask, take_back
from marketplace.payouts.service.bank_file import BankDetails
from marketplace.payouts.service.banking import give_bank, hand_over, not_taken, reseal_banks
from marketplace.payouts.service.booking import Taken, take_statement
from marketplace.payouts.service.earnings import Earned, mature_due, mature_of, record_earning, release_hold
from marketplace.payouts.service.holding import hold, let_go
from marketplace.payouts.service.reminding import payday, remind
from marketplace.payouts.service.remitting import (
    confirm_remittance,
    drop_remittance,
    record_remittance,
)
from marketplace.payouts.service.reversing import (
    approve_reversal,
    look_at_reversal,
    propose_reversal,
    refuse_reversal,
    withdraw_reversal,
)
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
from marketplace.payouts.service.taking_back import send_reversal
from marketplace.payouts.service.telling import (
    tell_alarm,
    tell_bank_returned,
    tell_cancelled_payout,
    tell_changed_account,
    tell_ended_reversal,
    tell_failed_payout,
    tell_held_payout,
    tell_lapsed_run,
    tell_paid,
    tell_proposed_reversal,
    tell_requested_payout,
    tell_returned_payout,
    tell_taken_back,
)
from marketplace.payouts.service.telling_tax import (
    tell_proposed_withholding,
    tell_withholding_begun,
    tell_withholding_ended,
)
from marketplace.payouts.service.withholding import (
    approve_withholding,
    lift_withholding,
    propose_withholding,
    refuse_withholding,
    withdraw_withholding,
)

__all__ = [
    "BankDetails",
    "Earned",
    "Taken",
    "account_key",
    "apply_account",
    "approve_reversal",
    "approve_run",
    "approve_withholding",
    "ask",
    "cancel_run",
    "confirm_remittance",
    "drop_remittance",
    "finish_runs",
    "give_bank",
    "hand_over",
    "hold",
    "let_go",
    "lift_withholding",
    "limits",
    "look_again",
    "look_at_reversal",
    "lose_account",
    "mature_due",
    "mature_of",
    "may_ask",
    "not_taken",
    "open_account",
    "payday",
    "prepare_run",
    "propose_reversal",
    "propose_withholding",
    "record_earning",
    "record_remittance",
    "refuse_reversal",
    "refuse_withholding",
    "release_hold",
    "remember_account",
    "remind",
    "reseal_banks",
    "send",
    "send_reversal",
    "sweep_runs",
    "take_back",
    "take_statement",
    "tell_alarm",
    "tell_bank_returned",
    "tell_cancelled_payout",
    "tell_changed_account",
    "tell_ended_reversal",
    "tell_failed_payout",
    "tell_held_payout",
    "tell_lapsed_run",
    "tell_paid",
    "tell_proposed_reversal",
    "tell_proposed_withholding",
    "tell_requested_payout",
    "tell_returned_payout",
    "tell_taken_back",
    "tell_withholding_begun",
    "tell_withholding_ended",
    "withdraw_reversal",
    "withdraw_withholding",
]
