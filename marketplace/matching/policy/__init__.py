"""The rules of who may do a job, each with its reason and what would fix it.  Pure: facts in, ticks out."""

from marketplace.matching.policy.answers import Eligibility, Fix, RuleResult
from marketplace.matching.policy.house import Candidate, content, judge

__all__ = ["Candidate", "Eligibility", "Fix", "RuleResult", "content", "judge"]
