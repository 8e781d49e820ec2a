"""Who has earned trust."""

from config.policy import MONEY
from marketplace.kit.money import BASIS

ENOUGH = 20  # a figure about a company stands on at least so many decisions


def is_trusted(*, approved_count: int, first_time_count: int) -> bool:
    """Enough approved work, nearly all of it the first time: earnings then need no hold."""
    enough = approved_count >= MONEY.trusted_approved
    return enough and first_time_count * BASIS >= approved_count * MONEY.trusted_first_time_bps
