"""The reviewer's doors: what waits, the review in hand, the verdict."""

from workspace.reviews.views import feedback, lists, verdicts
from workspace.reviews.views.door import bp

__all__ = ["bp", "feedback", "lists", "verdicts"]
