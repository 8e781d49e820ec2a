"""The verbs on bonuses: promise, extend, pay who met one, end it; give one to one person."""

from marketplace.bonuses.service.giving import gift_problems, give
from marketplace.bonuses.service.paying import Met, settle
from marketplace.bonuses.service.publishing import extend, publish_bonus
from marketplace.bonuses.service.telling import tell_earned, tell_given, tell_over

__all__ = [
    "Met",
    "extend",
    "gift_problems",
    "give",
    "publish_bonus",
    "settle",
    "tell_earned",
    "tell_given",
    "tell_over",
]
