"""Lines of formats that are ours: orders, ratings, marked places."""

from collections.abc import Iterator, Mapping
from typing import Any

from workspace.exports.policy.shapes import (
    IDS,
    Line,
    Problem,
    columns,
    conversation,
    maybe_empty,
    number,
    spoken,
    text,
    whole,
    within,
)


def ranking(line: Line) -> Iterator[Problem]:
    """Responses with text, the best first; equal ranks are ties."""
    yield from columns(line, ("prompt", "responses", "opinions", *IDS))
    yield from conversation(line.get("prompt"), "prompt", last="user")
    yield from whole(line.get("opinions"), "opinions", least=1)
    rows = line.get("responses")
    if not isinstance(rows, list) or len(rows) < 2:  # noqa: PLR2004 - an order of one says nothing
        yield "responses", "There are not two responses to compare."
        return
    for position, row in enumerate(rows):
        yield from within(f"responses[{position}]", _ranked(row))
    ranks = [rank for row in rows if isinstance(row, Mapping) and isinstance(rank := row.get("rank"), int)]
    if ranks != sorted(ranks):
        yield "responses", "The best does not come first."


def _ranked(row: Any) -> Iterator[Problem]:
    if not isinstance(row, Mapping):
        yield "", "A response has id, text, model and rank."
        return
    yield from columns(row, ("id", "text", "model", "rank"))
    yield from text(row.get("id"), "id")
    yield from text(row.get("text"), "text")
    yield from maybe_empty(row.get("model"), "model")
    yield from whole(row.get("rank"), "rank", least=1)


def ratings(line: Line) -> Iterator[Problem]:
    """Values from 1 to 5."""
    yield from columns(line, ("prompt", "response", "scores", "overall", "why", *IDS))
    yield from conversation(line.get("prompt"), "prompt", last="user")
    yield from spoken(line.get("response"), "response")
    yield from maybe_empty(line.get("why"), "why")
    yield from number(line.get("overall"), "overall", least=1, most=5)
    scores = line.get("scores")
    if not isinstance(scores, Mapping):
        yield "scores", "Scores are an object."
        return
    for name, value in scores.items():
        yield from number(value, f"scores.{name}", least=1, most=5)


def spans(line: Line) -> Iterator[Problem]:
    """Places that fit the text they are in, in code points, half open."""
    yield from columns(line, ("prompt", "response", "context", "spans", "verdict", *IDS))
    yield from conversation(line.get("prompt"), "prompt", last="user")
    yield from text(line.get("verdict"), "verdict")
    response, found = line.get("response"), line.get("spans")
    if not isinstance(response, Mapping) or not isinstance(response.get("text"), str):
        yield "response", "The response has no text."
        return
    if not isinstance(found, list) or not isinstance(line.get("context"), list):
        yield "spans", "Spans and context are lists."
        return
    for position, span in enumerate(found):
        yield from within(f"spans[{position}]", _span(span, response["text"]))


def _span(span: Any, judged: str) -> Iterator[Problem]:
    if not isinstance(span, Mapping):
        yield "", "A span has start, end, text and type."
        return
    start, end = span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(judged):
        yield "start", "This place is not in the response."
    elif judged[start:end] != span.get("text"):
        yield "text", "The text is not what stands at this place."
    for name in ("type", "severity"):
        yield from text(span.get(name), name)
