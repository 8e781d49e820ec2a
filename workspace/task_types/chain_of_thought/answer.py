"""Labels on given steps with what is wrong and right, or steps of one's own."""

from dataclasses import dataclass, replace
from typing import Any

from workspace.task_types.base.fields import Fields
from workspace.task_types.chain_of_thought.payload import (
    ANSWER_CHARACTERS,
    STEP_CHARACTERS,
    STEPS,
    VERIFY,
    WRITE,
    Payload,
)

CORRECT, NEUTRAL, WRONG = 1, 0, -1
RATINGS = (WRONG, NEUTRAL, CORRECT)
SOLUTION, FOUND_ERROR, BAD_PROBLEM, GIVE_UP = "solution", "found_error", "bad_problem", "give_up"
FINISHES = (SOLUTION, FOUND_ERROR, BAD_PROBLEM, GIVE_UP)
WRITTEN_FINISHES = (SOLUTION, BAD_PROBLEM, GIVE_UP)
FARTHEST = 4
REMARK_CHARACTERS = 5_000


@dataclass(frozen=True, slots=True)
class Label:
    """What is said of step `id` (from 1): a rating, or None with `unsure` for "cannot tell"."""

    id: int
    rating: int | None = None
    unsure: bool = False
    critique: str | None = None
    correction: str | None = None

    @property
    def marked(self) -> bool:
        """Whether anything was said: neutral and "cannot tell" are something, a step left alone is not."""
        return self.rating is not None or self.unsure


@dataclass(frozen=True, slots=True)
class Verified:
    """A label for every step, in their order; `progress` 0 to 4 says how far the solution got."""

    mode: str = VERIFY
    steps: tuple[Label, ...] = ()
    first_error: int | None = None
    final_answer: str | None = None
    finish: str | None = None
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A written step; `parent` is the earlier step it is a part of."""

    id: int
    parent: int | None = None
    text: str = ""
    formula: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A solution in steps of one's own."""

    mode: str = WRITE
    steps: tuple[Step, ...] = ()
    final_answer: str = ""
    finish: str | None = None


Answer = Verified | Written


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`."""
    if fields.has("mode") and fields.get("mode") != payload.mode:
        asked = "labels for the given steps" if payload.verifies else "steps of your own"
        fields.wrong("mode", f"This task asks for {asked}.")
    return _verified(fields, payload) if payload.verifies else _written(fields)


def first_error(steps: tuple[Label, ...]) -> int | None:
    """The first step that is marked wrong."""
    return next((label.id for label in steps if label.rating == WRONG), None)


def without_leftovers(answer: Verified) -> Verified:
    """The labels without remarks on steps that are not wrong: somebody changed their mind."""
    kept = (
        label if label.rating == WRONG else replace(label, critique=None, correction=None)
        for label in answer.steps
    )
    return replace(answer, steps=tuple(kept))


def _verified(fields: Fields, payload: Payload) -> Verified:
    steps = _labels(fields, payload)
    found = first_error(steps)
    stated = fields.whole_or_none("first_error", 1, len(payload.steps))
    if stated is not None and stated != found:
        told = (
            "No step is marked as wrong."
            if found is None
            else f"The first step marked as wrong is step {found}."
        )
        fields.wrong("first_error", told)
    return Verified(
        steps=steps,
        first_error=found,
        final_answer=_final(fields),
        finish=_finish(fields, FINISHES),
        progress=fields.whole_or_none("progress", 0, FARTHEST),
    )


def _labels(fields: Fields, payload: Payload) -> tuple[Label, ...]:
    given: dict[int, Label] = {}
    for index, row in enumerate(fields.rows("steps", most=len(payload.steps))):
        inner = fields.inner(f"steps[{index}]", row)
        number = inner.whole_or_none("id", 1, len(payload.steps))
        if number is None or number in given:
            inner.wrong("id", "Name each step of this task once.")
            continue
        given[number] = _label(inner, number)
    return tuple(given.get(number, Label(number)) for number in range(1, len(payload.steps) + 1))


def _label(inner: Fields, number: int) -> Label:
    rating: Any = inner.get("rating")
    if rating is not None and (type(rating) is not int or rating not in RATINGS):
        inner.wrong("rating", "Give 1 for correct, 0 for neutral, -1 for wrong, or nothing.")
        rating = None
    return Label(
        id=number,
        rating=rating,
        unsure=inner.flag("unsure"),
        critique=inner.text("critique", longest=REMARK_CHARACTERS) or None,
        correction=inner.text("correction", longest=STEP_CHARACTERS) or None,
    )


def _written(fields: Fields) -> Written:
    steps: list[Step] = []
    for index, row in enumerate(fields.rows("steps", most=STEPS)):
        steps.append(_step(fields.inner(f"steps[{index}]", row), index + 1))
    return Written(
        steps=tuple(steps),
        final_answer=fields.text("final_answer", longest=ANSWER_CHARACTERS),
        finish=_finish(fields, WRITTEN_FINISHES),
    )


def _step(inner: Fields, number: int) -> Step:
    if inner.has("id") and inner.get("id") != number:
        inner.wrong("id", f"Number the steps from 1 in their order; this is step {number}.")
    parent: Any = inner.get("parent")
    if parent is not None and (type(parent) is not int or not 1 <= parent < number):
        inner.wrong("parent", "A step can only be a part of an earlier one.")
        parent = None
    return Step(
        id=number,
        parent=parent,
        text=inner.text("text", longest=STEP_CHARACTERS),
        formula=inner.text("formula", longest=REMARK_CHARACTERS) or None,
        source=inner.text("source", longest=REMARK_CHARACTERS) or None,
    )


def _final(fields: Fields) -> str | None:
    text = fields.text("final_answer", longest=ANSWER_CHARACTERS)
    return text if text.strip() else None


def _finish(fields: Fields, options: tuple[str, ...]) -> str | None:
    return fields.one_of("finish", options, default="") or None
