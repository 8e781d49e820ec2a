"""The plain form, and what the screen shows of a draft."""

import json

from hypothesis import given

from tests.factories.rankings import WHY, answer, orders, payload
from tests.properties import calm
from workspace.task_types.base import Checked
from workspace.task_types.response_ranking import TYPE


def test_the_plain_form_gives_the_same_answer() -> None:
    task = payload(dimensions=["accuracy", "tone"])
    form = {
        "rank-r1": ["2"],
        "rank-r2": ["1"],
        "rank-r3": ["3"],
        "gap-1": ["2"],
        "gap-2": ["0"],
        "dimension": ["accuracy", "tone"],
        "dim-0-r1": ["1"],
        "dim-0-r2": ["2"],
        "dim-0-r3": ["2"],
        "dim-1-r1": ["1"],
        "dim-1-r2": ["1"],
        "dim-1-r3": ["1"],
        "why": [WHY.replace(" gives", "\r\ngives")],
        "reason": ["safer", "clearer"],
        "seen": ["r1", "r2", "r3"],
        "none_good_reason": [""],
    }
    result = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(result, Checked), result
    assert result.answer.groups == (("r2",), ("r1", "r3"))
    assert result.answer.strengths == (2,)
    assert result.answer.dimensions == {"accuracy": (("r1",), ("r2", "r3")), "tone": (("r1", "r2", "r3"),)}
    assert result.answer.reasons == ("safer", "clearer")
    assert "\r" not in result.answer.why


def test_equal_places_tie_and_a_gap_left_alone_is_better() -> None:
    found = TYPE.from_form({"rank-r1": ["1"], "rank-r2": ["1"], "rank-r3": ["4"], "rank-r4": [""]})
    assert found["groups"] == [["r1", "r2"], ["r3"]]
    assert found["strengths"] == [1]
    assert TYPE.from_form({"rank-r1": ["1"], "rank-r2": ["2"], "gap-1": ["9"]})["strengths"] == [0]
    assert TYPE.from_form({"none_good": ["1"], "none_good_reason": ["Bad."]})["none_good_reason"] == "Bad."


def test_a_draft_shows_whatever_is_usable() -> None:
    task = payload(4)
    shown = TYPE.screen(
        task, {"groups": [["r3"], ["r1", "nobody"]], "strengths": [2], "why": "Because it is", "seen": 5}
    )
    assert [(row.response.letter, row.response.place, row.gap, row.sign) for row in shown.rows] == [
        ("C", 1, 2, "≫"),
        ("A", 2, None, ""),
        ("B", None, None, ""),
        ("D", None, None, ""),
    ]
    assert shown.why_words == 3
    assert shown.spoken == "C much better than A"
    assert TYPE.screen(task, {}).spoken == "Nothing is placed yet"


def test_a_draft_with_ties_shows_them_as_the_same() -> None:
    task = payload(3, dimensions=["tone"])
    shown = TYPE.screen(
        task, {"groups": [["r2", "r1"], ["r3"]], "dimensions": {"tone": [["r3"], ["r1", "r2"]]}}
    )
    assert [row.gap for row in shown.rows] == [0, 1, None]
    assert shown.spoken == "B the same as A better than C"
    assert shown.scales[0].places == {"r3": 1, "r1": 2, "r2": 2}


@calm
@given(groups=orders(5))
def test_the_screen_fills_the_form_with_the_same_answer(groups: list[list[str]]) -> None:
    task = payload(5)
    said = answer(task, groups, [2] * (len(groups) - 1))
    shown = TYPE.screen(task, TYPE.store_answer(said))
    form = {f"rank-{row.response.id}": [str(row.response.place)] for row in shown.rows}
    form |= {f"gap-{place}": [str(row.gap)] for place, row in enumerate(shown.rows, 1) if row.gap is not None}
    form |= {"why": [WHY], "seen": list(task.ids)}
    result = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(result, Checked)
    assert result.answer == said


def test_stored_answers_are_plain_json() -> None:
    task = payload()
    kept = TYPE.store_answer(answer(task, [["r1"], ["r2", "r3"]]))
    assert json.loads(json.dumps(kept)) == kept
    assert kept["none_good_reason"] is None
