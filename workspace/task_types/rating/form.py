"""The plain HTML form: a value for every criterion, an overall value, marks, why.

Fields: `criterion` the ids in order, `score-<id>` 1 to 5, `cannot`, `na` or nothing, `because-<id>`,
`overall`, `mark` as many times as marks are set, and `why`.
"""

from typing import Any

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json

CANNOT, NOT_APPLICABLE = "cannot", "na"


def from_form(form: Form) -> Json:
    """The raw answer; wrong values are left for the reader to complain about."""
    names = list(form.get("criterion", ()))
    said = {name: one(form, f"score-{name}") for name in names}
    return {
        "scores": {
            name: None if value in {CANNOT, NOT_APPLICABLE} else _value(value) for name, value in said.items()
        },
        "cannot_assess": [name for name, value in said.items() if value == CANNOT],
        "not_applicable": [name for name, value in said.items() if value == NOT_APPLICABLE],
        "justifications": {name: text for name in names if (text := one(form, f"because-{name}")).strip()},
        "marks": list(form.get("mark", ())),
        "overall": _value(one(form, "overall")),
        "why": one(form, "why"),
    }


def _value(text: str) -> Any:
    """The number, None for nothing, or the text itself when it is no digit."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else text
