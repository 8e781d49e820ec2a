"""Exported lines: strict pairs, the whole ranked group, rewrites."""

from collections.abc import Iterator, Sequence

from workspace.task_types.base.lines import demonstration, distinct, messages, preference
from workspace.task_types.base.results import Line
from workspace.task_types.response_ranking.answer import Answer, Groups
from workspace.task_types.response_ranking.payload import Payload
from workspace.task_types.response_ranking.votes import poll, strict_pairs

FEWEST = 2


def export(payload: Payload, answer: Answer) -> Iterator[Line]:
    """One opinion: every strict pair, the ranked group, the rewrite."""
    yield from _pairs(payload, strict_pairs(answer))
    if not answer.none_good:
        yield from _ranking(payload, answer.groups, 1)
    yield from demonstration(payload.prompt, answer.rewrite or "")


def aggregate(payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None) -> Iterator[Line]:
    """Several opinions: pairs a strict majority agrees on, one ranked group, every different rewrite.

    When a majority found none good enough there is no pair and no group.
    """
    together = poll(payload, answers, weights)
    counted = sum(not answer.none_good for answer in answers)
    if counted and not together.none_good():
        yield from _pairs(payload, together.majorities())
        yield from _ranking(payload, together.ranking(), counted)
    rewrites = [line for answer in answers for line in demonstration(payload.prompt, answer.rewrite or "")]
    yield from distinct(rewrites)


def _pairs(payload: Payload, pairs: Iterator[tuple[str, str, float]]) -> Iterator[Line]:
    text = {response.id: response.text for response in payload.responses}
    for better, worse, margin in pairs:
        yield from preference(payload.prompt, text[better], text[worse], margin)


def _ranking(payload: Payload, groups: Groups, opinions: int) -> Iterator[Line]:
    """Responses with text, best first; rank 1 is the best, tied ones share a rank."""
    known = {response.id: response for response in payload.responses}
    rows = [
        {"id": name, "text": known[name].text, "model": known[name].model or "", "rank": rank}
        for rank, group in enumerate(groups, 1)
        for name in group
        if known[name].text.strip()
    ]
    if len(rows) >= FEWEST:
        yield Line("ranking", {"prompt": messages(payload.prompt), "responses": rows, "opinions": opinions})
