"""What a grader and an appeal have to say."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.policy import WORK

NO_EFFORT = "INT-2"
LONGEST = 2_000
STEP_ASIDE = {
    "conflict_of_interest": "Conflict of interest",
    "outside_my_field": "Outside my field",
    "distressing_content": "Distressing content",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reviewer's mark of one item, and the sentence the candidate reads."""

    is_met: bool
    sentence: str


def grading_problems(marks: Mapping[uuid.UUID, Verdict], wanted: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What a grading lacks, item by item."""
    found = {}
    for item_id in wanted:
        mark = marks.get(item_id)
        if mark is None:
            found[item_id] = "Choose whether the rubric is met."
        elif not mark.sentence.strip():
            found[item_id] = "Write one sentence: the candidate reads it."
        elif len(mark.sentence) > LONGEST:
            found[item_id] = f"Shorten this to {LONGEST:,} characters."
    return found


def no_effort_problem(note: str) -> str:
    """Why this is not enough to refuse pay, "" when it is."""
    words = len(note.split())
    if words < WORK.rejection_minimum_words:
        return f"Say in at least {WORK.rejection_minimum_words} words what shows no effort. You have {words}."
    return f"Shorten this to {LONGEST:,} characters." if len(note) > LONGEST else ""


def statement_problem(statement: str) -> str:
    """Why an appeal cannot be opened with this, "" when it can."""
    words = len(statement.split())
    if not words:
        return "Say what you did and why it is work."
    return f"Use at most {WORK.appeal_words} words. You have {words}." if words > WORK.appeal_words else ""
