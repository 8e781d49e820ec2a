"""The statements, and the files made of them."""

from marketplace.statements.service.companies import company_months, company_statement
from marketplace.statements.service.experts import everything, months, payout_statement, period_statement
from marketplace.statements.service.files import csv_of, pdf_of
from marketplace.statements.service.tax import (
    Signed,
    own_totals,
    reseal_tax_numbers,
    sign,
    totals_csv,
    totals_page,
)

__all__ = [
    "Signed",
    "company_months",
    "company_statement",
    "csv_of",
    "everything",
    "months",
    "own_totals",
    "payout_statement",
    "pdf_of",
    "period_statement",
    "reseal_tax_numbers",
    "sign",
    "totals_csv",
    "totals_page",
]
