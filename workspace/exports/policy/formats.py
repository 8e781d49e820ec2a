"""The lines that trainers read: what is in them, and what makes a trainer fail or learn something wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.exports.policy.shapes import (
    IDS,
    Line,
    Problem,
    columns,
    conversation,
    flag,
    number,
    spoken,
    text,
)


def demonstration(line: Line) -> Iterator[Problem]:
    """Messages that end with the assistant; or a prompt and its completion."""
    if "messages" in line:
        yield from columns(line, ("messages", *IDS))
        yield from conversation(line["messages"], "messages", last="assistant")
        if isinstance(line["messages"], list) and len(line["messages"]) == 1:
            yield "messages", "There is an answer, and nothing it answers."
        return
    yield from columns(line, ("prompt", "completion", *IDS))
    yield from _asked_and_said(line, "completion")


def preference(line: Line) -> Iterator[Problem]:
    """One answer over another, to a prompt that stands by itself or begins both."""
    explicit = "prompt" in line
    yield from columns(
        line,
        ("prompt", "chosen", "rejected", *IDS) if explicit else ("chosen", "rejected", *IDS),
        ("margin",),
    )
    if explicit:
        yield from _asked_and_said(line, "chosen", "rejected")
    else:
        yield from _begun_alike(line)
    if folded(line.get("chosen")) == folded(line.get("rejected")):
        yield "chosen", "Chosen equals rejected."
    if "margin" in line:
        yield from number(line["margin"], "margin")


def unpaired(line: Line) -> Iterator[Problem]:
    """One answer, good or bad."""
    yield from columns(line, ("prompt", "completion", "label", *IDS))
    yield from _asked_and_said(line, "completion")
    yield from flag(line.get("label"), "label")


def stepwise(line: Line) -> Iterator[Problem]:
    """Steps with a label each, no further than the first wrong one."""
    yield from columns(line, ("prompt", "completions", "labels", *IDS))
    yield from text(line.get("prompt"), "prompt")
    steps, labels = line.get("completions"), line.get("labels")
    if not isinstance(steps, list) or not isinstance(labels, list) or not steps:
        yield "completions", "Steps and labels are two lists with something in them."
        return
    if len(steps) != len(labels):
        yield "labels", f"There are {len(steps)} steps and {len(labels)} labels."
    for position, step in enumerate(steps):
        yield from text(step, f"completions[{position}]")
    for position, label in enumerate(labels):
        yield from flag(label, f"labels[{position}]")
    if False in labels[:-1]:
        yield "labels", "Steps after the first wrong one have no label of a person."


def _asked_and_said(line: Line, *sides: str) -> Iterator[Problem]:
    """A prompt and what follows it, both as messages or both as text."""
    asked = line.get("prompt")
    if isinstance(asked, str):
        yield from text(asked, "prompt")
        for side in sides:
            said = line.get(side)
            if isinstance(said, list):
                yield side, "The prompt is text, so this has to be text as well."
                continue
            yield from text(said, side)
            if isinstance(said, str) and said.strip() and not (asked[-1:].isspace() or said[:1].isspace()):
                yield (
                    side,
                    "Trainers join the two with nothing between: one side has to bring the white space.",
                )
        return
    yield from conversation(asked, "prompt", last="user")
    for side in sides:
        yield from spoken(line.get(side), side)


def _begun_alike(line: Line) -> Iterator[Problem]:
    found = []
    for side in ("chosen", "rejected"):
        found += list(conversation(line.get(side), side, last="assistant"))
    yield from found
    if not found and line["chosen"][:-1] != line["rejected"][:-1]:
        yield "rejected", "The two sides answer different prompts."


def folded(value: Any) -> Any:
    """What a person would call the same: without the difference of case and white space."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    if isinstance(value, list):
        return [folded(inner) for inner in value]
    return {name: folded(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value
