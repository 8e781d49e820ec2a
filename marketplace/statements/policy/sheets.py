"""What a statement says, whoever it is for and however it is drawn; amounts in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount: when, what, about which project, why, and the code of its row; negative when it left."""

    at: datetime
    what: str
    about: str = ""
    why: str = ""
    code: str = ""
    minor: int
    path: str = ""  # where its page is, if it has one


@dataclass(frozen=True, slots=True)
class Part:
    """A sum with a name: what a statement adds up, or what went to one project."""

    title: str
    minor: int
    note: str = ""
    path: str = ""  # where its page is, if it has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Parts that add up to the total, the lines behind them, and the facts above."""

    number: str
    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    total: Part
    lines: tuple[Line, ...]
    details: tuple[Line, ...] = ()  # too many to read on a page or paper: the CSV has them beside the lines
    tables: tuple[tuple[str, tuple[Part, ...]], ...] = ()  # the same money otherwise: by month, by project
    currency: str = "usd"
    notes: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """The total is the sum of the parts."""
        return self.total.minor == sum(part.minor for part in self.parts)


def summed(lines: Sequence[Line]) -> int:
    """What the lines are together."""
    return sum(line.minor for line in lines)
