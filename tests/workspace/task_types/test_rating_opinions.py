"""How far ratings agree, what they say together, and how they are marked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.ratings import answer, answers, checked, payload
from tests.properties import calm
from workspace.task_types.base import Invalid
from workspace.task_types.rating import TYPE
from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.opinions import OVERALL, counted, pool

Said = tuple[int | None, int | None, int]


def rated(said: Said) -> Answer:
    tone, fact, overall = said
    return answer(payload(), tone, fact, overall=overall)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((4, 4, 4), (4, 4, 4), 1.0),
        ((1, 1, 1), (5, 5, 5), 0.0),
        ((4, 3, 4), (3, 3, 4), (0.75 + 1 + 1) / 3),
        ((5, 1, 3), (1, 1, 3), (0 + 1 + 1) / 3),
        ((4, None, 4), (4, 2, 4), (1 + 0.5 + 1) / 3),
        ((None, 2, 4), (4, None, 2), (0.5 + 0.5 + 0.5) / 3),
        ((4, None, 4), (4, None, 4), 1.0),
        ((None, None, 1), (None, None, 5), 0.0),
    ],
)
def test_agreement_is_the_mean_closeness(one: Said, other: Said, expected: float) -> None:
    assert TYPE.agreement(payload(), rated(one), rated(other)) == pytest.approx(expected)


def test_two_ways_of_giving_no_value_are_left_out() -> None:
    task = payload(allow_not_applicable=True)
    one = answer(task, None, 3, overall=3)
    other = answer(task, None, 3, overall=3, cannot_assess=[], not_applicable=["tone"])
    assert TYPE.agreement(task, one, other) == 1.0
    assert TYPE.agreement(task, Answer(), Answer()) == 1.0


@calm
@given(one=answers(), other=answers())
def test_agreement_is_symmetric_and_between_0_and_1(one: Answer, other: Answer) -> None:
    task = payload()
    found = TYPE.agreement(task, one, other)
    assert 0 <= found <= 1
    assert found == TYPE.agreement(task, other, one)
    assert TYPE.agreement(task, one, one) == 1


def together(*said: Said, weights: list[float] | None = None) -> tuple[Any, Any, Any]:
    """Tone, fact and overall of several opinions."""
    found = pool(counted([rated(each) for each in said], weights))
    return found.value("tone"), found.value("fact"), found.value(OVERALL)


def test_one_or_two_opinions_give_the_median() -> None:
    assert together((4, 2, 3)) == (4.0, 2.0, 3.0)
    assert together((4, 2, 3), (1, None, 4)) == (2.5, 2.0, 3.5)
    assert together((None, 2, 3)) == (None, 2.0, 3.0)
    assert together() == (None, None, None)


def test_three_opinions_give_the_mean_when_all_rated_everything() -> None:
    assert together((4, 2, 3), (1, 2, 4), (3, 5, 3)) == pytest.approx((8 / 3, 3.0, 10 / 3), abs=1e-4)


def test_leniency_is_taken_off_where_somebody_could_not_assess() -> None:
    """The first is 2 above the others on fact and overall, n = 2: the offset is 2 x 2 / 7."""
    tone, fact, _ = together((5, 5, 5), (None, 3, 3), (None, 3, 3))
    assert tone == pytest.approx(5 - 4 / 7, abs=1e-4)
    assert fact == pytest.approx((5 - 4 / 7 + 2 * (3 + 1 * 2 / 7)) / 3, abs=1e-4)


def test_weights_count_and_none_counts_nothing() -> None:
    three = ((1, 1, 1), (1, 1, 1), (5, 5, 5))
    heavy = together(*three, weights=[1, 1, 10])
    assert heavy[0] > together(*three)[0]
    assert together(*three, weights=[1, 1, 0]) == (1.0, 1.0, 1.0)
    assert together(*three, weights=[0, -1, 0]) == (None, None, None)


@calm
@given(opinions=st.lists(answers(), min_size=1, max_size=5), data=st.data())
def test_the_order_of_opinions_does_not_matter(opinions: list[Answer], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(opinions))
    for name in ("tone", "fact", OVERALL):
        one = pool(counted(opinions, None)).value(name)
        other = pool(counted(mixed, None)).value(name)
        assert one == pytest.approx(other, abs=1e-3)
        assert one is None or 1 <= one <= 5


@calm
@given(one=answers(), count=st.integers(1, 5))
def test_the_same_opinion_again_changes_nothing(one: Answer, count: int) -> None:
    assert pool(counted([one] * count, None)).value(OVERALL) == one.overall


def gold(raw: Any) -> Any:
    return TYPE.read_gold(payload(), raw)


def test_known_answers_are_values_or_lists_of_them() -> None:
    assert gold({"scores": {"tone": 4}}) == {"scores": {"tone": [4]}}
    assert gold({"scores": {"tone": [2, 1, 2], "fact": 5}, "overall": [3]}) == {
        "scores": {"tone": [1, 2], "fact": [5]},
        "overall": [3],
    }
    task = payload()
    kept = gold(TYPE.store_answer(answer(task, 2, None, overall=3)))
    assert kept == {"scores": {"tone": [2]}, "overall": [3]}
    assert TYPE.read_gold(task, kept) == kept


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({}, "scores"),
        ({"scores": {"charm": 4}}, "scores"),
        ({"scores": 4}, "scores"),
        ({"scores": {"tone": 6}}, "scores.tone"),
        ({"scores": {"tone": []}}, "scores.tone"),
        ({"scores": {"tone": [1, "2"]}}, "scores.tone"),
        ({"overall": "good"}, "overall"),
        (None, "gold"),
    ],
)
def test_a_bad_known_answer_is_told_where(raw: Any, place: str) -> None:
    result = gold(raw)
    assert isinstance(result, Invalid)
    assert place in result.errors
    assert TYPE.score_against_gold(payload(), raw, checked(payload()).answer) is None


@pytest.mark.parametrize(
    ("said", "known", "expected"),
    [
        ((4, 4, 4), {"scores": {"tone": 5, "fact": 3}}, 1.0),
        ((4, 1, 4), {"scores": {"tone": 5, "fact": 3}}, 0.5),
        ((4, 1, 4), {"scores": {"tone": 5, "fact": [2, 5]}}, 1.0),
        ((None, 4, 4), {"scores": {"tone": 3, "fact": 4}}, 0.5),
        ((4, 4, 2), {"scores": {"tone": 4}, "overall": 4}, 0.5),
        ((1, 1, 1), {"overall": 3}, 0.0),
    ],
)
def test_within_one_of_the_known_value_is_right(said: Said, known: Any, expected: float) -> None:
    assert TYPE.score_against_gold(payload(), known, rated(said)) == expected
