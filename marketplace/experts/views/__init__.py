"""The expert's own pages."""

from marketplace.experts.views import credentials, evidence, history, profile
from marketplace.experts.views.door import bp

__all__ = ["bp", "credentials", "evidence", "history", "profile"]
