"""Every SELECT on reviews; what a reviewer may see is decided here."""

from workspace.reviews.queries.checks import broken
from workspace.reviews.queries.deadlines import appeal_over, late, locks_ended, undecided_verdicts
from workspace.reviews.queries.feedback import (
    changes_due,
    has_handed_in,
    last_verdicts,
    look,
    looked_at,
    notes_to,
)
from workspace.reviews.queries.locks import lock, lock_reviewer, lock_round, lock_submission
from workspace.reviews.queries.pages import (
    answers_of,
    decided_of,
    decisions,
    fees_today,
    given_by,
    outcomes,
    peers_of,
    pending_of,
    undecided_of,
    unpaid_count,
    unpaid_of,
    waiting_by_project,
    waiting_of,
)
from workspace.reviews.queries.serving import (
    for_reviewer,
    may_take_again,
    next_for,
    open_of,
    part_of,
)

__all__ = [
    "answers_of",
    "appeal_over",
    "broken",
    "changes_due",
    "decided_of",
    "decisions",
    "fees_today",
    "for_reviewer",
    "given_by",
    "has_handed_in",
    "last_verdicts",
    "late",
    "lock",
    "lock_reviewer",
    "lock_round",
    "lock_submission",
    "locks_ended",
    "look",
    "looked_at",
    "may_take_again",
    "next_for",
    "notes_to",
    "open_of",
    "outcomes",
    "part_of",
    "peers_of",
    "pending_of",
    "undecided_of",
    "undecided_verdicts",
    "unpaid_count",
    "unpaid_of",
    "waiting_by_project",
    "waiting_of",
]
