"""The tables of this room."""

from workspace.reviews.models.appeals import APPEAL_MOVES, UNDECIDED, Appeal, AppealState, Cause, Outcome
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
    "APPEAL_MOVES",
    "REVIEW_MOVES",
    "UNDECIDED",
    "Appeal",
    "AppealState",
    "Cause",
    "FeedbackLook",
    "LineState",
    "Outcome",
    "Overturn",
    "OverturnLine",
    "Review",
    "ReviewState",
    "StepAside",
    "Verdict",
]
