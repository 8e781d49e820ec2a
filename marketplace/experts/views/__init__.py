"""The expert's own pages."""

from marketplace.experts.views import credentials, evidence, profile
from marketplace.experts.views.door import bp

__all__ = ["bp", "credentials", "evidence", "profile"]
