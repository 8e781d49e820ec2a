"""Finance's doors to company money: refunds, disputes, transfers written down by hand."""

from marketplace.billing.staff.disputes import bp as disputes
from marketplace.billing.staff.recorded import bp as recorded
from marketplace.billing.staff.refunds import bp as refunds

__all__ = ["disputes", "recorded", "refunds"]
