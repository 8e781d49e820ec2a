"""What a rating must say, and what it is asked about."""

from fractions import Fraction
from typing import Any

import pytest

from tests.factories.ratings import CRITERIA, answer, checked, errors, payload, raw
from workspace.task_types.base import Checked
from workspace.task_types.rating import TYPE
from workspace.task_types.rating.answer import Answer, mean, needs_why, rounded
from workspace.task_types.rating.payload import Payload


def weighted(*weights: int) -> Payload:
    """Criteria c0, c1, ... with these weights."""
    rows = [{**CRITERIA[0], "id": f"c{n}", "weight": weight} for n, weight in enumerate(weights)]
    return payload(criteria=rows or ["verbosity"])


def test_a_rating_is_kept_as_it_was_given() -> None:
    task = payload(flag_list=["pii", "spam"])
    said = answer(task, 2, None, overall=2, marks=["spam", "pii"], why=" Why\nnot. ")
    assert TYPE.store_answer(said) == {
        "scores": {"tone": 2, "fact": None},
        "cannot_assess": ["fact"],
        "not_applicable": [],
        "justifications": {"fact": "The fact is beyond me."},
        "marks": ["pii", "spam"],
        "overall": 2,
        "why": " Why\nnot. ",
    }


def test_every_criterion_wants_a_value_or_a_reason() -> None:
    task = payload()
    assert errors(task, {"overall": 3}) == {
        "scores.tone": "Rate “Tone”, or say that you cannot assess it.",
        "scores.fact": "Rate “Facts”, or say that you cannot assess it.",
    }
    assert errors(task, raw(3, None, justifications={"fact": " \n"})) == {
        "justifications.fact": "Say why you cannot assess “Facts”."
    }


def test_a_criterion_that_is_not_mandatory_may_be_left_out() -> None:
    task = payload(criteria=[CRITERIA[0], {**CRITERIA[1], "mandatory": False}])
    assert answer(task, 4, None, cannot_assess=[], justifications={}).scores == {"tone": 4, "fact": None}
    assert "justifications.fact" in errors(task, raw(4, None, justifications={}))


def test_not_applicable_is_the_projects_to_allow() -> None:
    said = raw(4, None, cannot_assess=[], not_applicable=["fact"])
    assert set(errors(payload(), said)) == {"not_applicable", "scores.fact"}
    task = payload(allow_not_applicable=True)
    result = TYPE.read_answer(task, said)
    assert isinstance(result, Checked)
    assert result.answer.not_applicable == ("fact",)
    assert errors(task, {**said, "justifications": {}}) == {
        "justifications.fact": "Say why “Facts” does not apply."
    }


def test_one_thing_is_said_about_each_criterion() -> None:
    twice = "Say one thing about “Tone”: a value, or why there is none."
    task = payload(allow_not_applicable=True)
    reason = {"tone": "It has none."}
    assert errors(task, raw(4, 4, cannot_assess=["tone"], justifications=reason)) == {"scores.tone": twice}
    both = raw(None, 4, not_applicable=["tone"])
    assert errors(task, both) == {"scores.tone": twice}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"scores": {"tone": 6, "fact": 4}}, "scores.tone"),
        ({"scores": {"tone": 0, "fact": 4}}, "scores.tone"),
        ({"scores": {"tone": "4", "fact": 4}}, "scores.tone"),
        ({"scores": {"tone": True, "fact": 4}}, "scores.tone"),
        ({"scores": {"tone": 4, "fact": 4, "charm": 4}}, "scores"),
        ({"scores": [4, 4]}, "scores"),
        ({"cannot_assess": ["charm"]}, "cannot_assess"),
        ({"cannot_assess": "tone"}, "cannot_assess"),
        ({"justifications": {"charm": "None."}}, "justifications"),
        ({"justifications": {"tone": 4}}, "justifications.tone"),
        ({"justifications": {"tone": "\0"}}, "justifications.tone"),
        ({"marks": ["charm"]}, "marks"),
        ({"overall": None}, "overall"),
        ({"overall": 4.0}, "overall"),
        ({"overall": 6}, "overall"),
        ({"why": ["Because"]}, "why"),
        ({"why": "\ud800"}, "why"),
    ],
)
def test_what_is_wrong_is_told_where(change: dict[str, Any], place: str) -> None:
    assert place in errors(payload(), {**raw(), **change})


def test_the_ends_are_explained() -> None:
    for value in (1, 5):
        assert errors(payload(), raw(value, value, overall=value, why=" ")) == {
            "why": f"Say why it is {value} overall."
        }
    assert checked(payload(), 3, 3, overall=3, why="").answer.why == ""


def test_an_overall_value_far_from_the_mean_is_explained() -> None:
    task = payload()
    assert errors(task, raw(2, 2, overall=4, why="")) == {
        "why": "Say why: your values have a mean of 2.0, and you gave 4 overall."
    }
    assert checked(task, 3, 2, overall=4, why="").answer.overall == 4  # (3 + 3 x 2) / 4 is 2.25
    assert "why" in errors(task, raw(1, 2, overall=4, why=""))
    assert checked(task, None, None, overall=4, why="").answer.why == ""


# the same cases as frontend/workspace/rating.test.ts: both sides show the same mean
@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([], None),
        ([(4, 0)], None),
        ([(4, 2)], "4.0"),
        ([(1, 1), (2, 1), (2, 1)], "1.7"),
        ([(2, 3), (3, 1)], "2.3"),
        ([(4, 1), (5, 1), (5, 0)], "4.5"),
        ([(5, 19), (4, 1)], "5.0"),
        ([(1, 2), (5, 3)], "3.4"),
    ],
)
def test_the_mean_weighs_and_rounds_halves_up(pairs: list[tuple[int, int]], text: str | None) -> None:
    task = weighted(*(weight for _, weight in pairs))
    found = mean(task, Answer(scores={f"c{n}": value for n, (value, _) in enumerate(pairs)}))
    assert (found is None and text is None) or (found is not None and rounded(found) == text)


def test_two_away_is_exact() -> None:
    task = weighted(19, 1)
    close = Answer(scores={"c0": 2, "c1": 3}, overall=4)
    assert mean(task, close) == Fraction(41, 20)
    assert not needs_why(task, close)
    assert needs_why(task, Answer(scores={"c0": 2, "c1": 2}, overall=4))
    assert not needs_why(task, Answer(scores={"c0": 2}))


def test_one_value_everywhere_is_a_habit() -> None:
    task = payload()
    assert checked(task, 4, 4, overall=4).habits == ("all_same",)
    assert checked(task, 4, 4, overall=3).habits == ()
    assert checked(task, 4, 3, overall=4).habits == ()
    assert checked(task, 4, None, overall=4).habits == ()
    assert "all_same" in TYPE.warnings


def test_what_looks_copied_or_private_is_asked_about() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    task = payload(response=text)
    assert checked(task, why=f"{text} end").warnings == ("like_other_text",)
    said = {"fact": "Ask jo@example.org, who wrote it."}
    assert checked(task, 4, None, justifications=said).warnings == ("pii_added",)
