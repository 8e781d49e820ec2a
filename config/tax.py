"""Thresholds of tax forms by date, from `tax.toml`, and which form the role of this house asks for."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["payer", "settlement", "none"]
FORMS: dict[Role, str | None] = {"payer": "1099-NEC", "settlement": "1099-K", "none": None}


class Threshold(BaseModel):
    """One dated row: from payments of which day on, what amount of a year is reported, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    form: str
    since: date
    amount_minor: int
    over: bool
    payments_over: int
    source: str
    read_on: date

    def reached(self, minor: int, payments: int) -> bool:
        """Whether so much, paid in so many payments of one year, is reported."""
        enough = minor > self.amount_minor if self.over else minor >= self.amount_minor
        return enough and (not self.payments_over or payments > self.payments_over)


class Rate(BaseModel):
    """One dated row: what a law withholds from payments of that day on, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    since: date
    rate_bps: int = Field(gt=0, lt=10_000)
    source: str
    read_on: date


_TABLE = tomllib.loads((Path(__file__).parent / "tax.toml").read_text(encoding="utf-8"))
THRESHOLDS: tuple[Threshold, ...] = tuple(Threshold.model_validate(row) for row in _TABLE["threshold"])
RATES: tuple[Rate, ...] = tuple(Rate.model_validate(row) for row in _TABLE["withholding"])


def withholding_rate_bps(on: date) -> int:
    """What is withheld from a payment of this day, in hundredths of a percent."""
    return max((row for row in RATES if row.since <= on), key=lambda row: row.since).rate_bps


def threshold(role: Role, year: int) -> Threshold | None:
    """The row for payments of this year under this role; None: nothing is reported."""
    rows = [row for row in THRESHOLDS if row.form == FORMS[role] and row.since <= date(year, 1, 1)]
    return max(rows, key=lambda row: row.since, default=None)
