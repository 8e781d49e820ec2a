"""The plain form, and what the screen shows of a draft."""

import json
from typing import Any

from hypothesis import given as examples
from hypothesis import strategies as st

from tests.factories.steps import CORRECTION, CRITIQUE, answer, asked, given, labels, marks, said, written
from tests.properties import calm
from workspace.task_types.base import Checked
from workspace.task_types.chain_of_thought import TYPE
from workspace.task_types.chain_of_thought.answer import Verified, Written


def judging(**more: Any) -> dict[str, list[str]]:
    """A form that labels three steps."""
    return {
        "mode": ["verify"],
        "step": ["1", "2", "3"],
        "mark-1": ["1"],
        "mark-2": ["unsure"],
        "mark-3": ["-1"],
        "critique-3": ["Two lines\r\nof what is wrong."],
        "correction-3": [CORRECTION],
        "critique-1": [""],
        "final_answer": [""],
        "finish": ["found_error"],
        "progress": ["0"],
        **more,
    }


def test_the_plain_form_gives_the_same_labels() -> None:
    result = TYPE.read_answer(given(3), TYPE.from_form(judging()))
    assert isinstance(result, Checked), result
    found = result.answer
    assert isinstance(found, Verified)
    assert [(label.rating, label.unsure) for label in found.steps] == [(1, False), (None, True), (-1, False)]
    assert found.steps[2].critique == "Two lines\nof what is wrong."
    assert (found.first_error, found.final_answer, found.progress) == (3, None, 0)


def test_what_no_browser_sends_is_left_for_the_reader() -> None:
    form = TYPE.from_form(judging(**{"step": ["1", "x"], "progress": ["many"], "mark-1": ["7"]}))
    assert form["progress"] == "many"
    assert form["steps"][1]["id"] == "x"
    assert form["steps"][0]["rating"] is None
    assert TYPE.from_form({})["mode"] is None


def test_rows_that_say_nothing_are_no_steps_and_parents_follow() -> None:
    form = {
        "mode": ["write"],
        "step_text": ["", "Three boxes.", " ", "Four each,\r\nin every one."],
        "step_formula": ["", "", "", " 3 * 4 = 12 "],
        "step_source": [],
        "step_parent": ["", "1", "2", "2"],
        "final_answer": ["12"],
        "finish": ["solution"],
    }
    result = TYPE.read_answer(asked(), TYPE.from_form(form))
    assert isinstance(result, Checked), result
    assert isinstance(result.answer, Written)
    assert [(step.id, step.parent, step.text, step.formula) for step in result.answer.steps] == [
        (1, None, "Three boxes.", None),
        (2, 1, "Four each,\nin every one.", "3 * 4 = 12"),
    ]


@calm
@examples(data=st.data())
def test_the_screen_fills_the_form_with_the_same_labels(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    task = given(count)
    found = said(data.draw(marks(count)))
    shown = TYPE.screen(task, TYPE.store_answer(found))
    form = {"mode": ["verify"], "step": [str(step.number) for step in shown.judged]}
    for step in shown.judged:
        form |= {f"mark-{step.number}": [step.mark], f"critique-{step.number}": [step.critique]}
        form[f"correction-{step.number}"] = [step.correction]
    form["finish"] = [found.finish or ""]
    result = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(result, Checked)
    assert result.answer == found


@calm
@examples(parents=st.lists(st.integers(0, 8), min_size=2, max_size=8))
def test_the_screen_fills_the_form_with_the_same_steps(parents: list[int]) -> None:
    raw = written(*(f"Step {n}." for n in range(len(parents))))
    for index, parent in enumerate(parents):
        raw["steps"][index]["parent"] = min(parent, index) or None
    found = answer(asked(), raw)
    rows = TYPE.screen(asked(), TYPE.store_answer(found)).rows
    form = {
        "mode": ["write"],
        "step_text": [row.step.text for row in rows],
        "step_parent": [str(row.step.parent or "") for row in rows],
        "final_answer": ["12"],
        "finish": ["solution"],
    }
    result = TYPE.read_answer(asked(), TYPE.from_form(form))
    assert isinstance(result, Checked)
    assert result.answer == found
    assert all(row.depth <= 3 for row in rows)


def test_a_draft_shows_whatever_is_usable() -> None:
    shown = TYPE.screen(
        given(3), {"steps": [{"id": 2, "rating": 0}, {"id": 9}, 5], "finish": 4, "progress": "x"}
    )
    assert [(step.mark, step.word, step.sign) for step in shown.judged] == [
        ("", "Not marked", "–"),
        ("0", "Neutral", "○"),
        ("", "Not marked", "–"),
    ]
    assert shown.spoken == "Step 2 neutral"
    assert shown.ending == ""
    assert TYPE.screen(given(2), {}).spoken == "No step is marked yet"
    assert [step.is_after for step in TYPE.screen(given(3), labels("yn-")).judged] == [False, False, True]
    assert len(TYPE.screen(asked(), {}).empty_rows) == 3


def test_the_reference_waits_for_the_last_label() -> None:
    task = given(3, reference_answer="12")
    assert TYPE.screen(task, {}).reference is None
    assert TYPE.screen(task, labels("yy-")).reference is None
    assert TYPE.screen(task, {"steps": labels("yn-")["steps"]}).reference == "12"
    assert TYPE.screen(task, labels("yyy")).reference == "12"
    assert (
        TYPE.screen(given(3, reference_answer="12", show_reference="never"), labels("yyy")).reference is None
    )
    every = given(3, reference_answer="12", after_first_error="continue")
    assert TYPE.screen(every, labels("yn-")).reference is None
    solved = asked(reference_answer="12")
    assert TYPE.screen(solved, written("One.", final="")).reference is None
    assert TYPE.screen(solved, written("One.", "Two.")).reference == "12"


def test_stored_answers_are_plain_json() -> None:
    kept = TYPE.store_answer(said("yn"))
    assert json.loads(json.dumps(kept)) == kept
    assert kept["steps"][1] == {
        "id": 2,
        "rating": -1,
        "unsure": False,
        "critique": CRITIQUE,
        "correction": CORRECTION,
    }
    assert list(kept) == ["mode", "steps", "first_error", "final_answer", "finish", "progress"]
