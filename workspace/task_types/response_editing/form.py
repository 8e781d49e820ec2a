"""The plain HTML form of an edit.

Fields: `edited`, `summary`, `no_edit`, `no_edit_reason`; for the nth change shown `hunk` its place
(`replace:8-15:8-26`, in order), `tag-<n>` its tags, `source-<n>` and `note-<n>`.  A change about which
nothing is said is left out: when the text changes before the form is sent again, only what was said can be
wrong.
"""

import re
from typing import Any

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json

_PLACE = re.compile(r"([a-z]{1,10}):(\d{1,7})-(\d{1,7}):(\d{1,7})-(\d{1,7})", re.ASCII)


def from_form(form: Form) -> Json:
    """The raw answer; without the field of the text it is the original that counts."""
    said = (_hunk(form, number, place) for number, place in enumerate(form.get("hunk", ())))
    return {
        "edited": one(form, "edited") if "edited" in form else None,
        "no_edit": bool(one(form, "no_edit")),
        "no_edit_reason": one(form, "no_edit_reason") or None,
        "summary": one(form, "summary"),
        "hunks": [hunk for hunk in said if hunk["tags"] or hunk["source"] or hunk["note"]],
    }


def place_of(op: str, a: tuple[int, int], b: tuple[int, int]) -> str:
    """How the form writes where a change is."""
    return f"{op}:{a[0]}-{a[1]}:{b[0]}-{b[1]}"


def _hunk(form: Form, number: int, place: str) -> dict[str, Any]:
    found = _PLACE.fullmatch(place)
    op, *ends = found.groups() if found else (place,)
    places = [int(end) for end in ends]
    return {
        "op": op,
        "a": places[:2],
        "b": places[2:],
        "tags": list(form.get(f"tag-{number}", ())),
        "source": one(form, f"source-{number}").strip() or None,
        "note": one(form, f"note-{number}").strip() or None,
    }
