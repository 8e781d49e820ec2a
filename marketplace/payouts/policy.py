"""When money goes out, which key the next call carries, and when it may be made.  Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from config.policy import MONEY

UNUSUAL_FACTOR = 3
BANK_DAYS = 2  # working days a bank takes at most
_SATURDAY = 5
WEEKS_SHOWN = 12
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LAST_MINUTE = time(23, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Payday:
    """The day of the next run, and until when money must be available to be in it (UTC)."""

    on: date
    cut_off_at: datetime

    @property
    def weekday(self) -> str:
        """`Friday`."""
        return f"{self.on:%A}"

    @property
    def text(self) -> str:
        """`Fri 27 Nov`: a day of the house, the same in every time zone."""
        return f"{self.on:%a} {self.on.day} {self.on:%b}"


def next_payday(now: datetime) -> Payday:
    """The first payday whose cut-off has not passed at `now`."""
    today = now.astimezone(UTC).date()
    ahead = (_WEEKDAYS.index(MONEY.payout_weekday) - today.weekday()) % 7
    first = _payday(today + timedelta(days=ahead))
    return first if now <= first.cut_off_at else _payday(first.on + timedelta(days=7))


def is_payday(now: datetime) -> bool:
    """Whether payouts go out on this day (UTC)."""
    return now.astimezone(UTC).weekday() == _WEEKDAYS.index(MONEY.payout_weekday)


def _payday(on: date) -> Payday:
    return Payday(on, datetime.combine(on - timedelta(days=MONEY.cut_off_days), _LAST_MINUTE))


def weeks_since(now: datetime) -> datetime:
    """The Monday on which the weeks of the earnings page begin, 00:00 UTC."""
    monday = now.astimezone(UTC).date() - timedelta(days=now.astimezone(UTC).weekday())
    return datetime.combine(monday - timedelta(weeks=WEEKS_SHOWN - 1), time(0, tzinfo=UTC))


def by_week(by_day: Mapping[date, int], start: datetime) -> list[tuple[str, int]]:
    """(ISO week number, sum in minor units) of every week from `start`, a Monday, on."""
    mondays = [start.date() + timedelta(weeks=n) for n in range(WEEKS_SHOWN)]
    return [
        (
            str(monday.isocalendar().week),
            sum(by_day.get(monday + timedelta(days=day), 0) for day in range(7)),
        )
        for monday in mondays
    ]


def arrives_by(sent_at: datetime) -> date:
    """The last day on which a bank shows what was sent: two working days later, weekends left out."""
    day, left = sent_at.astimezone(UTC).date(), BANK_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def year_start(now: datetime) -> datetime:
    """The first moment of the year (UTC)."""
    return datetime(now.astimezone(UTC).year, 1, 1, tzinfo=UTC)


def bank_settled_before(now: datetime) -> datetime:
    """A bank that was changed after this moment is not paid to yet."""
    return now - timedelta(hours=MONEY.bank_change_hours)


def flag(amount_minor: int, *, paid_count: int, usual_minor: int) -> str:
    """Why a person should look at a payout first; empty for a usual one.  A flag decides nothing."""
    if not paid_count:
        return "First payout"
    if amount_minor >= UNUSUAL_FACTOR * usual_minor:
        return f"{amount_minor // usual_minor} times usual"
    return ""


def first_key(payout_id: uuid.UUID) -> str:
    """The key of a payout's first call: purpose and our row, never an amount or a date."""
    return f"payout:{payout_id}"
