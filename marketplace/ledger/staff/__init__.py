"""Finance's doors: the books, and their comparison with the payment service."""

from marketplace.ledger.staff.books import bp
from marketplace.ledger.staff.reconciling import reconciliation

__all__ = ["bp", "reconciliation"]
