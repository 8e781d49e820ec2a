"""Periods, and what a statement says.  Pure."""

from marketplace.statements.policy.periods import Period, read_period, years
from marketplace.statements.policy.sheets import Line, Part, Statement
from marketplace.statements.policy.tax import US, YearTotal, bare_number, is_number, tail, valid_until

__all__ = [
    "US",
    "Line",
    "Part",
    "Period",
    "Statement",
    "YearTotal",
    "bare_number",
    "is_number",
    "read_period",
    "tail",
    "valid_until",
    "years",
]
