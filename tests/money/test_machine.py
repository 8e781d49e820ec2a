"""Every money event, each delivered twice, against a model that shares no code with the product.

10,000 steps on SQLite and 2,000 on PostgreSQL; `make nightly` makes MONEY_TIMES as many.  A step is one event:
delivered, delivered again, and where it ended something, followed by another end of the same thing.
"""

import os

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from tests.money.base import run
from tests.money.machines import Postings, at_a_job, on
from tests.money.verb_events import APPEALS

TIMES = int(os.environ.get("MONEY_TIMES", "1"))
PARTS = 4  # so that more than one process can share the work
POSTINGS = {"sqlite": 2_500, "postgresql": 500}  # steps of one part
RARE = {"sqlite": 12, "postgresql": 36}  # events that chance may leave out of one part; the walk has all
SEEDS_APART = 10_000
VERBS = {"sqlite": 300, "postgresql": 60}  # whole verbs, on top of these
MET = {
    "card_deposit",
    "bank_debit",
    "bank_debit_ends",
    "fund",
    "defund",
    "ask_refund",
    "decide_refund",
    "send_refund",
    "refund_comes_back",
    "dispute",
    "dispute_above_the_wallet",
    "dispute_won",
    "dispute_lost",
    "claim",
    "ask",
    "reject",
    "approve",
    "approve_by_clock",
    "stop",
    "release",
    "cancel",
    "appeal_won",
    "appeal_late",
    "appeal_lost",
    "rejected_for_good",
    "screening",
    "promise",
    "promise_met",
    "promise_over",
    "overturned",
    "overturned_by_house",
    "bonus",
    "goodwill",
    "days_pass",
    "release_hold",
    "prepare",
    "approve_run",
    "send_accepted",
    "payout_returned",
    "short",
    "other end",
    "conflict",
    "invoice",
    "invoice_paid",
    "invoice_bounced",
    "invoice_void",
    "invoice_paid_while_voided",
    "deposit_recorded",
    "deposit_dropped",
    "correction",
    "clawback",
    "clawback_approved",
    "clawback_dropped",
    "clawback_lapsed",
    "platform_payout",
    "payout_failure",
    "stripe_fee",
    "late_fee",
    "asked_approved",
    "asked_taken_back",
    "asked_cancelled",
    "bank_file",
    "bank_paid",
    "bank_paid_and_back",
    "bank_not_taken",
    "bank_line_after_all",
    "cancel_run",
    "send_refused",
    "send_lost",
    "transfer_reversed",
    "reversal_short",
    "reversal_refused",
    "withholding_approve",
    "withholding_lifted",
    "tax_remitted",
}
MET_BY_VERBS = {
    "claim",
    "budget_used_up",
    "submit",
    "release",
    "expire",
    "approve",
    "ask_for_changes",
    "reject",
    "resubmit",
    "rejected_for_good",
    "approved_by_the_clock",
    *(f"appeal_{how}" for how in APPEALS),
    "given",
}


@pytest.mark.parametrize("part", range(PARTS))
def test_the_books_agree_with_the_model_after_every_event(
    app: Application, session: Session, part: int
) -> None:
    steps = TIMES * POSTINGS[session.connection().dialect.name]
    met = run(on(Postings, app, session), steps, first_seed=1 + SEEDS_APART * part)
    assert met["steps"] >= steps
    never = {event for event in MET if not met[event]}
    assert len(never) <= RARE[session.connection().dialect.name], f"the machine never met {never}"


def test_the_books_agree_with_the_model_after_every_verb(app: Application, session: Session) -> None:
    steps = TIMES * VERBS[session.connection().dialect.name]
    met = run(at_a_job(app, session), steps)
    assert met["steps"] >= steps
    assert met["claim"], "the machine never met a claim"
