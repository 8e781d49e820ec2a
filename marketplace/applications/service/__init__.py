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
from marketplace.applications.service.saving import (
    DigestPost,
    digest,
    keep_job,
    promise_digests,
    remove_search,
    save_search,
    search_to_stop,
    set_rhythm,
)

__all__ = [
    "RETRY",
    "RULES",
    "DigestPost",
    "JobStanding",
    "accept",
    "acknowledge",
    "announce_guideline",
    "apply",
    "decline",
    "digest",
    "end_applications",
    "end_engagements",
    "keep_job",
    "lapse_if_due",
    "lapse_offers",
    "leave",
    "promise_digests",
    "remove_search",
    "save_search",
    "search_to_stop",
    "set_rhythm",
    "standing",
    "tell_guideline",
    "withdraw",
]
