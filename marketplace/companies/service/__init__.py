"""Found a company, bring people in, let them go; say who gets no new work."""

from marketplace.companies.service.blocks import block, lift_block
from marketplace.companies.service.founding import change_company, found_company
from marketplace.companies.service.invitations import accept, decline, invite, withdraw
from marketplace.companies.service.notices import (
    tell_blocked,
    tell_invited,
    tell_joined,
    tell_left,
    tell_waiting,
)
from marketplace.companies.service.team import change_role, end_membership

__all__ = [
    "accept",
    "block",
    "change_company",
    "change_role",
    "decline",
    "end_membership",
    "found_company",
    "invite",
    "lift_block",
    "tell_blocked",
    "tell_invited",
    "tell_joined",
    "tell_left",
    "tell_waiting",
    "withdraw",
]
