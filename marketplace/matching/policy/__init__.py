"""The rules of who may do a job in words, each with its reason and fix; how text is scored.  Pure."""

from marketplace.matching.policy import texts, vectors
from marketplace.matching.policy.answers import Eligibility, Fix, RuleResult
from marketplace.matching.policy.companies import meets
from marketplace.matching.policy.crowd import Crowd
from marketplace.matching.policy.engine import Known, Rule, settled
from marketplace.matching.policy.house import content
from marketplace.matching.policy.people import Candidate, Past
from marketplace.matching.policy.scores import FINE, FOUND, MEANT, NEAR, Ranked, fit, fused, spoken
from marketplace.matching.policy.texts import Text
from marketplace.matching.policy.vectors import Spelling

__all__ = [
    "FINE",
    "FOUND",
    "MEANT",
    "NEAR",
    "Candidate",
    "Crowd",
    "Eligibility",
    "Fix",
    "Known",
    "Past",
    "Ranked",
    "Rule",
    "RuleResult",
    "Spelling",
    "Text",
    "content",
    "fit",
    "fused",
    "meets",
    "settled",
    "spoken",
    "texts",
    "vectors",
]
