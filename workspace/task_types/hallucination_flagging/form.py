"""The plain HTML form of flagged words.

Fields: `span` the keys of the rows; for each key `anchor-<key>` (start, end and words as JSON) or, where the
place is not known yet, `quote-<key>` with `before-<key>`; `type-<key>`, `severity-<key>`, `correction-<key>`,
`cannot_verify-<key>`, `evidence-<key>` (one a line), `sure-<key>`, `remove-<key>`; then `sentence` as often
as sentences are ticked, `none_found` and `verdict`.
"""

import json
from typing import Any

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json

PARTS = 3
DIGITS = 6


def from_form(form: Form) -> Json:
    """The raw answer; rows nobody filled in, and rows that are to go, are left out."""
    rows = [_row(form, key) for key in dict.fromkeys(form.get("span", ())) if not one(form, f"remove-{key}")]
    return {
        "none_found": bool(one(form, "none_found")),
        "spans": [row for row in rows if any(row.values())],
        "sentences_checked": [_number(value) for value in form.get("sentence", ())],
        "verdict": one(form, "verdict") or None,
    }


def _row(form: Form, key: str) -> dict[str, Any]:
    evidence = [line.strip() for line in one(form, f"evidence-{key}").split("\n")]
    return {
        **_place(form, key),
        "type": one(form, f"type-{key}") or None,
        "severity": one(form, f"severity-{key}") or None,
        "correction": one(form, f"correction-{key}").strip() or None,
        "cannot_verify": bool(one(form, f"cannot_verify-{key}")),
        "evidence": list(dict.fromkeys(line for line in evidence if line)),
        "confidence": _number(one(form, f"sure-{key}")) if one(form, f"sure-{key}") else None,
    }


def _place(form: Form, key: str) -> dict[str, Any]:
    """Where it stands: known exactly, or only by its words."""
    try:
        anchor = json.loads(one(form, f"anchor-{key}") or "null")
    except (ValueError, RecursionError):
        anchor = None
    if isinstance(anchor, list) and len(anchor) == PARTS:
        return dict(zip(("start", "end", "text"), anchor, strict=True))
    quote, before = one(form, f"quote-{key}").strip(), one(form, f"before-{key}").strip()
    return {"text": quote, "prefix": before}


def _number(value: str) -> Any:
    """The number, or the text itself for the reader to complain about."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS else value
