"""How long an assignment lasts, the rule of pay it is made under, and why a task may be skipped."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from config.policy import MONEY, WORK
from workspace.queue.models import Assignment, AssignmentState

PAY_RULE = (
    "The price is paid in full when the work is approved, by a person or by the clock. "
    f"Platform fee: {MONEY.platform_fee_bps} of 10000 of the price, on top, rounded down. "
    f"Review fee: {MONEY.review_fee_bps} of 10000 of the price, on top, the same whatever the verdict. "
    "Nothing is deducted from the price."
)
PAY_RULE_SHA256 = hashlib.sha256(PAY_RULE.encode()).hexdigest()

SKIP_REASONS: Mapping[str, str] = {
    "outside_my_field": "Outside my field",
    "prompt_unclear": "Prompt broken or unclear",
    "distressing": "Distressing content",
    "reference_missing": "Reference missing",
    "personal_data": "Personal data inside",
    "conflict_of_interest": "Conflict of interest",
    "too_long": "Too long",
    "other": "Other",
}
NOTE_CHARACTERS = 512
HELD = timedelta(minutes=WORK.held_minutes)  # given back this long after the current task ended
LIVE = frozenset({AssignmentState.ACTIVE, AssignmentState.HELD})


def length(minutes: int) -> timedelta:
    """From the claim to its end: four times the estimate, half an hour at least, and the grace on top."""
    wall = max(WORK.assignment_minimum_minutes, WORK.assignment_factor * minutes)
    return timedelta(minutes=wall + WORK.assignment_grace_minutes)


def shown_deadline(assignment: Assignment) -> datetime:
    """The deadline people read: the grace is not shown."""
    return assignment.expires_at - timedelta(minutes=WORK.assignment_grace_minutes)


def extensions_left(assignment: Assignment) -> int:
    """How many times half an hour can still be added."""
    return max(WORK.extensions_maximum - assignment.extensions, 0)


def unit_minor(assignment: Assignment) -> int:
    """What the claim reserved, in minor units; all of it is held until a reviewer has been paid."""
    return assignment.price_minor + assignment.fee_minor + assignment.review_fee_minor


def is_overdue(assignment: Assignment, now: datetime) -> bool:
    """Live, and its time (grace included) is over, whether or not the sweep has been here."""
    return assignment.state in LIVE and assignment.expires_at <= now
