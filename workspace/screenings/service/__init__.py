"""The verbs on screenings under way: answer, hand in, grade, refuse, appeal, and what the clock does."""

from workspace.screenings.service.answers import save
from workspace.screenings.service.appeals import appeal, decide_appeal, withdraw_appeal
from workspace.screenings.service.deadlines import settle, settle_promised, sweep
from workspace.screenings.service.grading import find_no_effort, grade, open_next, step_aside, to_grade
from workspace.screenings.service.taking import start, submit

__all__ = [
    "appeal",
    "decide_appeal",
    "find_no_effort",
    "grade",
    "open_next",
    "save",
    "settle",
    "settle_promised",
    "start",
    "step_aside",
    "submit",
    "sweep",
    "to_grade",
    "withdraw_appeal",
]
