"""The plain HTML form.

Fields: `mode`; to judge steps `step` their numbers in order, `mark-<n>` 1, 0, -1 or unsure, `critique-<n>`,
`correction-<n>`, `progress`; to write them `step_text`, `step_formula`, `step_source` and `step_parent` (the
row it is a part of) as many times as there are rows; for both `final_answer` and `finish`.
"""

from itertools import zip_longest
from typing import Any

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json
from workspace.task_types.chain_of_thought.payload import WRITE

UNSURE = "unsure"
RATINGS = {"1": 1, "0": 0, "-1": -1}
DIGITS = 3


def from_form(form: Form) -> Json:
    """The raw answer; rows that say nothing are no steps."""
    ending = {"final_answer": one(form, "final_answer") or None, "finish": one(form, "finish") or None}
    mode = one(form, "mode") or None
    if mode == WRITE:
        return {"mode": mode, "steps": _written(form), **ending}
    steps = [_label(form, name) for name in form.get("step", ())]
    return {
        "mode": mode,
        "steps": steps,
        "first_error": None,
        **ending,
        "progress": _number(one(form, "progress")),
    }


def _label(form: Form, name: str) -> Json:
    mark = one(form, f"mark-{name}")
    return {
        "id": _number(name),
        "rating": RATINGS.get(mark),
        "unsure": mark == UNSURE,
        "critique": one(form, f"critique-{name}") or None,
        "correction": one(form, f"correction-{name}") or None,
    }


def _written(form: Form) -> list[Json]:
    """Rows in their order, numbered anew without the empty ones; parents follow."""
    columns = [
        [value.replace("\r\n", "\n") for value in form.get(f"step_{name}", ())]
        for name in ("text", "formula", "source", "parent")
    ]
    rows = list(enumerate(zip_longest(*columns, fillvalue=""), 1))
    kept = [(row, values) for row, values in rows if any(text.strip() for text in values[:3])]
    number = {row: place for place, (row, _) in enumerate(kept, 1)}
    return [
        {
            "id": number[row],
            "parent": number.get(_number(parent)),
            "text": text,
            "formula": formula.strip() or None,
            "source": source.strip() or None,
        }
        for row, (text, formula, source, parent) in kept
    ]


def _number(value: str) -> Any:
    """The number, or the text itself for the reader to complain about."""
    if not value:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS else value
