"""What may be judged or solved, and rows as they come in real files."""

from typing import Any

import pytest

from tests.factories.steps import asked, given
from workspace.task_types.base import Invalid
from workspace.task_types.chain_of_thought import TYPE
from workspace.task_types.chain_of_thought.payload import Payload


def test_steps_are_judged_and_a_problem_alone_is_solved() -> None:
    task = given(2)
    assert (task.mode, task.show_reference, task.after_first_error, task.answer_kind) == (
        "verify",
        "after",
        "stop",
        "text",
    )
    assert (TYPE.kind(task), TYPE.opinions(task)) == ("judging", 3)
    alone = TYPE.read_payload({"prompt": "How many are there?"})
    assert isinstance(alone, Payload)
    assert (alone.mode, TYPE.kind(alone), TYPE.opinions(alone)) == ("write", "writing", 1)
    assert TYPE.read_payload(TYPE.store_payload(alone)) == alone
    assert TYPE.read_payload(TYPE.store_payload(task)) == task


def test_time_is_reading_for_judges_and_the_same_for_writers() -> None:
    assert TYPE.word_count(given(4)) == 20
    assert TYPE.minutes(given(4)) == pytest.approx(4.1)
    assert TYPE.minutes(asked()) == 15


def test_texts_stay_exactly_as_they_were() -> None:
    steps = ["  2 * 3\u2028= 6 ", "2 * 3\u2028= 6", "e\u0301 is not é", "😀 first\r\n", "2 * 3\u2028= 6"]
    task = given(steps=steps, reference_answer=" 1,000 ")
    assert list(task.steps) == steps
    assert task.reference_answer == " 1,000 "
    assert TYPE.store_payload(task)["steps"] == steps


def test_the_model_is_hidden_and_the_reference_kept_for_the_check() -> None:
    task = given(model="m1", reference_answer="7")
    shown = TYPE.blind(task, 5)
    assert (shown.model, shown.steps, shown.reference_answer) == (None, task.steps, "7")


def test_a_project_may_set_how_its_rows_are_worked_on() -> None:
    raw = TYPE.preset({"prompt": "Why?", "mode": "write"}, {"mode": "verify", "answer_kind": "number"})
    assert raw == {"prompt": "Why?", "mode": "write", "answer_kind": "number"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"prompt": ""}, "prompt"),
        ({"mode": "guess"}, "mode"),
        ({"steps": []}, "steps"),
        ({"steps": "one"}, "steps"),
        ({"steps": ["a", 5]}, "steps[1]"),
        ({"steps": ["a", " \n"]}, "steps[1]"),
        ({"steps": ["a\0"]}, "steps[0]"),
        ({"steps": ["a"] * 101}, "steps"),
        ({"mode": "write"}, "steps"),
        ({"mode": "verify", "steps": None}, "steps"),
        ({"reference_answer": 18}, "reference_answer"),
        ({"reference_answer": True}, "reference_answer"),
        ({"show_reference": "always"}, "show_reference"),
        ({"after_first_error": "go"}, "after_first_error"),
        ({"answer_kind": "date"}, "answer_kind"),
        ({"references": [{"title": "x"}]}, "references[0].text"),
    ],
)
def test_a_bad_row_is_told_where(change: dict[str, Any], place: str) -> None:
    result = TYPE.read_payload({"prompt": "Why?", "steps": ["Because."], **change})
    assert isinstance(result, Invalid)
    assert place in result.errors


def test_rows_like_those_of_public_files_are_read() -> None:
    """A trace with its target and one solution of several, with the fields such files have besides."""
    trace = {
        "_path": "sorting.jsonl",
        "_id": 31,
        "task": "sorting",
        "prompt": "Sort these words: pear fig apple\nOptions:\n(A) apple fig pear\n(B) fig apple pear",
        "steps": ["Compare first letters.", "f comes before a: fig apple pear. So the answer is (B)"],
        "mistake_index": 1,
        "reference_answer": "(A)",
        "answer": "(B)",
        "answer_kind": "text",
    }
    task = TYPE.read_payload(trace)
    assert isinstance(task, Payload)
    assert (len(task.steps), task.answer, task.reference_answer) == (2, "(B)", "(A)")
    assert "mistake_index" not in TYPE.store_payload(task)
    problem = {
        "prompt": "3 boxes hold 4 jars each. How many jars?",
        "reference_answer": "12",
        "mode": "write",
    }
    assert isinstance(TYPE.read_payload({**problem, "reference_steps": ["3 * 4 = 12", "A: 12"]}), Payload)
