"""When money goes out, which key the next call carries, and when it may be made.  Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from config.policy import MONEY
from config.tax import withholding_rate_bps
from marketplace.kit.money import shown
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutState,
    Rail,
)

TAX = (Kind.TAX_WITHHELD, PLATFORM)  # what belongs to the tax authority until it is handed over
WHOLE_BPS = 10_000
UNUSUAL_FACTOR = 3
BANK_DAYS = 2  # working days a bank takes at most
_SATURDAY = 5
WEEKS_SHOWN = 12
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is misread, no sign a bank drops
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


@dataclass(frozen=True, slots=True)
class Wait:
    """Why something has to wait, in a sentence, and from when on it need not (None: no date is known)."""

    text: str
    until: datetime | None = None


def why_wait(
    *,
    available_minor: int,
    account: str | None,
    changed_at: datetime | None,
    asked_at: datetime | None,
    now: datetime,
) -> Wait | None:
    """What stands against a payout on request, the first thing to mend first; None: nothing.

    `account`: the state of the payout account, None without one; `asked_at`: the last request of the person.
    """
    if account is None:
        return Wait("Set up your payout account first.")
    if account != "ready":
        return Wait("Your payout account is not finished. Complete it first.")
    if changed_at is not None and changed_at > bank_settled_before(now):
        until = changed_at + timedelta(hours=MONEY.bank_change_hours)
        return Wait("Your bank was changed, and nothing is paid to a new one at first.", until)
    if asked_at is not None and asked_at > now - timedelta(days=1):
        return Wait("You have asked today already.", asked_at + timedelta(days=1))
    if available_minor < MONEY.payout_minimum_minor:
        return Wait(
            f"You have {shown(available_minor)} available, and a payout is"
            f" {shown(MONEY.payout_minimum_minor)} or more."
        )
    return None


def flag(amount_minor: int, *, paid_count: int, usual_minor: int) -> str:
    """Why a person should look at a payout first; empty for a usual one.  A flag decides nothing."""
    if not paid_count:
        return "First payout"
    if amount_minor >= UNUSUAL_FACTOR * usual_minor:
        return f"{amount_minor // usual_minor} times usual"
    return ""


def ended_early(earning: Earning, now: datetime) -> bool:
    """Whether finance ended the hold of this earning before its date."""
    moved = earning.state in (EarningState.AVAILABLE, EarningState.IN_TRANSIT, EarningState.PAID)
    return moved and earning.available_at > (earning.payout.created_at if earning.payout else now)


def is_same_place(account: PayoutAccount, payout: Payout) -> bool:
    """Whether the account can receive and is still the one the payout was made for.

    A run that was prepared while the bank changed has not seen the change: its payout is younger than the
    change and still inside the days in which nothing is paid to a new bank.
    """
    return (
        account.external_id == payout.destination
        and account.state is PayoutAccountState.READY
        and (account.changed_at is None or account.changed_at <= bank_settled_before(payout.created_at))
    )


def reference(payout_id: uuid.UUID) -> str:
    """What a bank carries along with a payout of the manual rail: the whole id in 26 letters and digits."""
    return "".join(_ALPHABET[payout_id.int >> shift & 31] for shift in range(125, -1, -5))


def withheld(gross_minor: int, now: datetime) -> int:
    """What a law withholds from a payout of somebody on backup withholding, rounded down for the person."""
    return gross_minor * withholding_rate_bps(now.astimezone(UTC).date()) // WHOLE_BPS


def why_not_reversible(payout: Payout, *, is_standing: bool) -> str | None:
    """Why a payout cannot be taken back, in a sentence; None when it can be proposed."""
    if is_standing:
        return "This payout is being taken back already. Load the page again."
    if payout.rail is not Rail.STRIPE:
        return "A payout by bank file is called back at our bank; what comes back is on its statement."
    if payout.state is not PayoutState.PAID or payout.returned_at is not None:
        return "Only a payout that was paid can be taken back."
    if payout.alarm is not None:
        return "This payout needs somebody to look at it first."
    return None


def reversal_key(reversal_id: uuid.UUID) -> str:
    """The key of the first call that takes a payout back."""
    return f"reversal:{reversal_id}"


def first_key(payout_id: uuid.UUID) -> str:
    """The key of a payout's first call: purpose and our row, never an amount or a date."""
    return f"payout:{payout_id}"
