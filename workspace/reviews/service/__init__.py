"""The verbs of reviewing: serve, give, undo, decide, and what the clock decides alone."""

from workspace.reviews.service.deadlines import sweep
from workspace.reviews.service.serving import lapse, open_next, queue_review, renew, step_aside
from workspace.reviews.service.verdicts import decide, give, undo

__all__ = ["decide", "give", "lapse", "open_next", "queue_review", "renew", "step_aside", "sweep", "undo"]
