"""The verbs on promised bonuses: publish, extend, pay who met one, end it."""

from marketplace.bonuses.service.paying import Met, settle
from marketplace.bonuses.service.publishing import extend, publish_bonus
from marketplace.bonuses.service.telling import tell_earned, tell_over

__all__ = ["Met", "extend", "publish_bonus", "settle", "tell_earned", "tell_over"]
