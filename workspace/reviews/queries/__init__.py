"""Every SELECT on reviews; what a reviewer may see is decided here."""

from workspace.reviews.queries.checks import broken
from workspace.reviews.queries.deadlines import appeal_over, late, locks_ended, undecided_verdicts
from workspace.reviews.queries.pages import (
    answers_of,
    decided_of,
    decisions,
    fees_today,
    given_by,
    waiting_by_project,
    waiting_of,
)
from workspace.reviews.queries.serving import for_reviewer, lock, lock_submission, next_for, of_round, open_of

__all__ = [
    "answers_of",
    "appeal_over",
    "broken",
    "decided_of",
    "decisions",
    "fees_today",
    "for_reviewer",
    "given_by",
    "late",
    "lock",
    "lock_submission",
    "locks_ended",
    "next_for",
    "of_round",
    "open_of",
    "undecided_verdicts",
    "waiting_by_project",
    "waiting_of",
]
