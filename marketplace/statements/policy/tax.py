"""Tax forms: how long one counts, what is shown of a number, who is over a threshold."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from config.tax import Threshold

US = "US"
W8_YEARS = 3  # a signature counts until the end of the third year after it
TAIL, SHORT = 4, 8
_SEPARATORS = re.compile(r"[\s./-]+")
_US_NUMBER = re.compile(r"[0-9]{9}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z]{4,20}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotal:
    """What one person was paid in a year: gross and withheld in minor units, in how many payments."""

    user_id: uuid.UUID
    year: int
    gross_minor: int
    withheld_minor: int
    payments: int
    threshold: Threshold | None

    @property
    def is_reached(self) -> bool:
        """The form is due for this person."""
        return self.threshold is not None and self.threshold.reached(self.gross_minor, self.payments)


def bare_number(text: str) -> str:
    """A number as typed, without spaces, points and dashes."""
    return _SEPARATORS.sub("", text).upper()


def is_number(text: str, *, of_us: bool) -> bool:
    """Whether this can be a tax number: nine digits in the United States, 4 to 20 signs elsewhere."""
    return bool((_US_NUMBER if of_us else _NUMBER).fullmatch(bare_number(text)))


def tail(number: str) -> str:
    """The end of a number that may be seen: four signs, two of a short one."""
    return number[-TAIL:] if len(number) >= SHORT else number[-2:]


def valid_until(signed_at: datetime, *, of_us: bool) -> date | None:
    """The last day a signature counts; None: until something changes."""
    return None if of_us else date(signed_at.year + W8_YEARS, 12, 31)
