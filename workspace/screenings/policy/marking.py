"""Marks that need no person: keys, and items nobody answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.applications.models import ScreeningItem
from marketplace.kit.money import BASIS
from workspace.task_types import registry
from workspace.task_types.base import Checked, Invalid

UNANSWERED = "Not answered completely."


@dataclass(frozen=True, slots=True)
class Marked:
    """Whether an item was met, and how right it was, in ten-thousandths."""

    is_met: bool
    score_bps: int
    sentence: str = ""


def blinded(item: ScreeningItem, seed: int) -> Any:
    """The payload as a candidate sees it, or Invalid when this release cannot read it."""
    kind = registry.get(item.task_type)
    payload = kind.read_payload(item.payload)
    return payload if isinstance(payload, Invalid) else kind.blind(payload, seed)


def problems(item: ScreeningItem, raw: Mapping[str, Any], seed: int) -> Mapping[str, str]:
    """What an answer lacks, by place; nothing is wrong with a complete one."""
    read = _read(item, raw, seed)
    return dict(read.errors) if isinstance(read, Invalid) else {}


def is_answered(item: ScreeningItem, raw: Mapping[str, Any], seed: int) -> bool:
    """Whether an answer is complete."""
    return bool(raw) and not problems(item, raw, seed)


def stored(item: ScreeningItem, raw: Mapping[str, Any], seed: int) -> Mapping[str, Any]:
    """A complete answer as its type keeps it, anything else as it is."""
    read = _read(item, raw, seed)
    return raw if isinstance(read, Invalid) else registry.get(item.task_type).store_answer(read.answer)


def mark_by_key(item: ScreeningItem, raw: Mapping[str, Any], seed: int) -> Marked:
    """Mark an answer by the known one.  What this release cannot read any more counts for the expert."""
    kind = registry.get(item.task_type)
    payload = kind.read_payload(item.payload)
    if isinstance(payload, Invalid):
        return Marked(is_met=True, score_bps=BASIS, sentence="This item could not be read any more.")
    read = _read(item, raw, seed)
    if isinstance(read, Invalid):
        return Marked(is_met=False, score_bps=0, sentence=UNANSWERED)
    score = kind.score_against_gold(payload, item.gold, read.answer)
    if score is None:
        return Marked(is_met=True, score_bps=BASIS, sentence="No machine can mark this item.")
    right = round(score * BASIS)
    return Marked(is_met=right >= item.passing_bps, score_bps=right)


def shown_on_certificate(items: Sequence[ScreeningItem], met: int) -> str:
    """What was passed, for whoever checks a certificate."""
    titles = sorted({registry.get(item.task_type).title for item in items})
    return f"{met} of {len(items)} items met: {', '.join(titles)}"


def _read(item: ScreeningItem, raw: Mapping[str, Any], seed: int) -> Checked[Any] | Invalid:
    payload = blinded(item, seed)
    if isinstance(payload, Invalid):
        return payload
    if not raw:
        return Invalid({"answer": UNANSWERED})
    return registry.get(item.task_type).read_answer(payload, raw)
