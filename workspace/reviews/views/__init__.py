"""The reviewer's doors: what waits, the review in hand, the verdict; staff's: rejections found wrong."""

from workspace.reviews.views import feedback, lists, overturns, rejections, verdicts
from workspace.reviews.views.door import bp, staff

__all__ = ["bp", "feedback", "lists", "overturns", "rejections", "staff", "verdicts"]
