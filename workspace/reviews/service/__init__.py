"""The verbs of reviewing: serve, give, undo, decide, and what the clock decides alone."""

from workspace.reviews.service.deadlines import approve_late, reject_for_good, sweep
from workspace.reviews.service.deciding import decide
from workspace.reviews.service.feedback import Feedback, feedback, look
from workspace.reviews.service.serving import lapse, open_next, put_back, queue_review, renew, step_aside
from workspace.reviews.service.verdicts import (
    give,
    pauses_rejecting,
    rejecting_is_paused,
    undo,
    why_no_changes,
)

__all__ = [
    "Feedback",
    "approve_late",
    "decide",
    "feedback",
    "give",
    "lapse",
    "look",
    "open_next",
    "pauses_rejecting",
    "put_back",
    "queue_review",
    "reject_for_good",
    "rejecting_is_paused",
    "renew",
    "step_aside",
    "sweep",
    "undo",
    "why_no_changes",
]
