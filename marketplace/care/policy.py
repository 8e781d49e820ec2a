"""How much sensitive content is enough for a day, and when a pause is due.  Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.content import SUPPORT, titles
from config.policy import WORK

DAY = timedelta(minutes=WORK.exposure_day_minutes)
STRETCH = timedelta(minutes=WORK.exposure_stretch_minutes)
PAUSE = timedelta(minutes=WORK.exposure_pause_minutes)
LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exposed:
    """Active time on sensitive content: today (UTC), since a pause; until when nothing more is served."""

    today: timedelta
    stretch: timedelta
    until: datetime | None = None

    @property
    def minutes(self) -> int:
        """Whole minutes today."""
        return int(self.today.total_seconds()) // 60

    @property
    def is_day_used_up(self) -> bool:
        """The day's budget is gone; otherwise `until` is the end of a pause."""
        return self.today >= DAY


def exposed(spans: Sequence[tuple[datetime, datetime]], now: datetime) -> Exposed:
    """Where a person stands at `now`; `spans` are (start, end), the oldest first."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = sum((max(end - max(start, midnight), timedelta()) for start, end in spans), timedelta())
    stretch, later = timedelta(), now
    for start, end in reversed(spans):
        if later - end >= PAUSE:
            break
        stretch, later = stretch + (end - start), start
    if today >= DAY:
        return Exposed(today, stretch, midnight + timedelta(days=1))
    if stretch >= STRETCH:
        return Exposed(today, stretch, spans[-1][1] + PAUSE)
    return Exposed(today, stretch)


def sentence(state: Exposed) -> str:
    """Why nothing more is served now, for a page that also says until when."""
    if state.is_day_used_up:
        hours = WORK.exposure_day_minutes // 60
        return f"You have worked {hours} hours on sensitive content today. That is enough for a day."
    return (
        f"You have worked {WORK.exposure_stretch_minutes} minutes on sensitive content without a pause. "
        f"Take {WORK.exposure_pause_minutes} minutes."
    )


def lacking(declared: Iterable[str], opted_in: frozenset[str]) -> tuple[str, ...]:
    """The classes of a project that a person has not agreed to see."""
    return tuple(sorted(set(declared) - opted_in))


@dataclass(frozen=True, slots=True)
class Cover:
    """What a page says instead of sensitive content; `closed` is the sentence of one that does not open."""

    closed: str
    state: Exposed
    day_minutes: int = WORK.exposure_day_minutes
    support: str = SUPPORT


def closed(declared: Iterable[str], opted_in: frozenset[str]) -> str:
    """The sentence of a page that stays closed; empty when it is open."""
    missing = lacking(declared, opted_in)
    return f"This shows sensitive content you have not agreed to see: {titles(missing)}." if missing else ""
