"""The doors of a company's projects."""

from marketplace.projects.views import guideline, model, moves, pages, questions
from marketplace.projects.views.door import bp

__all__ = ["bp", "guideline", "model", "moves", "pages", "questions"]
