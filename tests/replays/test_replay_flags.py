"""Three people marked what is not so in one-sentence summaries, and said whether they are factual."""

from itertools import combinations
from typing import Any

import pytest

from tests.replays.recorded import answer, expected, needs_data, payloads, rows
from workspace.exports.policy import Sheet
from workspace.quality import policy as quality
from workspace.task_types import registry
from workspace.task_types.hallucination_flagging import anchors

NAME, TYPE = "hallucination_xsum_3workers", "hallucination_flagging"
COLUMNS = {"prompt": ":Summarise the article in one sentence.", "response.text": "summary"}
TYPES = {"extrinsic": "not_in_source", "intrinsic": "contradicts_source"}


def said(payload: Any, spans: list[dict[str, Any]]) -> dict[str, Any]:
    """The raw answer behind what one person marked, at the offsets as they were recorded."""
    places: dict[tuple[int, int], str] = {}
    for span in spans:
        if span["type"] in TYPES:
            place = max(span["start"], 0), min(span["end"], len(payload.text))
            places.setdefault(place, TYPES[span["type"]])
    return {
        "none_found": not places,
        "spans": [
            {
                "start": start, "end": end, "text": payload.text[start:end], "type": kind, "severity": "minor",
                "correction": None, "cannot_verify": True, "evidence": ["The article does not say so."],
            }
            for (start, end), kind in places.items()
        ],
        "sentences_checked": list(range(len(payload.sentences))),
        "verdict": "minor_issues" if places else "reliable",
    }  # fmt: skip


@pytest.fixture(scope="module")
def tasks() -> list[tuple[dict[str, Any], Any, list[Any]]]:
    """(record, payload, the answers of its three people)."""
    found = []
    for row, payload in zip(rows(NAME), payloads(NAME, TYPE, COLUMNS), strict=True):
        people = sorted({span["worker"] for span in row["spans"]})
        marked = [[span for span in row["spans"] if span["worker"] == person] for person in people]
        found.append((row, payload, [answer(TYPE, payload, said(payload, spans)) for spans in marked]))
    return found


@needs_data
def test_agreement_is_the_recorded_one(tasks: list[tuple[dict[str, Any], Any, list[Any]]]) -> None:
    known, kind = expected("xsum"), registry.get(TYPE)
    assert len(tasks) == known["items"]
    factual = [list(row["factual_votes"].values()) for row, _, _ in tasks]
    assert quality.alpha(factual) == pytest.approx(known["alpha_factual"], abs=0.00005)
    anything = [[not one.none_found for one in answers] for _, _, answers in tasks]
    assert quality.alpha(anything) == pytest.approx(known["alpha_any_hallucination"], abs=0.00005)
    pairs = [
        kind.agreement(payload, one, other)
        for _, payload, answers in tasks
        for one, other in combinations(answers, 2)
    ]
    assert sum(pairs) / len(pairs) == pytest.approx(known["span_char_f1"], abs=0.00005)


@needs_data
def test_almost_every_span_is_found_again_by_its_words(
    tasks: list[tuple[dict[str, Any], Any, list[Any]]],
) -> None:
    """Offsets in the file count from 0, from 1 or with their end: an import of spans sorts that out."""
    marked = [(payload, span) for row, payload, _ in tasks for span in row["spans"] if span["type"] in TYPES]
    found = [
        anchors.moved(payload.text, span["span"], span["start"], span["end"]) for payload, span in marked
    ]
    assert (len(found), found.count(None)) == (1002, 4)


@needs_data
def test_what_most_people_marked_is_fit_for_trainers(
    tasks: list[tuple[dict[str, Any], Any, list[Any]]],
) -> None:
    kind = registry.get(TYPE)
    sheets = {name: Sheet(name) for name in ("spans", "unpaired")}
    for _, payload, answers in tasks:
        for line in kind.aggregate(payload, answers):
            body = {**line.body, "record_id": "T-1", "group_id": kind.group_id(payload)}
            assert sheets[line.format].line(body) == []
    assert sheets["unpaired"].count == len(tasks), "three people cannot be split in halves"
    assert sheets["unpaired"].closed() == []
