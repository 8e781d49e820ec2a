"""The doors of statements: an expert's, a company's."""

from marketplace.statements.views import experts, taxes
from marketplace.statements.views.companies import companies
from marketplace.statements.views.door import bp

__all__ = ["bp", "companies", "experts", "taxes"]
