"""The desk where staff check credentials: the queue, the claim beside its proof, the decision."""

from marketplace.experts.staff import checks, finding
from marketplace.experts.staff.door import bp

__all__ = ["bp", "checks", "finding"]
