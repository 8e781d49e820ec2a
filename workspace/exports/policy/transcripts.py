"""Conversations meant to make a model fail: one string in a known shape, and turns, the exact form."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.exports.policy.shapes import (
    IDS,
    Line,
    Problem,
    columns,
    flag,
    maybe_empty,
    number,
    text,
    whole,
    within,
)

SPEAKERS = ("\n\nHuman:", "\n\nAssistant:")
COLUMNS = (
    "transcript",
    "rating",
    "task_description",
    "tags",
    "model_type",
    "red_team_member_id",
    "turns",
    "failure",
    "severity",
    "severity_why",
    "hazards",
    "repro",
    "minimal_prompt",
    "why_harmful",
    "safe_answer",
    "resisted",
    "system",
)
TURN = ("id", "parent", "role", "text")
SIDES: Mapping[str, tuple[str, ...]] = {
    "user": ("risk", "tactics"),
    "assistant": ("run", "stopped", "source_model", "outcome", "refusal_quality"),
}
TAGS, MOST = 6, 4


def transcript(line: Line) -> Iterator[Problem]:
    """The string is null where a turn would break it; turns never are."""
    yield from columns(line, (*COLUMNS, *IDS))
    yield from number(line.get("rating"), "rating", most=MOST)
    yield from text(line.get("red_team_member_id"), "red_team_member_id")
    yield from flag(line.get("resisted"), "resisted")
    if not isinstance(line.get("tags"), list) or len(line["tags"]) > TAGS:
        yield "tags", f"Tags are a list of at most {TAGS}."
    if line.get("severity") is not None:
        yield from whole(line["severity"], "severity")
    turns = line.get("turns")
    if not isinstance(turns, list) or not turns:
        yield "turns", "There are no turns."
        return
    for position, turn in enumerate(turns):
        yield from within(f"turns[{position}]", _turn(turn))
    if line.get("transcript") is not None:
        yield from _string(line["transcript"], turns)


def _turn(turn: Any) -> Iterator[Problem]:
    if not isinstance(turn, Mapping) or turn.get("role") not in SIDES:
        yield "role", f"A turn is the {' or the '.join(SIDES)}'s."
        return
    yield from columns(turn, (*TURN, *SIDES[turn["role"]]))
    yield from maybe_empty(turn.get("text"), "text")


def _string(told: Any, turns: list[Any]) -> Iterator[Problem]:
    texts = [str(turn.get("text")) for turn in turns if isinstance(turn, Mapping)]
    if not isinstance(told, str) or not told.startswith(SPEAKERS):
        yield "transcript", "The string does not begin with two line feeds and a speaker."
    elif any(mark in said and said in told for said in texts for mark in SPEAKERS):
        yield "transcript", "A turn names a speaker in its text: the string cannot be read back."
