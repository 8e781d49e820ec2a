"""How long an assignment lasts, its rule of pay, why a task may be skipped, what to expect of a job."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from config.policy import MONEY, WORK
from marketplace.kit.money import ceil_div
from workspace.queue.models import BROKEN, Assignment, AssignmentState, TaskState
from workspace.queue.queries import TASKS_MAXIMUM, Pace

PAY_RULE = (
    "The price is paid in full when the work is approved, by a person or by the clock. "
    f"Platform fee: {MONEY.platform_fee_bps} of 10000 of the price, on top, rounded down. "
    f"Review fee: {MONEY.review_fee_bps} of 10000 of the price, on top, the same whatever the verdict. "
    "Nothing is deducted from the price. "
    f"An expert who stops half way is paid {WORK.stop_share_bps} of 10000 of the price, times the active "
    "time over the estimated time, the estimated time at most, rounded up; the platform fee is then that of "
    "this pay. "
    f"When the company withdraws work under way, {WORK.cancel_share_bps} of 10000 of the price is paid, or "
    "the price times the active time over the estimated time, the estimated time at most, if that is more, "
    "rounded up; the platform fee is then that of this pay."
)
PAY_RULE_SHA256 = hashlib.sha256(PAY_RULE.encode()).hexdigest()

SKIP_REASONS: Mapping[str, str] = {
    "outside_my_field": "Outside my field",
    BROKEN: "Prompt broken or unclear",
    "distressing": "Distressing content",
    "reference_missing": "Reference missing",
    "personal_data": "Personal data inside",
    "conflict_of_interest": "Conflict of interest",
    "too_long": "Too long",
    "other": "Other",
}
NOTE_CHARACTERS = 512
ALL_BPS, SECONDS = 10_000, 60
HELD = timedelta(minutes=WORK.held_minutes)  # given back this long after the current task ended
PAUSE = timedelta(hours=WORK.question_pause_hours)
WEEK = timedelta(days=7)
LIVE = frozenset({AssignmentState.ACTIVE, AssignmentState.HELD})


@dataclass(frozen=True, slots=True)
class StopHistory:
    """What one person has begun on one project, this task included, and how often they stopped half way."""

    begun: int
    stopped: int
    stopped_today: int


@dataclass(frozen=True, slots=True)
class StopTerms:
    """What stopping half way pays now, in minor units; `refusal` says why it is not possible, else empty."""

    pay_minor: int
    active_seconds: int
    refusal: str = ""


def length(minutes: int) -> timedelta:
    """From the claim to its end: four times the estimate, half an hour at least, and the grace on top."""
    wall = max(WORK.assignment_minimum_minutes, WORK.assignment_factor * minutes)
    return timedelta(minutes=wall + WORK.assignment_grace_minutes)


def shown_deadline(assignment: Assignment) -> datetime:
    """The deadline people read: the grace is not shown."""
    return assignment.expires_at - timedelta(minutes=WORK.assignment_grace_minutes)


def is_paused(assignment: Assignment, now: datetime) -> bool:
    """A question rests its deadline now."""
    return assignment.paused_until is not None and now < assignment.paused_until


def extensions_left(assignment: Assignment) -> int:
    """How many times half an hour can still be added."""
    return max(WORK.extensions_maximum - assignment.extensions, 0)


def unit_minor(assignment: Assignment) -> int:
    """What the claim reserved, in minor units; all of it is held until a reviewer has been paid."""
    return assignment.price_minor + assignment.fee_minor + assignment.review_fee_minor


def is_overdue(assignment: Assignment, now: datetime) -> bool:
    """Live, and its time (grace included) is over, whether or not the sweep has been here."""
    return assignment.state in LIVE and assignment.expires_at <= now


def ends_withdrawn(assignment: Assignment) -> bool:
    """At work on what the company has withdrawn: whoever skips or stops it now is paid all the same."""
    return assignment.state is AssignmentState.ACTIVE and assignment.task.state is TaskState.WITHDRAWN


def stop_pay(price_minor: int, minutes: int, active_seconds: int) -> int:
    """Pay for stopping half way, in minor units: half of the share of the estimate worked, rounded up."""
    worked = min(max(active_seconds, 0), SECONDS * minutes)
    return ceil_div(price_minor * WORK.stop_share_bps * worked, ALL_BPS * SECONDS * minutes)


def cancel_pay(price_minor: int, minutes: int, active_seconds: int) -> int:
    """Pay for work the company withdraws, in minor units: the share worked, `cancel_share_bps` at least."""
    worked = min(max(active_seconds, 0), SECONDS * minutes)
    least = ceil_div(price_minor * WORK.cancel_share_bps, ALL_BPS)
    return max(least, ceil_div(price_minor * worked, SECONDS * minutes))


def withdrawn_words(pay: str, active_seconds: int) -> str:
    """What the expert reads: `pay` is the amount in words."""
    minutes, rest = divmod(active_seconds, SECONDS)
    counted = f"{minutes}:{rest:02d}" if rest else str(minutes)
    return f"The company withdrew this. {pay} for {counted} active minute{'s' * (counted != '1')}"


def stop_terms(assignment: Assignment, active_seconds: int, history: StopHistory) -> StopTerms:
    """What stopping would pay, and what stands against it."""
    pay = stop_pay(assignment.price_minor, assignment.minutes, active_seconds)
    refusal = ""
    if history.stopped_today:
        refusal = "You have stopped half way on this project today. You can do so again tomorrow (UTC)."
    elif ALL_BPS * (history.stopped + 1) > WORK.stop_claims_bps * history.begun:
        refusal = (
            "You can stop half way on at most half of the tasks you begin on a project: "
            f"{history.stopped} of {history.begun} so far. Skipped tasks do not count."
        )
    elif pay == 0:
        refusal = "No active time is counted yet, so stopping would pay nothing. Skip the task instead."
    return StopTerms(pay, active_seconds, refusal)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one person can expect of a job; `low` and `high` are tasks a week, None when too few know."""

    tasks: int
    others: int
    low: int | None = None
    high: int | None = None

    @property
    def sentence(self) -> str:
        """What the person reads; small groups are never counted."""
        if not self.tasks:
            return "No task is free for you at the moment."
        many = f"{self.tasks:,} or more" if self.tasks >= TASKS_MAXIMUM else f"{self.tasks:,}"
        few = self.others < WORK.forecast_people
        others = f"fewer than {WORK.forecast_people}" if few else f"{self.others:,}"
        fits = f"{many} task{' fits' if self.tasks == 1 else 's fit'} you, {others} others qualified"
        if self.high is None:
            return f"{fits}. Too few people have worked here lately to say how many a week."
        week = f"{self.low} to {self.high}" if self.low != self.high else f"about {self.high}"
        return f"{fits}, expect {week} a week."


def forecast(*, tasks: int, opinions: int, others: int, paces: Sequence[Pace], now: datetime) -> Forecast:
    """What to expect, from the queue and the people there.

    `tasks`: free tasks for this person that the budget pays for.  `opinions`: free opinions it pays for.
    `others`: other people who may work here and came for work within a week.  `paces`: what each person
    handed in lately.  A person's pace is that count over the weeks since their first claim in the window,
    one week at least.  The range is the middle half of all paces (first quartile rounded down, third rounded
    up), cut to the person's even share of the opinions, `opinions / (others + 1)` rounded up, and to `tasks`.
    Under `forecast_people` paces there is no range: a few people's habits say nothing, and would show them.
    """
    if len(paces) < WORK.forecast_people or not tasks:
        return Forecast(tasks, others)
    weekly = sorted(pace.count / max(1.0, (now - pace.first) / WEEK) for pace in paces)
    most = min(tasks, ceil(opinions / (others + 1)))
    return Forecast(
        tasks,
        others,
        low=min(floor(_quartile(weekly, 1)), most),
        high=min(max(1, ceil(_quartile(weekly, 3))), most),
    )


def _quartile(ordered: Sequence[float], number: int) -> float:
    """Between the two values nearest to a quarter, or three quarters, of the way."""
    place = (len(ordered) - 1) * number / 4
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
