"""Finance's doors to company money: refunds, disputes."""

from marketplace.billing.staff.disputes import bp as disputes
from marketplace.billing.staff.refunds import bp as refunds

__all__ = ["disputes", "refunds"]
