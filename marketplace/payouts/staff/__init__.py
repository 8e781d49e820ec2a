"""Finance's doors: runs, holds, the bank file and its statement."""

from marketplace.payouts.staff import bank, holding, reversing, runs, withholding
from marketplace.payouts.staff.door import bp

__all__ = ["bank", "bp", "holding", "reversing", "runs", "withholding"]
