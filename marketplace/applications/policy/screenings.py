"""What a screening costs and lasts, when it may be tried again, and how long a pass holds."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.policy import WORK
from marketplace.applications.models import (
    Certificate,
    Screening,
    ScreeningState,
    ScreeningVersion,
)
from marketplace.kit.money import BASIS
from marketplace.projects.policy import platform_fee, review_fee
from marketplace.reputation.models import ScreeningScore

LIMIT_MAXIMUM = 480  # minutes
PAY_MINIMUM, PAY_MAXIMUM = 100, 100_000  # minor units
MONTHS_MAXIMUM = 60
MONTHS_A_YEAR = 12
LIMIT_STEP = 5
OFFER = timedelta(days=WORK.screening_offer_days)
GRADE = timedelta(days=WORK.screening_grade_days)
APPEAL = timedelta(days=WORK.appeal_days)
GRACE = timedelta(seconds=WORK.screening_grace_seconds)
STATE_WORDS: Mapping[ScreeningState, str] = {
    ScreeningState.OFFERED: "Offered",
    ScreeningState.STARTED: "Started",
    ScreeningState.GRADING: "Being graded",
    ScreeningState.PASSED: "Passed",
    ScreeningState.FAILED: "Not passed",
    ScreeningState.REFUSED: "Refused: you can appeal",
    ScreeningState.UNPAID: "Refused",
    ScreeningState.RELEASED: "Not taken",
}


@dataclass(frozen=True, slots=True)
class ScreeningCosts:
    """What one screening reserves, in minor units; `review_fee_minor` is 0 when keys mark all of it."""

    pay_minor: int
    fee_minor: int
    review_fee_minor: int

    @property
    def total_minor(self) -> int:
        """The sum."""
        return self.pay_minor + self.fee_minor + self.review_fee_minor


def screening_costs(pay_minor: int, *, is_graded: bool) -> ScreeningCosts:
    """Pay with the fees on top of it."""
    return ScreeningCosts(pay_minor, platform_fee(pay_minor), review_fee(pay_minor) if is_graded else 0)


def limit_for(minutes: float) -> int:
    """A time limit that leaves twice the estimate, in steps of five minutes."""
    steps = -int(-2 * minutes // LIMIT_STEP)
    return min(max(LIMIT_STEP * steps, 2 * LIMIT_STEP), LIMIT_MAXIMUM)


def shown_limit(screening: Screening) -> datetime | None:
    """The end of the time limit as people read it: the grace is not shown."""
    if screening.state is not ScreeningState.STARTED or screening.due_at is None:
        return None
    return screening.due_at - GRACE


def is_due(screening: Screening, now: datetime) -> bool:
    """The clock has something to decide, whether or not the sweep has been here."""
    return screening.due_at is not None and screening.due_at <= now


def takes_answers(screening: Screening, now: datetime) -> bool:
    """Started, and there is time left."""
    return screening.state is ScreeningState.STARTED and not is_due(screening, now)


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month."""
    month = moment.month - 1 + months
    year, month = moment.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def retry_at(version: ScreeningVersion, *, misses: int, now: datetime) -> datetime | None:
    """When a new try may be offered after so many misses in a row, this one included; None: no more."""
    return now + timedelta(days=version.cool_down_days) if misses < version.tries else None


def why_not_yet(last: ScreeningScore | None, now: datetime) -> str:
    """Why no new try can be offered now, "" when it can."""
    if last is None or last.has_passed:
        return ""
    if last.retry_at is None:
        return "You have used every try at this screening. Other jobs are open to you."
    if last.retry_at > now:
        return f"You can try this screening again from {last.retry_at:%-d %B %Y, %H:%M} UTC."
    return ""


def has_passed(met: int, of: int, pass_mark_bps: int) -> bool:
    """Whether enough of the items are met."""
    return of > 0 and met * BASIS >= pass_mark_bps * of


def score_bps(met: int, of: int) -> int:
    """The share of items that are met, rounded down."""
    return met * BASIS // of if of else 0


def needed(of: int, pass_mark_bps: int) -> int:
    """How many items have to be met."""
    return -(-pass_mark_bps * of // BASIS)


def certificate_state(certificate: Certificate, now: datetime) -> str:
    """`valid`, `expired` or `revoked`."""
    if certificate.revoked_at is not None:
        return "revoked"
    return "valid" if now < certificate.valid_until else "expired"
