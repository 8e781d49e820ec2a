"""The doors of an expert's money: earnings, a payout on request, the place it is paid to."""

from marketplace.payouts.views import asking, bank, earnings
from marketplace.payouts.views.door import bp

__all__ = ["asking", "bank", "bp", "earnings"]
