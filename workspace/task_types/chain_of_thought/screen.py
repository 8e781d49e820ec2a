"""What the templates draw: steps with their labels or rows to write in, whatever a draft already says."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Json
from workspace.task_types.chain_of_thought.answer import (
    CORRECT,
    NEUTRAL,
    WRONG,
    Answer,
    Label,
    Step,
    Verified,
    Written,
    read,
)
from workspace.task_types.chain_of_thought.form import UNSURE
from workspace.task_types.chain_of_thought.payload import AFTER, STOP, Payload
from workspace.task_types.chain_of_thought.rules import LEAST_STEPS, missing

EMPTY_ROWS, DEEPEST = 3, 3
MARKS = {
    str(CORRECT): ("Correct", "✓"),
    str(NEUTRAL): ("Neutral", "○"),
    str(WRONG): ("Wrong", "✗"),
    UNSURE: ("Cannot tell", "?"),
}
VERIFY_ENDINGS = (
    ("solution", "The steps solve the problem"),
    ("found_error", "A step is wrong"),
    ("bad_problem", "The problem itself is broken"),
    ("give_up", "I cannot judge these steps"),
)
WRITE_ENDINGS = (
    ("solution", "I solved it"),
    ("bad_problem", "The problem itself is broken"),
    ("give_up", "I could not solve it"),
)
PROGRESS = ("Not started", "A first step", "Half way", "Nearly there", "All the way")


@dataclass(frozen=True, slots=True)
class Judged:
    """A given step with its label; `mark` is the value of the control, "" while there is none."""

    number: int
    text: str
    mark: str
    critique: str
    correction: str
    is_after: bool

    @property
    def word(self) -> str:
        """The label in words."""
        return MARKS[self.mark][0] if self.mark else "Not marked"

    @property
    def sign(self) -> str:
        """The label as one sign."""
        return MARKS[self.mark][1] if self.mark else "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A step of one's own, or an empty row for one; `depth` 0 is a step, more is a part of one."""

    step: Step
    depth: int


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it; `reference` is None while it is not to be seen."""

    payload: Payload
    answer: Answer
    judged: tuple[Judged, ...]
    rows: tuple[Row, ...]
    is_complete: bool
    reference: str | None

    @property
    def marks(self) -> dict[str, tuple[str, str]]:
        """Word and sign of every label."""
        return MARKS

    @property
    def endings(self) -> tuple[tuple[str, str], ...]:
        """How it can end, as code and words."""
        return VERIFY_ENDINGS if self.payload.verifies else WRITE_ENDINGS

    @property
    def progress(self) -> tuple[str, ...]:
        """The words of 0 to 4."""
        return PROGRESS

    @property
    def how_far(self) -> list[tuple[int, int, str]]:
        """0 to 4 as controls: value, what is seen, what is said."""
        return [(number, number, f"{number}, {words.lower()}") for number, words in enumerate(PROGRESS)]

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        return dict(self.endings).get(self.answer.finish or "", "")

    @property
    def first_error(self) -> int | None:
        """The first step marked as wrong."""
        return self.answer.first_error if isinstance(self.answer, Verified) else None

    @property
    def may_stop(self) -> bool:
        """Whether steps after the first error need no label."""
        return self.payload.after_first_error == STOP

    @property
    def spoken(self) -> str:
        """All labels as a sentence, for a label."""
        said = [f"step {step.number} {step.word.lower()}" for step in self.judged if step.mark]
        return ", ".join(said).capitalize() if said else "No step is marked yet"

    @property
    def empty_rows(self) -> tuple[Row, ...]:
        """Rows to go on with."""
        first = len(self.rows) + 1
        return tuple(Row(Step(number), 0) for number in range(first, first + EMPTY_ROWS))


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    done = is_complete(payload, answer)
    return Screen(
        payload=payload,
        answer=answer,
        judged=_judged(payload, answer) if isinstance(answer, Verified) else (),
        rows=_rows(answer.steps) if isinstance(answer, Written) else (),
        is_complete=done,
        reference=payload.reference_answer if done and payload.show_reference == AFTER else None,
    )


def is_complete(payload: Payload, answer: Answer) -> bool:
    """Whether the work is done that the reference answer must not guide."""
    if isinstance(answer, Verified):
        return not missing(payload, answer)
    said = [step for step in answer.steps if step.text.strip()]
    return len(said) >= LEAST_STEPS and bool(answer.final_answer.strip())


def _judged(payload: Payload, answer: Verified) -> tuple[Judged, ...]:
    last = answer.first_error
    return tuple(
        Judged(
            number=label.id,
            text=text,
            mark=_mark(label),
            critique=label.critique or "",
            correction=label.correction or "",
            is_after=last is not None and label.id > last,
        )
        for text, label in zip(payload.steps, answer.steps, strict=True)
    )


def _mark(label: Label) -> str:
    if label.rating is not None:
        return str(label.rating)
    return UNSURE if label.unsure else ""


def _rows(steps: tuple[Step, ...]) -> tuple[Row, ...]:
    depths: dict[int, int] = {}
    for step in steps:
        depths[step.id] = 0 if step.parent is None else depths[step.parent] + 1
    return tuple(Row(step, min(depths[step.id], DEEPEST)) for step in steps)
