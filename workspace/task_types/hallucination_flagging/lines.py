"""Exported lines: the flagged words with their places, and one yes or no about the whole response."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from workspace.task_types.base.lines import messages, spoken
from workspace.task_types.base.results import Line
from workspace.task_types.hallucination_flagging import anchors
from workspace.task_types.hallucination_flagging.answer import SEVERITIES, VERDICTS, Answer, Span
from workspace.task_types.hallucination_flagging.payload import Payload

Opinions = Sequence[tuple[Answer, float]]
Run = tuple[int, int, str]
DIGITS = 9


def export(payload: Payload, answer: Answer) -> Iterator[Line]:
    """One opinion: its flags as they are, and whether it found none."""
    yield _spans_line(payload, answer.spans, answer.verdict)
    yield from _label_line(payload, clean=answer.none_found)


def aggregate(payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None) -> Iterator[Line]:
    """Several opinions: the characters more than half of the weight flagged, and what more than half found.

    Where opinions are split there is no line: a person decides.
    """
    if len(answers) == 1:
        yield from export(payload, answers[0])
        return
    given = [1.0] * len(answers) if weights is None else [max(weight, 0.0) for weight in weights]
    opinions = list(zip(answers, given, strict=True))
    total = sum(given)
    clean = sum(weight for answer, weight in opinions if answer.none_found)
    runs = list(_majority(payload, opinions, total))
    if 2 * clean == total:
        return
    if runs or 2 * clean > total:
        spans = [_together(payload, run, opinions) for run in runs]
        yield _spans_line(
            payload,
            spans,
            _heaviest([(answer.verdict, weight) for answer, weight in opinions], list(VERDICTS)),
        )
    yield from _label_line(payload, clean=2 * clean > total)


def _spans_line(payload: Payload, spans: Sequence[Span], verdict: str) -> Line:
    response = payload.response
    body = {
        "prompt": messages(payload.prompt),
        "response": {"id": response.id, "text": response.text, "model": response.model or ""},
        "context": [{"title": source.title, "text": source.text} for source in payload.context],
        "spans": [_span(span) for span in sorted(spans, key=lambda span: (span.start, span.end))],
        "verdict": verdict,
    }
    return Line("spans", body)


def _span(span: Span) -> dict[str, Any]:
    """Every field in every span; a correction nobody could give is empty."""
    return {
        "field": span.field,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "prefix": span.prefix,
        "suffix": span.suffix,
        "type": span.type,
        "severity": span.severity,
        "correction": span.correction or "",
        "cannot_verify": span.cannot_verify,
        "evidence": list(span.evidence),
    }


def _label_line(payload: Payload, *, clean: bool) -> Iterator[Line]:
    if payload.text.strip():
        body = {"prompt": messages(payload.prompt), "completion": spoken(payload.text), "label": clean}
        yield Line("unpaired", body)


def _majority(payload: Payload, opinions: Opinions, total: float) -> Iterator[Run]:
    """(start, end, type) where more than half of the weight flagged; neighbours of one type are one."""
    cuts = sorted({cut for answer, _ in opinions for span in answer.spans for cut in (span.start, span.end)})
    runs: list[Run] = []
    for start, end in pairwise(cuts):
        covering = [(answer, weight) for answer, weight in opinions if _over(answer, start, end)]
        if 2 * sum(weight for _, weight in covering) <= total:
            continue
        chosen = [
            (name, weight)
            for answer, weight in covering
            for name in {span.type for span in _over(answer, start, end)}
        ]
        name = _heaviest(chosen, list(reversed(payload.labels)))
        if runs and runs[-1][1] == start and runs[-1][2] == name:
            runs[-1] = (runs[-1][0], end, name)
        else:
            runs.append((start, end, name))
    return (run for run in runs if payload.text[run[0] : run[1]].strip())


def _over(answer: Answer, start: int, end: int) -> list[Span]:
    return [span for span in answer.spans if span.start < end and start < span.end]


def _together(payload: Payload, run: Run, opinions: Opinions) -> Span:
    """One span of several people: severity by weight, the correction of whoever covers it best."""
    start, end, name = run
    behind = [
        (span, weight)
        for answer, weight in opinions
        for span in _over(answer, start, end)
        if span.type == name
    ]
    best = sorted(behind, key=lambda row: (-row[1], -_shared(row[0], start, end)))
    correction = next((span.correction for span, _ in best if (span.correction or "").strip()), None)
    prefix, suffix = anchors.around(payload.text, start, end)
    return Span(
        start=start,
        end=end,
        text=payload.text[start:end],
        prefix=prefix,
        suffix=suffix,
        type=name,
        severity=_heaviest([(span.severity, weight) for span, weight in behind], list(SEVERITIES)),
        correction=correction,
        cannot_verify=correction is None,
        evidence=tuple(dict.fromkeys(line for span, _ in best for line in span.evidence)),
    )


def _shared(span: Span, start: int, end: int) -> int:
    return min(span.end, end) - max(span.start, start)


def _heaviest(votes: Iterable[tuple[str, float]], order: Sequence[str]) -> str:
    """What most of the weight chose; of equals the last in `order`."""
    found = dict.fromkeys(order, 0.0)
    for name, weight in votes:
        found[name] = found.get(name, 0.0) + weight
    return max(order, key=lambda name: (round(found[name], DIGITS), order.index(name)))
