"""The doors of statements: an expert's, a company's."""

from marketplace.statements.views import experts
from marketplace.statements.views.door import bp

__all__ = ["bp", "experts"]
