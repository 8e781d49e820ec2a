"""Every SELECT of the statements."""

from marketplace.statements.queries.companies import first_paid_at, project_titles
from marketplace.statements.queries.experts import (
    earnings_by_key,
    first_earned_at,
    in_payout,
    payout_for,
    payouts_by_id,
    payouts_of_year,
)
from marketplace.statements.queries.tax import Paid, all_sealed, paid_in, paid_page, profiles_of, withheld_in

__all__ = [
    "Paid",
    "all_sealed",
    "earnings_by_key",
    "first_earned_at",
    "first_paid_at",
    "in_payout",
    "paid_in",
    "paid_page",
    "payout_for",
    "payouts_by_id",
    "payouts_of_year",
    "profiles_of",
    "project_titles",
    "withheld_in",
]
