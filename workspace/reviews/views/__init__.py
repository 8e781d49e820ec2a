"""The doors of reviewing: the verdict; appeals; rejections found wrong; of companies, a bonus."""

from workspace.reviews.views import appeal_desk, feedback, giving, lists, overturns, rejections, verdicts
from workspace.reviews.views import appeals as appeal_pages
from workspace.reviews.views.door import appeals, bp, desk, gifts, staff

__all__ = [
    "appeal_desk",
    "appeal_pages",
    "appeals",
    "bp",
    "desk",
    "feedback",
    "gifts",
    "giving",
    "lists",
    "overturns",
    "rejections",
    "staff",
    "verdicts",
]
