"""Who has earned trust."""

from config.policy import MONEY
from marketplace.kit.money import BASIS

ENOUGH = 20  # a figure about a company stands on at least so many decisions


def is_trusted(*, approved_count: int, first_time_count: int, rejected_count: int) -> bool:
    """Enough approved, and nearly all that was decided approved the first time: earnings need no hold."""
    enough = approved_count >= MONEY.trusted_approved
    decided = approved_count + rejected_count
    return enough and first_time_count * BASIS >= decided * MONEY.trusted_first_time_bps


def first_time_percent(*, approved_count: int, first_time_count: int, rejected_count: int) -> int | None:
    """The share of decided work that was approved the first time, rounded down; None: none is decided."""
    decided = approved_count + rejected_count
    return first_time_count * 100 // decided if decided else None
