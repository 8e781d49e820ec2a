"""One item as a file or a form says it, checked by the task type it belongs to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.applications.service import ItemText
from marketplace.kit.money import BASIS
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

RESERVED = ("task_type", "payload", "gold", "passing", "explanation", "rubric")
LONGEST = 2_000
PASSING = 0.8
LEAST_PASSING = 0.5


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why an item cannot be taken: sentences by place."""

    errors: Mapping[str, str]


def read_item(
    raw: Mapping[str, Any],
    *,
    task_type: str,
    options: Mapping[str, Any] | None = None,
    task_id: uuid.UUID | None = None,
) -> ItemText | Unfit:
    """The item, or what is wrong with it; `task_type` and `options` stand where the row has none of its own.

    `gold` is the known answer, with `passing` (0.5 to 1) and the `explanation` shown afterwards; without it a
    reviewer marks by the `rubric`.
    """
    slug = raw.get("task_type") or task_type
    kind = registry.ALL.get(slug) if isinstance(slug, str) else None
    if kind is None:
        return Unfit({"task_type": f"Choose a type of work: {', '.join(registry.ALL)}."})
    body = raw.get("payload", {name: value for name, value in raw.items() if name not in RESERVED})
    if not isinstance(body, Mapping):
        return Unfit({"payload": "Write the payload as an object."})
    # What the tasks of a project show is not what its screening shows.
    own = {name: value for name, value in (options or {}).items() if name != "content_classes"}
    payload = kind.read_payload(kind.preset(body, own))
    if isinstance(payload, Invalid):
        return Unfit(payload.errors)
    if problem := _unfit(kind, payload):
        return Unfit({"payload": problem})
    return _marked(kind, payload, raw, task_id)


def _unfit(kind: TaskType[Any, Any], payload: Any) -> str:
    if kind.conversation(payload) is not None:
        return "An item cannot be a conversation with a model: everybody gets the same. Record it first."
    if getattr(payload, "content_classes", ()):
        return "Sensitive content is never shown in a screening. Leave this item out."
    return ""


def _marked(
    kind: TaskType[Any, Any], payload: Any, raw: Mapping[str, Any], task_id: uuid.UUID | None
) -> ItemText | Unfit:
    known, rubric, said = raw.get("gold"), _text(raw, "rubric"), _text(raw, "explanation")
    errors = _too_long(rubric=rubric, explanation=said)
    gold: Mapping[str, Any] | None = None
    if known is not None:
        read = (
            kind.read_gold(payload, known)
            if isinstance(known, Mapping)
            else Invalid({"gold": "Write an object."})
        )
        if isinstance(read, Invalid):
            errors |= read.errors
        else:
            gold = read
        if not said:
            errors["explanation"] = (
                "Say why the known answer is right: it is shown once the screening is decided."
            )
    elif not rubric:
        errors["rubric"] = "Give a known answer (gold), or one sentence a reviewer marks by (rubric)."
    passing = _passing(raw)
    if passing is None:
        errors["passing"] = "Write how right is right as a number from 0.5 to 1."
    if errors or passing is None:
        return Unfit(errors)
    return ItemText(
        task_type=kind.slug,
        type_version=kind.version,
        payload=kind.store_payload(payload),
        gold=dict(gold) if gold is not None else None,
        passing_bps=round(passing * BASIS),
        explanation=said,
        rubric=rubric if gold is None else "",
        task_id=task_id,
    )


def _too_long(**texts: str) -> dict[str, str]:
    sentence = f"Shorten this to {LONGEST:,} characters."
    return {name: sentence for name, text in texts.items() if len(text) > LONGEST}


def _passing(raw: Mapping[str, Any]) -> float | None:
    given = raw.get("passing", PASSING)
    if isinstance(given, bool) or not isinstance(given, int | float) or not LEAST_PASSING <= given <= 1:
        return None
    return float(given)


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value.strip() if isinstance(value, str) else ""


def estimate(task_type: str, payload: Mapping[str, Any]) -> float:
    """Minutes one item takes; 0 when this release cannot read it."""
    kind = registry.get(task_type)
    read = kind.read_payload(payload)
    return 0.0 if isinstance(read, Invalid) else kind.minutes(read)
