"""Finance's doors: runs, holds, the bank file and its statement."""

from marketplace.payouts.staff import bank, holding, runs
from marketplace.payouts.staff.door import bp

__all__ = ["bank", "bp", "holding", "runs"]
