"""Labels of steps under the names of a published data set, which has nulls of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.exports.policy.shapes import IDS, Line, Problem, columns, flag, text, whole, within

RATINGS = (-1, 0, 1)
FINISHES = ("solution", "found_error", "bad_problem", "give_up")
COLUMNS = (
    "labeler",
    "timestamp",
    "generation",
    "is_quality_control_question",
    "is_initial_screening_question",
    "question",
    "label",
    *IDS,
)
QUESTION = (
    "problem",
    "ground_truth_solution",
    "ground_truth_answer",
    "pre_generated_steps",
    "pre_generated_answer",
    "pre_generated_verifier_score",
)


def process_steps(line: Line) -> Iterator[Problem]:
    """The names of a published data set, which have nulls of their own."""
    yield from columns(line, COLUMNS)
    for name in ("labeler", "timestamp"):
        yield from text(line.get(name), name)
    for name in ("is_quality_control_question", "is_initial_screening_question"):
        yield from flag(line.get(name), name)
    question, label = line.get("question"), line.get("label")
    if not isinstance(question, Mapping) or not isinstance(label, Mapping):
        yield "question", "Question and label are objects."
        return
    yield from within("question", columns(question, QUESTION))
    yield from text(question.get("problem"), "question.problem")
    yield from within("label", columns(label, ("steps", "total_time", "finish_reason")))
    yield from whole(label.get("total_time"), "label.total_time")
    if label.get("finish_reason") not in FINISHES:
        yield "label.finish_reason", f"This is not one of {', '.join(FINISHES)}."
    yield from _steps(label.get("steps"))


def _steps(steps: Any) -> Iterator[Problem]:
    if not isinstance(steps, list) or not steps:
        yield "label.steps", "There is no step."
        return
    for position, step in enumerate(steps):
        yield from within(f"label.steps[{position}]", _step(step))


def _step(step: Any) -> Iterator[Problem]:
    if (
        not isinstance(step, Mapping)
        or not isinstance(step.get("completions"), list)
        or not step["completions"]
    ):
        yield "", "A step has completions."
        return
    yield from columns(step, ("completions", "human_completion", "chosen_completion"))
    for position, completion in enumerate(step["completions"]):
        yield from within(f"completions[{position}]", _completion(completion))
    chosen, own = step.get("chosen_completion"), step.get("human_completion")
    if chosen is not None and (type(chosen) is not int or not 0 <= chosen < len(step["completions"])):
        yield "chosen_completion", "This is no position in completions."
    if own is not None:
        yield from text(own, "human_completion")


def _completion(completion: Any) -> Iterator[Problem]:
    if not isinstance(completion, Mapping):
        yield "", "A completion has text, rating and flagged."
        return
    yield from columns(completion, ("text", "rating", "flagged"))
    yield from text(completion.get("text"), "text")
    rating = completion.get("rating")
    if type(rating) is not int or rating not in RATINGS:
        yield "rating", "This is not -1, 0 or 1; a step without a rating is left out."
    yield from flag(completion.get("flagged"), "flagged")
