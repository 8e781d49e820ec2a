"""The doors of people: join, log in, recover, settings."""

from marketplace.identity.views import entrance, proving, recovery, settings
from marketplace.identity.views.frame import bp

__all__ = ["bp", "entrance", "proving", "recovery", "settings"]
