"""Ratings to test with: a rubric of tone and fact, fact weighing three times as much."""

from typing import Any

from hypothesis import strategies as st

from workspace.task_types.base import Checked, Invalid
from workspace.task_types.rating import TYPE
from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.payload import Payload

WORDS = ["Bad", "Weak", "Mixed", "Good", "Best"]
CRITERIA = [
    {"id": "tone", "title": "Tone", "anchors": WORDS},
    {"id": "fact", "title": "Facts", "anchors": WORDS, "weight": 3},
]


def payload(**more: Any) -> Payload:
    """A prompt, a response and two criteria, or whatever else."""
    raw = {"prompt": "What now?", "response": {"text": "Wait.", "model": "m1"}, "criteria": CRITERIA}
    read = TYPE.read_payload({**raw, **more})
    assert isinstance(read, Payload), read
    return read


def raw(tone: int | None = 4, fact: int | None = 4, **more: Any) -> dict[str, Any]:
    """A raw answer; a criterion without a value cannot be assessed and has a reason."""
    scores = {"tone": tone, "fact": fact}
    blank = [name for name, value in scores.items() if value is None]
    return {
        "scores": scores,
        "cannot_assess": blank,
        "justifications": {name: f"The {name} is beyond me." for name in blank},
        "overall": 4,
        "why": "It says what to do.",
        **more,
    }


def checked(task: Payload, tone: int | None = 4, fact: int | None = 4, **more: Any) -> Checked[Answer]:
    """A good answer."""
    result = TYPE.read_answer(task, raw(tone, fact, **more))
    assert isinstance(result, Checked), result
    return result


def answer(task: Payload, tone: int | None = 4, fact: int | None = 4, **more: Any) -> Answer:
    return checked(task, tone, fact, **more).answer


def errors(task: Payload, answered: Any) -> dict[str, str]:
    """What is wrong with an answer."""
    result = TYPE.read_answer(task, answered)
    assert isinstance(result, Invalid), result
    return dict(result.errors)


values = st.none() | st.integers(1, 5)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any complete answer to `payload()`."""
    return answer(payload(), draw(values), draw(values), overall=draw(st.integers(1, 5)))
