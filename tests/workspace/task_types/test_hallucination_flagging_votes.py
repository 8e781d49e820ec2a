"""Agreement, known answers, and several opinions together."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.flags import TEXT, answer, checked, flagged, of, payload, span, texts
from tests.properties import calm
from workspace.task_types.base import Invalid
from workspace.task_types.hallucination_flagging import TYPE, cover

YEAR, BEDS = (21, 25), (34, 36)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([], [], 1),
        ([YEAR], [], 0),
        ([YEAR], [YEAR], 1),
        ([YEAR], [BEDS], 0),
        ([YEAR], [(11, 25)], 2 * 4 / 18),
        ([YEAR, BEDS], [YEAR], 2 * 4 / 10),
        ([(0, 10), (5, 15)], [(0, 15)], 1),
        ([(0, 10)], [(0, 4), (6, 10)], 2 * 8 / 18),
    ],
)
def test_agreement_is_f1_over_characters(one: Any, other: Any, expected: float) -> None:
    task = payload()
    assert TYPE.agreement(task, answer(task, *one), answer(task, *other)) == pytest.approx(expected)


@calm
@given(data=st.data())
def test_agreement_is_that_of_two_sets_of_characters(data: st.DataObject) -> None:
    text = data.draw(texts)
    task = payload(text)
    one, other = data.draw(flagged(text)), data.draw(flagged(text))
    left, right = ({at for start, end in places for at in range(start, end)} for places in (one, other))
    expected = 2 * len(left & right) / (len(left) + len(right)) if left or right else 1
    found = TYPE.agreement(task, answer(task, *one), answer(task, *other))
    assert found == pytest.approx(expected)
    assert found == TYPE.agreement(task, answer(task, *other), answer(task, *one))
    assert TYPE.agreement(task, answer(task, *one), answer(task, *one)) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((0, 4), (0, 4), True),
        ((0, 4), (2, 4), True),
        ((0, 4), (3, 4), False),
        ((0, 4), (2, 6), True),
        ((0, 4), (0, 9), False),
        ((0, 4), (4, 8), False),
        ((0, 0), (0, 0), False),
    ],
)
def test_half_of_the_longer_one_is_the_same_place(one: Any, other: Any, same: bool) -> None:
    assert cover.same_place(one, other) is cover.same_place(other, one) is same


def test_each_planted_place_wants_a_flag_of_its_own() -> None:
    assert cover.matches([(0, 4), (2, 6)], [(1, 5)]) == 1
    assert cover.matches([(0, 4), (2, 6)], [(1, 5), (0, 3)]) == 2
    assert cover.matches([(0, 4), (2, 6)], [(0, 3), (1, 5)]) == 2
    assert cover.matches([], [(0, 3)]) == 0


@pytest.mark.parametrize(
    ("given_places", "expected"),
    [
        ([YEAR], 1),
        ([(18, 25)], 1),
        ([(11, 25)], 0),
        ([YEAR, BEDS], 2 / 3),
        ([BEDS], 0),
        ([(0, 42)], 0),
        ([], 0),
    ],
)
def test_a_planted_place_is_found(given_places: Any, expected: float) -> None:
    task = payload()
    gold = TYPE.read_gold(task, {"spans": ["1998"]})
    assert not isinstance(gold, Invalid)
    assert TYPE.score_against_gold(task, gold, answer(task, *given_places)) == pytest.approx(expected)


def test_a_clean_text_wants_nothing_flagged() -> None:
    task = payload()
    assert TYPE.score_against_gold(task, {"none_found": True}, answer(task)) == 1
    assert TYPE.score_against_gold(task, {"none_found": True}, answer(task, YEAR)) == 0


@pytest.mark.parametrize(
    ("gold", "place"),
    [
        ({}, "spans"),
        ({"spans": []}, "spans"),
        ({"spans": 4}, "spans"),
        ({"none_found": True, "spans": ["1998"]}, "none_found"),
        ({"spans": [7]}, "spans[0]"),
        ({"spans": [{"text": " "}]}, "spans[0].text"),
        ({"spans": [{"text": "1997", "start": 21, "end": 25}]}, "spans[0].text"),
    ],
)
def test_bad_gold_is_told_where(gold: dict[str, Any], place: str) -> None:
    task = payload()
    read = TYPE.read_gold(task, gold)
    assert isinstance(read, Invalid)
    assert next(iter(read.errors)) == place
    assert TYPE.score_against_gold(task, gold, answer(task)) is None


def places(lines: Any) -> list[tuple[str, str]]:
    """(words, type) of the spans of the one `spans` line."""
    (line,) = of(lines, "spans")
    return [(one["text"], one["type"]) for one in line["spans"]]


def test_characters_that_most_flagged_are_kept() -> None:
    task = payload()
    opinions = [answer(task, YEAR), answer(task, (11, 25)), answer(task, BEDS)]
    lines = list(TYPE.aggregate(task, opinions))
    assert places(lines) == [("1998", "wrong_fact")]
    assert of(lines, "unpaired")[0]["label"] is False
    assert all(line.source is None for line in lines)


def test_more_than_half_is_needed_and_weights_count() -> None:
    task = payload()
    one, none = answer(task, YEAR), answer(task)
    assert list(TYPE.aggregate(task, [one, none])) == []
    assert of(TYPE.aggregate(task, [one, none, none]), "spans")[0]["spans"] == []
    assert of(TYPE.aggregate(task, [one, none, none]), "unpaired")[0]["label"] is True
    assert places(TYPE.aggregate(task, [one, none, none], [3.0, 1.0, 1.0])) == [("1998", "wrong_fact")]
    assert list(TYPE.aggregate(task, [one, none], [-1.0, 0.0])) == []


def test_problems_at_different_places_give_a_label_and_no_spans() -> None:
    task = payload()
    lines = list(TYPE.aggregate(task, [answer(task, YEAR), answer(task, BEDS), answer(task, (4, 10))]))
    assert [(line.format, line.body.get("label")) for line in lines] == [("unpaired", False)]


def test_a_span_of_several_people_takes_what_most_said() -> None:
    task = payload()
    number = {"type": "wrong_number", "severity": "major", "correction": "1989"}
    opinions = [
        checked(task, span(*YEAR, evidence=["Note"], **number)).answer,
        checked(task, span(*YEAR, evidence=["Note", "Sign"], **number), verdict="unreliable").answer,
        checked(task, span(*YEAR, correction="1990")).answer,
    ]
    (line,) = of(TYPE.aggregate(task, opinions), "spans")
    (one,) = line["spans"]
    assert (one["type"], one["severity"], one["correction"]) == ("wrong_number", "major", "1989")
    assert (one["cannot_verify"], one["evidence"]) == (False, ["Note", "Sign"])
    assert (one["start"], one["end"], one["prefix"]) == (21, 25, TEXT[:21])
    assert line["verdict"] == "minor_issues"


def test_of_equal_votes_the_more_careful_one_counts() -> None:
    task = payload()
    major = {"severity": "major", "evidence": ["Note"]}
    opinions = [
        checked(task, span(*YEAR)).answer,
        checked(task, span(*YEAR, **major), verdict="unreliable").answer,
    ]
    (line,) = of(TYPE.aggregate(task, opinions), "spans")
    assert line["verdict"] == "unreliable"
    assert line["spans"][0]["severity"] == "major"


def test_a_run_is_cut_where_its_type_changes() -> None:
    task = payload()
    two = [span(11, 20, type="not_in_source"), span(21, 25, type="wrong_number")]
    joined = [span(11, 25, type="not_in_source"), span(21, 25, type="wrong_number")]
    opinions = [checked(task, *two).answer, checked(task, *two).answer, checked(task, *joined).answer]
    assert places(TYPE.aggregate(task, opinions)) == [
        ("opened in", "not_in_source"),
        ("1998", "wrong_number"),
    ]


@calm
@given(data=st.data())
def test_aggregated_spans_are_what_more_than_half_flagged(data: st.DataObject) -> None:
    text = data.draw(texts)
    task = payload(text)
    given_places = [data.draw(flagged(text)) for _ in range(data.draw(st.integers(2, 5)))]
    lines = list(TYPE.aggregate(task, [answer(task, *one) for one in given_places]))
    for body in of(lines, "spans"):
        kept = {at for one in body["spans"] for at in range(one["start"], one["end"])}
        votes = [sum(any(a <= at < b for a, b in one) for one in given_places) for at in range(len(text))]
        assert {at for at in kept if 2 * votes[at] <= len(given_places)} == set()
        lost = {at for at, count in enumerate(votes) if 2 * count > len(given_places)} - kept
        assert "".join(text[at] for at in sorted(lost)).strip() == ""
        assert all(text[one["start"] : one["end"]] == one["text"] for one in body["spans"])
