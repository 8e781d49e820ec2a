"""What an item must hold, how keys mark it, and what a grader has to say."""

from workspace.screenings.policy.examples import example_rows
from workspace.screenings.policy.grading import (
    NO_EFFORT,
    STEP_ASIDE,
    Verdict,
    grading_problems,
    no_effort_problem,
    statement_problem,
)
from workspace.screenings.policy.items import RESERVED, Unfit, estimate, read_item
from workspace.screenings.policy.marking import (
    UNANSWERED,
    Marked,
    blinded,
    is_answered,
    mark_by_key,
    problems,
    shown_on_certificate,
    stored,
)

__all__ = [
    "NO_EFFORT",
    "RESERVED",
    "STEP_ASIDE",
    "UNANSWERED",
    "Marked",
    "Unfit",
    "Verdict",
    "blinded",
    "estimate",
    "example_rows",
    "grading_problems",
    "is_answered",
    "mark_by_key",
    "no_effort_problem",
    "problems",
    "read_item",
    "shown_on_certificate",
    "statement_problem",
    "stored",
]
