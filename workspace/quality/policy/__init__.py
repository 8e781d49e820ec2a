"""How far opinions agree, on one task and over a project, and what votes say about who is better."""

from workspace.quality.policy.agreement import alpha, interval, kappa, nominal, ordinal, ratio
from workspace.quality.policy.strengths import Votes, bradley_terry
from workspace.quality.policy.tasks import mean_agreement

__all__ = [
    "Votes",
    "alpha",
    "bradley_terry",
    "interval",
    "kappa",
    "mean_agreement",
    "nominal",
    "ordinal",
    "ratio",
]
