"""The plain HTML form: a place for every response, how much better between places, why.

Fields: `rank-<id>` a place, `gap-<n>` 2, 1 or 0 between place n and n + 1 (0 joins them), `dimension` the
names in order, `dim-<n>-<id>` a place on the nth, `why`, `reason`, `none_good`, `none_good_reason`, `rewrite`
and `seen`.
"""

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json

PLACE_DIGITS = 2
SAME = "0"
STRENGTHS = {"1": 1, "2": 2}


def from_form(form: Form) -> Json:
    """The raw answer; whatever cannot be understood is left out, so that the reader complains about it."""
    groups, strengths = _order(form)
    return {
        "groups": groups,
        "strengths": strengths,
        "dimensions": {
            name: _tied(form, f"dim-{index}-") for index, name in enumerate(form.get("dimension", ()))
        },
        "why": one(form, "why"),
        "reasons": list(form.get("reason", ())),
        "none_good": bool(one(form, "none_good")),
        "none_good_reason": one(form, "none_good_reason") or None,
        "rewrite": one(form, "rewrite") or None,
        "seen": list(form.get("seen", ())),
    }


def _order(form: Form) -> tuple[list[list[str]], list[int]]:
    """Rows by place; equal places and `same` between two rows make one group."""
    rows = _placed(form, "rank-")
    groups: list[list[str]] = []
    strengths: list[int] = []
    for index, (place, name) in enumerate(rows):
        gap = one(form, f"gap-{index}") or "1"
        if index and (place == rows[index - 1][0] or gap == SAME):
            groups[-1].append(name)
            continue
        if index:
            strengths.append(STRENGTHS.get(gap, 0))
        groups.append([name])
    return groups, strengths


def _tied(form: Form, prefix: str) -> list[list[str]]:
    rows = _placed(form, prefix)
    return [[name for at, name in rows if at == place] for place in sorted({place for place, _ in rows})]


def _placed(form: Form, prefix: str) -> list[tuple[int, str]]:
    found = [
        (int(value), name.removeprefix(prefix))
        for name in form
        if name.startswith(prefix) and (value := one(form, name)).isascii() and value.isdigit()
        if len(value) <= PLACE_DIGITS
    ]
    return sorted(found, key=lambda row: row[0])
