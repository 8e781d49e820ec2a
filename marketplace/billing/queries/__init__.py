"""Every SELECT on deposits and refunds."""

from marketplace.billing.queries.checks import broken
from marketplace.billing.queries.deposits import UNSETTLED, for_member, lock, of_company, unsettled
from marketplace.billing.queries.refunds import (
    Source,
    attempts_of,
    by_form,
    lock_external,
    lock_refund,
    lock_sources,
    refunds_of,
    searches_of,
    sources,
    to_decide,
    to_follow,
    unsent,
)

__all__ = [
    "UNSETTLED",
    "Source",
    "attempts_of",
    "broken",
    "by_form",
    "for_member",
    "lock",
    "lock_external",
    "lock_refund",
    "lock_sources",
    "of_company",
    "refunds_of",
    "searches_of",
    "sources",
    "to_decide",
    "to_follow",
    "unsent",
    "unsettled",
]
