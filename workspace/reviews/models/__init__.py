"""The tables of this room."""

from workspace.reviews.models.overturns import LineState, Overturn, OverturnLine
from workspace.reviews.models.reviews import (
    REVIEW_MOVES,
    FeedbackLook,
    Review,
    ReviewState,
    StepAside,
    Verdict,
)

__all__ = [
    "REVIEW_MOVES",
    "FeedbackLook",
    "LineState",
    "Overturn",
    "OverturnLine",
    "Review",
    "ReviewState",
    "StepAside",
    "Verdict",
]
