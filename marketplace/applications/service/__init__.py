"""The verbs on applications and engagements."""

from marketplace.applications.service.engagements import (
    acknowledge,
    announce_guideline,
    end_engagements,
    leave,
    tell_guideline,
)
from marketplace.applications.service.joining import (
    JobStanding,
    accept,
    apply,
    decline,
    end_applications,
    lapse_if_due,
    lapse_offers,
    standing,
    withdraw,
)
from marketplace.applications.service.rules import RETRY, RULES

__all__ = [
    "RETRY",
    "RULES",
    "JobStanding",
    "accept",
    "acknowledge",
    "announce_guideline",
    "apply",
    "decline",
    "end_applications",
    "end_engagements",
    "lapse_if_due",
    "lapse_offers",
    "leave",
    "standing",
    "tell_guideline",
    "withdraw",
]
