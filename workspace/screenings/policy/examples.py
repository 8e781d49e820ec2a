"""Example items of every type, from the example the type keeps of itself: they are valid as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from workspace.screenings.policy.items import PASSING
from workspace.task_types.base import Invalid, TaskType

EXPLANATION = "Say here why the known answer is right: candidates read it once the screening is decided."
RUBRIC = "Say here in one sentence what a good answer does: a reviewer marks by it."


def example_rows(kind: TaskType[Any, Any]) -> Sequence[Mapping[str, Any]]:
    """One item a key marks, for types a key can mark, and one that a reviewer marks."""
    raw, answer = kind.example()
    body = {name: value for name, value in raw.items() if name != "content_classes"}  # never in a screening
    item = {"task_type": kind.slug, "payload": body}
    graded = {**item, "rubric": RUBRIC}
    payload = kind.read_payload(body)
    known = payload if isinstance(payload, Invalid) else kind.read_gold(payload, answer)
    if isinstance(known, Invalid):
        return [graded]
    return [{**item, "gold": known, "passing": PASSING, "explanation": EXPLANATION}, graded]
