"""Months and years of statements: whole ones, in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_SLUG = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?", re.ASCII)
MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month of a year, or the whole year when `month` is 0."""

    year: int
    month: int = 0

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month or 1, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        if not self.month or self.month == MONTHS:
            return datetime(self.year + 1, 1, 1, tzinfo=UTC)
        return datetime(self.year, self.month + 1, 1, tzinfo=UTC)

    @property
    def text(self) -> str:
        """`November 2026`, `2026`."""
        return f"{self.start:%B} {self.year}" if self.month else f"{self.year}"

    @property
    def slug(self) -> str:
        """How it stands in addresses and numbers: `2026-11`, `2026`."""
        return f"{self.year}-{self.month:02d}" if self.month else f"{self.year}"

    def is_over(self, now: datetime) -> bool:
        """Nothing can be added to it any more."""
        return now >= self.end

    def has_begun(self, now: datetime) -> bool:
        """There can be something in it."""
        return now >= self.start

    def months(self, now: datetime) -> list["Period"]:
        """Its months that have begun, the newest first."""
        each = [Period(self.year, month) for month in range(MONTHS, 0, -1)]
        return [month for month in each if month.has_begun(now)]


def read_period(slug: str) -> Period | None:
    """The period of an address, or None for anything else."""
    found = _SLUG.fullmatch(slug)
    return Period(int(found[1]), int(found[2] or 0)) if found else None


def years(first: datetime | None, now: datetime) -> list[int]:
    """Every year from the first moment on, the newest first; this one at least."""
    return list(range(now.astimezone(UTC).year, (first or now).astimezone(UTC).year - 1, -1))
