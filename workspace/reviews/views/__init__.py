"""Doors of reviewers, the review in hand; of staff, rejections found wrong; of companies, a bonus."""

from workspace.reviews.views import feedback, giving, lists, overturns, rejections, verdicts
from workspace.reviews.views.door import bp, gifts, staff

__all__ = ["bp", "feedback", "gifts", "giving", "lists", "overturns", "rejections", "staff", "verdicts"]
