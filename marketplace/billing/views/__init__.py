"""The doors of a company's money."""

from marketplace.billing.views import invoices, pages, receipts
from marketplace.billing.views.door import bp

__all__ = ["bp", "invoices", "pages", "receipts"]
