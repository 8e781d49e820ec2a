"""Three people chose between two responses: agreement, majorities, pairs and the order of models."""

from collections import Counter
from itertools import permutations
from typing import Any

import pytest

from tests.replays.recorded import answer, expected, needs_data, payloads, rows
from workspace.exports.policy import Sheet
from workspace.quality import policy as quality
from workspace.task_types import registry

NAME, TYPE = "pairwise_pandalm_3annotators", "response_ranking"
COLUMNS = {
    "prompt": "instruction+input",
    "responses[0].text": "response1",
    "responses[0].model": "models[0]",
    "responses[1].text": "response2",
    "responses[1].model": "models[1]",
}
ORDERS: dict[int, list[list[str]]] = {1: [["r1"], ["r2"]], 2: [["r2"], ["r1"]], 0: [["r1", "r2"]]}
WHY = "This one answers what was asked, and the other one leaves out what a reader needs to know here. " * 4


@pytest.fixture(scope="module")
def tasks() -> list[tuple[Any, list[Any], list[int]]]:
    """(payload, the three answers, the three votes) of every record."""
    found = []
    for row, payload in zip(rows(NAME), payloads(NAME, TYPE, COLUMNS), strict=True):
        votes = list(row["votes"].values())
        found.append((payload, [answer(TYPE, payload, said(vote)) for vote in votes], votes))
    return found


def said(vote: int) -> dict[str, Any]:
    """The raw answer behind a vote; the reason is made up."""
    groups = ORDERS[vote]
    return {"groups": groups, "strengths": [1] * (len(groups) - 1), "why": WHY, "seen": ["r1", "r2"]}


def majority(votes: list[int]) -> int:
    """What at least two of three said."""
    (vote, count), *_ = Counter(votes).most_common()
    assert count >= 2
    return vote


@needs_data
def test_agreement_and_majorities_are_the_recorded_ones(
    tasks: list[tuple[Any, list[Any], list[int]]],
) -> None:
    known = expected("pandalm")
    assert len(tasks) == known["pairs"]
    groups = [[answer.groups for answer in answers] for _, answers, _ in tasks]
    assert quality.alpha(groups) == pytest.approx(known["alpha_nominal"], abs=0.00005)
    kind = registry.get(TYPE)
    unanimous = [quality.mean_agreement(kind, payload, answers) == 1 for payload, answers, _ in tasks]
    assert sum(unanimous) == known["all_three_agree"]
    counted = Counter(majority(votes) for _, _, votes in tasks)
    assert (counted[1], counted[2], counted[0]) == tuple(known["majority"].values())


@needs_data
def test_pairs_are_the_majorities_and_empty_sides_stay_out(
    tasks: list[tuple[Any, list[Any], list[int]]],
) -> None:
    kind, known, sheet = registry.get(TYPE), expected("pandalm"), Sheet("preference")
    decided = written = blank = 0
    for payload, answers, votes in tasks:
        won = majority(votes)
        pairs = [line for line in kind.aggregate(payload, answers) if line.format == "preference"]
        decided += won != 0
        written += len(pairs)
        blank += won != 0 and any(not response.text.strip() for response in payload.responses)
        assert len(pairs) <= (won != 0)
        for line in pairs:
            better = payload.responses[won - 1]
            assert line.body["chosen"][0]["content"] == better.text
            body = {**line.body, "record_id": "T-1", "group_id": kind.group_id(payload)}
            assert sheet.line(body) == []
    assert decided == known["preference_records"] == 407
    assert written == 358
    assert decided - written >= blank > 0


@needs_data
def test_models_stand_in_the_recorded_order(tasks: list[tuple[Any, list[Any], list[int]]]) -> None:
    wins: Counter[tuple[str, str]] = Counter()
    for payload, _, votes in tasks:
        one, other = (response.model for response in payload.responses)
        won = majority(votes)
        for (winner, loser), side in zip(permutations((one, other)), (1, 2), strict=True):
            wins[winner, loser] += {side: 2, 0: 1}.get(won, 0)  # type: ignore[index]
    found = quality.bradley_terry({pair: count / 2 for pair, count in wins.items()})
    assert found is not None
    assert sorted(found, key=lambda model: -found[model]) == expected("pandalm")["bt_order"]
