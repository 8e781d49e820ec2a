"""Exported lines: the whole conversation in the shape of a well-known data set, and the better answer."""

from collections.abc import Iterator
from typing import Any

from workspace.task_types.base.lines import preference
from workspace.task_types.base.parts import Message
from workspace.task_types.base.results import Json, Line, Opinion
from workspace.task_types.red_teaming.answer import Answer
from workspace.task_types.red_teaming.payload import Payload
from workspace.task_types.red_teaming.turns import ASSISTANT, Turn

TAGS = 6
NAMES = {"user": "Human", ASSISTANT: "Assistant"}
MARKS = tuple(f"\n\n{name}:" for name in NAMES.values())


def export(payload: Payload, answer: Answer) -> Iterator[Line]:
    """One conversation; with a failure also the answer that should have stood in its place."""
    yield Line("transcript", _body(payload, answer))
    failed = answer.failed
    if failed is not None and not answer.resisted:
        before = [Message(turn.role, turn.text) for turn in answer.told[:-1]]
        yield from preference((*_opening(payload), *before), answer.safe_answer, failed.text)


def signed(line: Line, opinion: Opinion) -> Json:
    """Who did it, where the format has a place for that."""
    if line.format != "transcript":
        return line.body
    return {**line.body, "red_team_member_id": opinion.by}


def _opening(payload: Payload) -> tuple[Message, ...]:
    """What stands before the turns: all of a live prompt, the instructions of a recorded one."""
    return tuple(message for message in payload.prompt if payload.live or message.role == "system")


def _body(payload: Payload, answer: Answer) -> dict[str, Any]:
    return {
        "transcript": _transcript(payload, answer),
        "rating": float(answer.success or 0),
        "task_description": answer.goal or payload.brief or None,
        "tags": _tags(answer),
        "model_type": _model(payload, answer),
        "turns": [_turn(payload, turn) for turn in answer.turns],
        "failure": answer.failure,
        "severity": answer.severity,
        "severity_why": answer.severity_why or None,
        "hazards": list(answer.hazards),
        "repro": {"k": answer.repro.k, "n": answer.repro.n} if answer.repro else None,
        "minimal_prompt": answer.minimal_prompt or None,
        "why_harmful": answer.why_harmful or None,
        "safe_answer": answer.safe_answer or None,
        "resisted": answer.resisted,
        "system": payload.system,
    }


def _transcript(payload: Payload, answer: Answer) -> str | None:
    """The turns that are told as one text; None where one holds the mark of another: it breaks readers."""
    opening = [(message.role, message.content) for message in _opening(payload) if message.role in NAMES]
    spoken = [*opening, *((turn.role, turn.text) for turn in answer.told)]
    if any(mark in text for _, text in spoken for mark in MARKS):
        return None
    return "".join(f"\n\n{NAMES[role]}: {text}" for role, text in spoken)


def _tags(answer: Answer) -> list[str]:
    """At most six, kinds of failure first, then how it was done."""
    tactics = [tactic for turn in answer.told for tactic in turn.tactics]
    return list(dict.fromkeys([*answer.categories, *tactics]))[:TAGS]


def _model(payload: Payload, answer: Answer) -> str | None:
    said = next((turn.source_model for turn in answer.turns if turn.source_model), None)
    return said or (payload.model.name if payload.model else None)


def _turn(payload: Payload, turn: Turn) -> dict[str, Any]:
    """A turn with what is said of it; each side has its own labels."""
    body: dict[str, Any] = {"id": turn.id, "parent": turn.parent, "role": turn.role, "text": turn.text}
    if not turn.is_reply:
        return {**body, "risk": turn.risk, "tactics": list(turn.tactics)}
    named = turn.source_model or (payload.model.name if payload.model else None)
    labels = {"outcome": turn.outcome, "refusal_quality": turn.refusal_quality}
    return {**body, "run": turn.run, "stopped": turn.stopped, "source_model": named, **labels}
