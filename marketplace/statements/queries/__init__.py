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

__all__ = [
    "earnings_by_key",
    "first_earned_at",
    "first_paid_at",
    "in_payout",
    "payout_for",
    "payouts_by_id",
    "payouts_of_year",
    "project_titles",
]
