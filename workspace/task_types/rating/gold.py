"""What is known to be right: a value, or several, for some of the criteria."""

from collections.abc import Mapping

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.payload import Payload
from workspace.task_types.rating.rubric import HIGH, LOW

NEAR = 1
OVERALL = "overall"


def read_gold(payload: Payload, raw: Json) -> Json | Invalid:
    """`{"scores": {criterion: value or [values]}, "overall": value or [values]}`, or a whole answer."""
    fields = Fields(raw, "gold")
    listed = fields.get("scores") if fields.has("scores") else {}
    inner = fields.inner("scores", listed)
    if isinstance(listed, Mapping) and any(name not in payload.ids for name in listed):
        fields.wrong("scores", "Name only criteria of this task.")
    scores = {name: values for name in payload.ids if (values := _values(inner, name))}
    overall = _values(fields, OVERALL)
    if not scores and not overall and not fields.errors:
        fields.wrong("scores", "Give the right value of at least one criterion.")
    return fields.finish({"scores": scores, **({OVERALL: overall} if overall else {})})


def score(payload: Payload, gold: Json, answer: Answer) -> float | None:
    """Share of the known values the answer is within one of; None when nothing is known."""
    known = read_gold(payload, gold)
    if isinstance(known, Invalid):
        return None
    asked = [(answer.scores.get(name), values) for name, values in known["scores"].items()]
    asked += [(answer.overall, known[OVERALL])] if OVERALL in known else []
    return sum(_near(given, values) for given, values in asked) / len(asked)


def _near(given: int | None, values: list[int]) -> bool:
    return given is not None and any(abs(given - value) <= NEAR for value in values)


def _values(fields: Fields, name: str) -> list[int]:
    """One right value or a list of them, [] when nothing is known."""
    value = fields.get(name)
    if not isinstance(value, list | tuple):
        found = fields.whole_or_none(name, LOW, HIGH)
        return [] if found is None else [found]
    rows = fields.rows(name, least=1, most=HIGH)
    if any(type(row) is not int or not LOW <= row <= HIGH for row in rows):
        fields.wrong(name, f"Give whole numbers from {LOW} to {HIGH}.")
        return []
    return sorted(set(rows))
