"""Agreement, gold and several opinions."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.rankings import answer, none_good, of, orders, pairs, payload
from tests.properties import calm
from workspace.task_types.base import Invalid, Line
from workspace.task_types.response_ranking import TYPE
from workspace.task_types.response_ranking.answer import Answer


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([["r1"], ["r2"], ["r3"]], [["r3"], ["r2"], ["r1"]], 0),
        ([["r1"], ["r2"], ["r3"]], [["r1"], ["r3"], ["r2"]], 2 / 3),
        ([["r1"], ["r2"], ["r3"]], [["r1", "r2"], ["r3"]], 5 / 6),
        ([["r1", "r2", "r3"]], [["r1", "r2", "r3"]], 1),
        ([["r1", "r2", "r3"]], [["r1"], ["r2"], ["r3"]], 0.5),
    ],
)
def test_agreement_is_the_share_of_pairs(one: Any, other: Any, expected: float) -> None:
    task = payload()
    assert TYPE.agreement(task, answer(task, one), answer(task, other)) == pytest.approx(expected)


def test_none_good_agrees_only_with_itself() -> None:
    task = payload()
    ordered = answer(task, [["r1"], ["r2"], ["r3"]])
    assert TYPE.agreement(task, none_good(task), none_good(task)) == 1
    assert TYPE.agreement(task, none_good(task), ordered) == 0
    assert TYPE.agreement(task, ordered, none_good(task)) == 0


@calm
@given(data=st.data())
def test_agreement_is_symmetric_and_between_0_and_1(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 8))
    task = payload(count)
    one, other = answer(task, data.draw(orders(count))), answer(task, data.draw(orders(count)))
    found = TYPE.agreement(task, one, other)
    assert 0 <= found <= 1
    assert found == TYPE.agreement(task, other, one)
    assert TYPE.agreement(task, one, one) == 1


def test_gold_counts_certain_pairs_in_the_right_order() -> None:
    task = payload()
    gold = TYPE.read_gold(task, {"pairs": [["r1", "r2"], ["r1", "r3"]]})
    assert not isinstance(gold, Invalid)
    assert TYPE.score_against_gold(task, gold, answer(task, [["r1"], ["r2"], ["r3"]])) == 1
    assert TYPE.score_against_gold(task, gold, answer(task, [["r2"], ["r1"], ["r3"]])) == 0.5
    assert TYPE.score_against_gold(task, gold, answer(task, [["r1", "r2", "r3"]])) == 0
    assert TYPE.score_against_gold(task, gold, none_good(task)) == 0


def test_a_whole_answer_can_be_the_gold() -> None:
    task = payload()
    gold = TYPE.read_gold(task, {"groups": [["r2"], ["r1", "r3"]], "strengths": [1]})
    assert gold == {"pairs": [["r2", "r1"], ["r2", "r3"]]}
    assert isinstance(TYPE.read_gold(task, {"groups": [["r1", "r2", "r3"]]}), Invalid)


@pytest.mark.parametrize(
    ("pair", "place"),
    [
        ({}, "pairs"),
        ({"pairs": [["r1"]]}, "pairs[0]"),
        ({"pairs": [["r1", "r1"]]}, "pairs[0]"),
        ({"pairs": [["r1", "r9"]]}, "pairs[0]"),
        ({"pairs": [7]}, "pairs[0]"),
        ({"pairs": [["r1", "r2"], ["r2", "r1"]]}, "pairs[1]"),
    ],
)
def test_bad_gold_is_told_where(pair: dict[str, Any], place: str) -> None:
    result = TYPE.read_gold(payload(), pair)
    assert isinstance(result, Invalid)
    assert list(result.errors) == [place]
    assert TYPE.score_against_gold(payload(), pair, Answer()) is None


def test_only_a_strict_majority_makes_a_pair() -> None:
    task = payload(2)
    one, two, tie = (answer(task, groups) for groups in ([["r1"], ["r2"]], [["r2"], ["r1"]], [["r1", "r2"]]))
    assert pairs(TYPE.aggregate(task, [one, one, two])) == [("r1", "r2", 1.0)]
    assert pairs(TYPE.aggregate(task, [one, two])) == []
    assert pairs(TYPE.aggregate(task, [one, tie, tie])) == []
    assert pairs(TYPE.aggregate(task, [one, two, tie])) == []
    assert pairs(TYPE.aggregate(task, [one, one, tie, tie])) == []


def test_the_margin_is_the_mean_of_those_who_agree() -> None:
    task = payload(2)
    much, little = answer(task, [["r1"], ["r2"]], [2]), answer(task, [["r1"], ["r2"]], [1])
    against = answer(task, [["r2"], ["r1"]], [2])
    assert pairs(TYPE.aggregate(task, [much, little, against])) == [("r1", "r2", 1.5)]


def test_weights_decide_a_majority() -> None:
    task = payload(2)
    one, other = answer(task, [["r1"], ["r2"]]), answer(task, [["r2"], ["r1"]])
    opinions = [one, other, other]
    assert pairs(TYPE.aggregate(task, opinions, [3.0, 1.0, 1.0])) == [("r1", "r2", 1.0)]
    assert pairs(TYPE.aggregate(task, opinions, [1.0, 1.0, 1.0])) == [("r2", "r1", 1.0)]
    assert pairs(TYPE.aggregate(task, opinions, [1.0, 1.0, -5.0])) == []


def test_opinions_together_make_one_ranked_group() -> None:
    task = payload()
    opinions = [
        answer(task, groups)
        for groups in ([["r1"], ["r2"], ["r3"]], [["r2"], ["r1"], ["r3"]], [["r1"], ["r3"], ["r2"]])
    ]
    lines = list(TYPE.aggregate(task, opinions))
    (group,) = of(lines, "ranking")
    assert [(row["id"], row["rank"]) for row in group["responses"]] == [("r1", 1), ("r2", 2), ("r3", 3)]
    assert group["opinions"] == 3
    assert all(line.source is None for line in lines)


def test_a_majority_for_none_good_leaves_the_task_out() -> None:
    task = payload()
    ordered = answer(task, [["r1"], ["r2"], ["r3"]])
    assert list(TYPE.aggregate(task, [none_good(task), none_good(task), ordered])) == []
    assert list(TYPE.aggregate(task, [none_good(task)])) == []
    lines = list(TYPE.aggregate(task, [none_good(task), ordered, ordered]))
    assert len(of(lines, "preference")) == 3
    assert of(lines, "ranking")[0]["opinions"] == 2


def test_equal_rewrites_are_learned_once() -> None:
    task = payload(2, rewrite="optional")
    said = [answer(task, [["r1"], ["r2"]], rewrite=text) for text in ("Do this.", "Do this.", "Do that.")]
    lines = [line for line in TYPE.aggregate(task, said) if line.format == "demonstration"]
    assert [line.body["messages"][1]["content"] for line in lines] == ["Do this.", "Do that."]
    assert all(isinstance(line, Line) for line in lines)


@calm
@given(data=st.data())
def test_pairs_of_a_majority_never_contradict_each_other(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 5))
    task = payload(count)
    opinions = [answer(task, data.draw(orders(count))) for _ in range(data.draw(st.integers(1, 5)))]
    found = {(better, worse) for better, worse, _ in pairs(TYPE.aggregate(task, opinions))}
    assert not {(worse, better) for better, worse in found} & found
    (group,) = of(TYPE.aggregate(task, opinions), "ranking")
    assert sorted(row["id"] for row in group["responses"]) == sorted(task.ids)
    if len(opinions) == 1:
        assert len(found) == sum(
            not any({one, other} <= set(tied) for tied in opinions[0].groups)
            for one, other in combinations(task.ids, 2)
        )
