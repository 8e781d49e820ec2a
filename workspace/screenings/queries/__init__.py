"""Every SELECT of this room."""

from workspace.screenings.queries.answers import (
    answer_of,
    answers_of,
    forget_revisions,
    lock_answer,
    marks_of,
)
from workspace.screenings.queries.checks import broken, held_by_screenings
from workspace.screenings.queries.grading import (
    appeal_for,
    appeal_of,
    draw_of,
    drop_draw,
    drop_old_draws,
    fees_today,
    given_by,
    gradings_of,
    has_draw,
    next_for,
    open_appeals,
    waiting_for,
)

__all__ = [
    "answer_of",
    "answers_of",
    "appeal_for",
    "appeal_of",
    "broken",
    "draw_of",
    "drop_draw",
    "drop_old_draws",
    "fees_today",
    "forget_revisions",
    "given_by",
    "gradings_of",
    "has_draw",
    "held_by_screenings",
    "lock_answer",
    "marks_of",
    "next_for",
    "open_appeals",
    "waiting_for",
]
