"""Periods, and what a statement says.  Pure."""

from marketplace.statements.policy.periods import Period, read_period, years
from marketplace.statements.policy.sheets import Line, Part, Statement

__all__ = ["Line", "Part", "Period", "Statement", "read_period", "years"]
