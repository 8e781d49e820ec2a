"""The plain HTML form of a written answer.

Fields: `text`, `format`, `constraint` the ids in order, `met-<id>` yes or no, `why-<id>`, `source_url` and
`source_quote` as many times as there are sources, `refusal`, `self_score`, `ai_statement`, `response_opened`.
"""

from itertools import zip_longest
from typing import Any

from workspace.task_types.base.contract import Form
from workspace.task_types.base.posted import one
from workspace.task_types.base.results import Json

MET = {"yes": True, "no": False}


def from_form(form: Form) -> Json:
    """The raw answer; source fields left blank on both sides are no source."""
    return {
        "text": one(form, "text"),
        "format": one(form, "format") or None,
        "constraints": [_constraint(form, name) for name in form.get("constraint", ())],
        "sources": _sources(form),
        "refusal": bool(one(form, "refusal")),
        "self_score": _score(one(form, "self_score")),
        "ai_statement": bool(one(form, "ai_statement")),
        "response_opened": bool(one(form, "response_opened")),
    }


def _constraint(form: Form, name: str) -> Json:
    return {
        "id": name,
        "met": MET.get(one(form, f"met-{name}")),
        "why": one(form, f"why-{name}").strip() or None,
    }


def _sources(form: Form) -> list[dict[str, str]]:
    pairs = zip_longest(form.get("source_url", ()), form.get("source_quote", ()), fillvalue="")
    return [
        {"url": url.strip(), "quote": quote.strip()} for url, quote in pairs if url.strip() or quote.strip()
    ]


def _score(value: str) -> Any:
    """The number, or the text itself for the reader to complain about."""
    if not value:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) == 1 else value
