"""The rules of who may do a job in words, each with its reason and what would fix it.  Pure."""

from marketplace.matching.policy.answers import Eligibility, Fix, RuleResult
from marketplace.matching.policy.companies import meets
from marketplace.matching.policy.crowd import Crowd
from marketplace.matching.policy.engine import Known, Rule, settled
from marketplace.matching.policy.house import content
from marketplace.matching.policy.people import Candidate, Past

__all__ = [
    "Candidate",
    "Crowd",
    "Eligibility",
    "Fix",
    "Known",
    "Past",
    "Rule",
    "RuleResult",
    "content",
    "meets",
    "settled",
]
