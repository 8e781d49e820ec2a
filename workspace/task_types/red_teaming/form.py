"""The plain HTML form.

Fields: `goal`, `turn` the numbers of all turns in order, `outcome-<n>` and `quality-<n>` of the model's,
`risk-<n>` and `tactic-<n>` of the user's; `failure` the turn that failed, `resisted`, and the report:
`category` and `hazard` as often as they are ticked, `success`, `severity`, `severity_why`, `minimal_prompt`,
`why_harmful`, `safe_answer`.  What was said is no field: the server keeps it; `message` is what somebody
wrote to the model and has not sent, kept beside the answer.
"""

from typing import Any

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json

DIGITS = 4
TEXTS = ("goal", "severity_why", "minimal_prompt", "why_harmful", "safe_answer")
NUMBERS = ("failure", "success", "severity")


def from_form(form: Form) -> Json:
    """The raw answer: labels by the number of their turn, and the report."""
    return {
        **{name: one(form, name) for name in TEXTS},
        **{name: _number(one(form, name)) for name in NUMBERS},
        **({"message": one(form, "message")} if one(form, "message") else {}),
        "turns": [_turn(form, name) for name in form.get("turn", ())],
        "categories": list(form.get("category", ())),
        "hazards": list(form.get("hazard", ())),
        "resisted": bool(one(form, "resisted")),
    }


def _turn(form: Form, name: str) -> Json:
    return {
        "id": _number(name),
        "risk": _number(one(form, f"risk-{name}")),
        "tactics": list(form.get(f"tactic-{name}", ())),
        "outcome": one(form, f"outcome-{name}") or None,
        "refusal_quality": one(form, f"quality-{name}") or None,
    }


def _number(value: str) -> Any:
    """The number, or the text itself for the reader to complain about."""
    if not value:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS else value
