"""Structured data held against the rules in `schema_org.toml`."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.pages import Page

RULES: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "schema_org.toml").read_text()
)
CONTEXT = "https://schema.org"


def published(page: Page) -> list[dict[str, Any]]:
    """Every piece of structured data on the page."""
    return [
        json.loads(script.text)
        for script in page.all("script")
        if script.get("type") == "application/ld+json"
    ]


def faults(thing: dict[str, Any], *, inside: bool = False) -> list[str]:
    """What a validator would say; empty when it is sound."""
    kind = thing.get("@type")
    if kind not in RULES:
        return [f"no such type: {kind}"]
    found = [] if inside or thing.get("@context") == CONTEXT else [f"{kind}: no @context"]
    said = {name: value for name, value in thing.items() if not name.startswith("@")}
    found += [f"{kind}.{name}: unknown" for name in said if name not in RULES[kind]]
    for name, rule in RULES[kind].items():
        if name in said:
            found += [f"{kind}.{name}: {fault}" for fault in _wrong(said[name], rule)]
        elif rule["need"] != "allowed":
            found.append(f"{kind}.{name}: {rule['need']}, missing")
    return found


def _wrong(value: Any, rule: dict[str, Any]) -> list[str]:
    if isinstance(value, list):
        return [fault for one in value for fault in _wrong(one, rule)] or ([] if value else ["empty"])
    if "choices" in rule:
        return [] if value in rule["choices"] else [f"{value!r} is no choice"]
    if rule["kind"] in RULES:
        right = isinstance(value, dict) and value.get("@type") == rule["kind"]
        return faults(value, inside=True) if right else [f"not a {rule['kind']}"]
    return [] if _CHECKS[rule["kind"]](value) else [f"{value!r} is no {rule['kind']}"]


def _is_date(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_url(value: Any) -> bool:
    return (
        isinstance(value, str)
        and urlsplit(value).scheme in {"http", "https"}
        and bool(urlsplit(value).netloc)
    )


_CHECKS = {
    "text": lambda value: isinstance(value, str) and bool(value.strip()),
    "url": _is_url,
    "date": _is_date,
    "boolean": lambda value: isinstance(value, bool),
    "number": _is_number,
    "currency": lambda value: isinstance(value, str) and len(value) == 3 and value.isupper(),
}
