"""The envelope of one approved opinion: everything that is known of it, whatever its type."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workspace.exports.policy.shapes import IDS, Line, Problem, columns, flag, number, text, whole, within

TEXTS = (
    "schema",
    "project",
    "task",
    "external_id",
    "task_sha256",
    "type",
    "language",
    "specialty",
    "pay_rule_sha256",
)
OTHERS = (
    "guideline",
    "expert",
    "claimed_at",
    "submitted_at",
    "active_ms",
    "wall_ms",
    "display_seed",
    "round",
    "is_gold",
    "is_screening",
    "answer",
    "confidence",
    "confirmed",
    "review",
    "agreement",
    "chain",
)
ASKED = ("flags",)  # facts not every task has
MARKS = ("broken", "contains_pii", "unsafe", "other_language")
GENESIS = "0" * 64
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SCHEMA = re.compile(r"[a-z_]+/\d+")


def record(line: Line) -> Iterator[Problem]:
    """One opinion with its guideline, expert, times, answer, review and place in the chain."""
    yield from columns(line, (*IDS, *TEXTS, *OTHERS), ASKED)
    for name in TEXTS:
        yield from text(line.get(name), name)
    if isinstance(line.get("schema"), str) and not _SCHEMA.fullmatch(line["schema"]):
        yield "schema", "This is not type/version."
    yield from _counted(line)
    if not isinstance(line.get("answer"), Mapping) or not isinstance(line.get("confirmed"), list):
        yield "answer", "The answer is an object, what was confirmed is a list."
    for name, check in PARTS.items():
        part = line.get(name)
        if name in line or name not in ASKED:
            yield from within(name, check(part) if isinstance(part, Mapping) else _no_object())


def _counted(line: Line) -> Iterator[Problem]:
    for name in ("claimed_at", "submitted_at"):
        yield from _moment(line.get(name), name)
    for name in ("active_ms", "wall_ms", "round"):
        yield from whole(line.get(name), name)
    for name in ("is_gold", "is_screening"):
        yield from flag(line.get(name), name)
        if line.get(name) is True:
            yield name, "Known answers and screening are no data."
    if line.get("confidence") is not None:
        yield from number(line["confidence"], "confidence", least=1, most=5)


def _no_object() -> Iterator[Problem]:
    yield "", "This is not an object."


def _guideline(part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from columns(part, ("version", "sha256"))
    yield from whole(part.get("version"), "version")
    yield from text(part.get("sha256"), "sha256")


def _expert(part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from columns(part, ("pseudonym", "tier"), ("credentials",))
    yield from text(part.get("pseudonym"), "pseudonym")
    yield from text(part.get("tier"), "tier")


def _flags(part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from columns(part, MARKS)
    for name in MARKS:
        yield from flag(part.get(name), name)


def _review(part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from columns(
        part, ("verdict", "by_system", "by", "at", "edited", "rounds", "appealed"), ("rubric",)
    )
    yield from text(part.get("verdict"), "verdict")
    for name in ("by_system", "edited", "appealed"):
        yield from flag(part.get(name), name)
    yield from _moment(part.get("at"), "at")
    yield from whole(part.get("rounds"), "rounds")
    if part.get("by_system") is False:
        yield from text(part.get("by"), "by")


def _agreement(part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from columns(part, ("n", "mean_pairwise"))
    yield from whole(part.get("n"), "n", least=1)
    if part.get("mean_pairwise") is not None:
        yield from number(part["mean_pairwise"], "mean_pairwise", most=1)


def _chain(part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from columns(part, ("prev", "hash"))
    for name in ("prev", "hash"):
        if not isinstance(part.get(name), str) or not _SHA256.fullmatch(part[name]):
            yield name, "This is no SHA-256."


def _moment(value: Any, place: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        yield place, "This is no time in UTC, such as 2026-03-31T09:30:00Z."


PARTS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Problem]]] = {
    "guideline": _guideline,
    "expert": _expert,
    "flags": _flags,
    "review": _review,
    "agreement": _agreement,
    "chain": _chain,
}
