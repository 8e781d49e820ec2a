"""Exported lines: the ratings themselves, and good or bad for trainers that learn from single answers."""

from collections.abc import Iterator, Sequence
from typing import Any

from workspace.task_types.base.lines import messages, spoken
from workspace.task_types.base.results import Line
from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.opinions import OVERALL, counted, pool
from workspace.task_types.rating.payload import Payload

GOOD, BAD = 3.5, 2.5  # the overall value is nearest to 4 or 5 above, to 1 or 2 below


def export(payload: Payload, answer: Answer) -> Iterator[Line]:
    """One opinion."""
    yield from aggregate(payload, [answer], None)


def aggregate(payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None) -> Iterator[Line]:
    """Several opinions as one; nothing for a blank response, which no trainer may read."""
    opinions = counted(answers, weights)
    together = pool(opinions)
    overall = together.value(OVERALL)
    if overall is None or not payload.response.text.strip():
        return
    values = ((name, together.value(name)) for name in payload.ids)
    yield Line(
        "ratings",
        {
            "prompt": messages(payload.prompt),
            "response": spoken(payload.response.text),
            "scores": {name: value for name, value in values if value is not None},
            "overall": overall,
            "why": _reasons([answer for answer, _ in opinions]),
        },
    )
    yield from _unpaired(payload, overall)


def _unpaired(payload: Payload, overall: float) -> Iterator[Line]:
    """A label where the overall value leans to one side; half-way and 3 say nothing."""
    if BAD <= overall <= GOOD:
        return
    body: dict[str, Any] = {
        "prompt": messages(payload.prompt),
        "completion": spoken(payload.response.text),
        "label": overall > GOOD,
    }
    yield Line("unpaired", body)


def _reasons(answers: Sequence[Answer]) -> str:
    """What the experts wrote, each text once, in their order."""
    return "\n\n".join(dict.fromkeys(answer.why for answer in answers if answer.why.strip()))
