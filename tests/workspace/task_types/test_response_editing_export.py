"""Lines of edits as trainers read them, and what is known to be right."""

import json
from typing import Any

import pytest

from workspace.task_types import response_editing
from workspace.task_types.base import Checked, Invalid
from workspace.task_types.response_editing.answer import Answer
from workspace.task_types.response_editing.payload import Payload

TYPE = response_editing.TYPE


def example() -> tuple[Payload, Answer]:
    """The task and the answer of the preview."""
    raw, said = TYPE.example()
    task = TYPE.read_payload(raw)
    assert isinstance(task, Payload)
    result = TYPE.read_answer(task, said)
    assert isinstance(result, Checked)
    assert result.warnings == ()
    return task, result.answer


def lines(task: Payload, answer: Answer) -> list[tuple[str, Any]]:
    """Format and body of every line, as they stand in a file."""
    return [(line.format, json.loads(json.dumps(line.body))) for line in TYPE.export(task, answer)]


def test_an_edit_is_a_pair_and_a_demonstration() -> None:
    asked = {"role": "user", "content": "When did the Berlin Wall fall?"}
    right = {"role": "assistant", "content": "It fell on 9 November 1989."}
    wrong = {"role": "assistant", "content": "It fell in 1991."}
    assert lines(*example()) == [
        ("preference", {"prompt": [asked], "chosen": [right], "rejected": [wrong]}),
        ("demonstration", {"messages": [asked, right]}),
    ]


def test_a_response_left_alone_is_marked_as_good() -> None:
    task, _ = example()
    alone = Answer(edited=task.original, no_edit=True, no_edit_reason="Right.")
    assert lines(task, alone) == [
        (
            "unpaired",
            {
                "prompt": [{"role": "user", "content": "When did the Berlin Wall fall?"}],
                "completion": [{"role": "assistant", "content": "It fell in 1991."}],
                "label": True,
            },
        )
    ]


def test_nothing_empty_and_no_pair_of_equals_reaches_a_file() -> None:
    empty = TYPE.read_payload({"prompt": "Why?", "response": ""})
    assert isinstance(empty, Payload)
    assert lines(empty, Answer(no_edit=True, no_edit_reason="An empty answer is right here.")) == []
    assert [name for name, _ in lines(empty, Answer(edited="So."))] == ["demonstration"]
    lower = TYPE.read_payload({"prompt": "Why?", "response": "because it is so"})
    assert isinstance(lower, Payload)
    assert [name for name, _ in lines(lower, Answer(edited="Because it is so"))] == ["demonstration"]


def test_texts_reach_the_file_unchanged() -> None:
    task = TYPE.read_payload({"prompt": "Why?", "response": " \u2028So\r\n"})
    assert isinstance(task, Payload)
    [(_, pair), (_, shown)] = lines(task, Answer(edited="\tBecause cafe\u0301 \n"))
    assert pair["rejected"][0]["content"] == " \u2028So\r\n"
    assert shown["messages"][-1]["content"] == "\tBecause cafe\u0301 \n"


def test_each_opinion_has_lines_of_its_own() -> None:
    task, answer = example()
    alone = Answer(edited=task.original, no_edit=True, no_edit_reason="Right.")
    found = [(line.format, line.source) for line in TYPE.aggregate(task, [answer, alone])]
    assert found == [("preference", 0), ("demonstration", 0), ("unpaired", 1)]


SEEDED = {"errors": [{"gone": "1991", "there": ["1989"]}, {"gone": "in", "there": []}]}


@pytest.mark.parametrize(
    ("gold", "edited", "expected"),
    [
        (SEEDED, "It fell on 9 November 1989.", 1.0),
        (SEEDED, "It fell in 1989.", 0.5),
        (SEEDED, "It fell in 1991.", 0.0),
        (SEEDED, "It fell on a day in 1991.", 0.0),
        ({"errors": [{"gone": "1991", "there": ["1989", "9 November"]}]}, "It fell on 9 november.", 1.0),
        ({"errors": [{"gone": "1991", "there": ["9"]}]}, "It fell in 1989.", 0.0),
        ({"no_edit": True}, "It fell in 1989.", 0.0),
    ],
)
def test_seeded_errors_are_gone_and_the_right_words_there(gold: Any, edited: str, expected: float) -> None:
    task, _ = example()
    known = TYPE.read_gold(task, gold)
    assert not isinstance(known, Invalid), known
    assert TYPE.score_against_gold(task, known, Answer(edited=edited)) == expected


def test_a_clean_response_wants_no_change() -> None:
    task, _ = example()
    alone = Answer(edited=task.original, no_edit=True)
    assert TYPE.score_against_gold(task, {"no_edit": True}, alone) == 1
    assert TYPE.score_against_gold(task, SEEDED, alone) == 0


@pytest.mark.parametrize(
    ("gold", "place"),
    [
        ({}, "errors"),
        ({"errors": 5}, "errors"),
        ({"errors": [{"there": ["x"]}]}, "errors[0].gone"),
        ({"errors": [{"gone": "1990"}]}, "errors[0].gone"),
        ({"errors": [{"gone": "1991", "there": [""]}]}, "errors[0].there[0]"),
        ({"no_edit": "yes"}, "no_edit"),
        ({"edited": "It fell in 1989."}, "errors"),
    ],
)
def test_gold_that_says_nothing_is_refused(gold: Any, place: str) -> None:
    task, answer = example()
    known = TYPE.read_gold(task, gold)
    assert isinstance(known, Invalid)
    assert place in known.errors
    assert TYPE.score_against_gold(task, gold, answer) is None


def test_the_facts_of_a_good_answer_become_gold() -> None:
    task, answer = example()
    known = TYPE.read_gold(task, TYPE.store_answer(answer))
    assert known == {"errors": [{"gone": "in 1991", "there": ["on 9 November 1989"]}]}
