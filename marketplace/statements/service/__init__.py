"""The statements, and the files made of them."""

from marketplace.statements.service.companies import company_months, company_statement
from marketplace.statements.service.experts import everything, months, payout_statement, period_statement
from marketplace.statements.service.files import csv_of, pdf_of

__all__ = [
    "company_months",
    "company_statement",
    "csv_of",
    "everything",
    "months",
    "payout_statement",
    "pdf_of",
    "period_statement",
]
