"""What trainers read, to the letter."""

import json
from typing import Any

from tests.factories.steps import CORRECTION, CRITIQUE, answer, asked, given, labels, of, written
from workspace.task_types.base import Line, Opinion
from workspace.task_types.chain_of_thought import TYPE
from workspace.task_types.chain_of_thought.payload import Payload

OPINION = Opinion(by="x_c3_91ab", at="2026-06-06T13:27:02Z", active_ms=278270)


def test_the_line_of_step_labels() -> None:
    task = given(
        prompt="Which is larger, 9.8 or 9.11?",
        steps=["0.8 is larger than 0.11.", "So 9.11 is larger.", "Done."],
    )
    (line,) = of(TYPE.export(task, answer(task, labels("yn-"))), "stepwise")
    assert json.dumps(line) == (
        '{"prompt": "Which is larger, 9.8 or 9.11?", "completions": ["0.8 is larger than 0.11.", "So 9.11 is '
        'larger."], "labels": [true, false]}'
    )


def test_the_example_gives_the_line_of_the_specification() -> None:
    payload, raw = TYPE.example()
    task = TYPE.read_payload(payload)
    assert isinstance(task, Payload)
    lines = list(TYPE.export(task, answer(task, dict(raw))))
    assert [line.format for line in lines] == ["stepwise", "process_steps"]
    assert lines[0].body == {
        "prompt": "A train leaves at 14:00 at 60 km/h, a second at 15:00 at 80 km/h on the same track. "
        "When does the second catch up?",
        "completions": [
            "The first train has a lead of 60 km at 15:00.",
            "The second is 20 km/h faster.",
            "60 / 20 = 2 hours, so at 17:00.",
        ],
        "labels": [True, True, False],
    }
    assert TYPE.signed(lines[0], OPINION) == lines[0].body
    assert TYPE.signed(lines[1], OPINION) == {
        "labeler": "x_c3_91ab",
        "timestamp": "2026-06-06T13:27:02Z",
        "generation": None,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {
            "problem": lines[0].body["prompt"],
            "ground_truth_solution": None,
            "ground_truth_answer": "18:00",
            "pre_generated_steps": lines[0].body["completions"],
            "pre_generated_answer": "17:00",
            "pre_generated_verifier_score": None,
        },
        "label": {
            "steps": [
                rated("The first train has a lead of 60 km at 15:00.", 1),
                rated("The second is 20 km/h faster.", 1),
                rated("60 / 20 = 2 hours, so at 17:00.", -1, "60 / 20 = 3 hours, so at 18:00."),
            ],
            "finish_reason": "found_error",
            "total_time": 278270,
        },
    }


def rated(text: str, rating: int, human: str | None = None) -> dict[str, Any]:
    """A step in the shape of the published data set."""
    return {
        "completions": [{"text": text, "rating": rating, "flagged": False}],
        "human_completion": human,
        "chosen_completion": None if human else 0,
    }


def test_neutral_is_true_and_a_step_without_a_rating_ends_the_line() -> None:
    task = given(4)
    assert of(TYPE.export(task, answer(task, labels("yoyy"))), "stepwise")[0]["labels"] == [True] * 4
    cut = of(TYPE.export(task, answer(task, labels("yo?n"))), "stepwise")[0]
    assert (cut["completions"], cut["labels"]) == (["Line 1 of it.", "Line 2 of it."], [True, True])
    assert of(TYPE.export(task, answer(task, labels("?yyy"))), "stepwise") == []


def test_a_step_left_alone_is_left_out_and_never_neutral() -> None:
    task = given(4)
    (line,) = of(TYPE.export(task, answer(task, labels("o?n-"))), "process_steps")
    assert [step["completions"][0]["rating"] for step in line["label"]["steps"]] == [0, -1]
    assert len(line["question"]["pre_generated_steps"]) == 4
    unsure = of(TYPE.export(given(2), answer(given(2), labels("??"))), "process_steps")
    assert unsure == []


def test_the_solution_can_be_rebuilt_with_the_text_of_the_expert() -> None:
    """As its readers do: the human text where nothing was chosen, else the chosen completion."""
    task = given(3, after_first_error="continue")
    (line,) = of(TYPE.export(task, answer(task, labels("yny"))), "process_steps")
    rebuilt = [
        step["human_completion"]
        if step["chosen_completion"] is None
        else step["completions"][step["chosen_completion"]]["text"]
        for step in line["label"]["steps"]
    ]
    assert rebuilt == ["Line 1 of it.", CORRECTION, "Line 3 of it."]
    assert CRITIQUE not in json.dumps(line)


def test_opinions_together_give_one_line_of_labels_and_each_its_ratings() -> None:
    task = given(2)
    opinions = [answer(task, labels(marks)) for marks in ("yn", "yn", "yy")]
    lines = list(TYPE.aggregate(task, opinions))
    assert [(line.format, line.source) for line in lines] == [
        ("stepwise", None),
        ("process_steps", 0),
        ("process_steps", 1),
        ("process_steps", 2),
    ]
    assert lines[0].body["labels"] == [True, False]


def test_a_solution_is_a_demonstration_with_the_steps_before_the_answer() -> None:
    task = asked(prompt=[{"role": "system", "content": "Be exact."}, {"role": "user", "content": "3 * 4?"}])
    raw = written("Three fours.", "Four and four and four.", final="12")
    raw["steps"][1] |= {"parent": 1, "formula": "4 + 4 + 4 = 12", "source": "Own count"}
    assert list(TYPE.export(task, answer(task, raw))) == [
        Line(
            "demonstration",
            {
                "messages": [
                    {"role": "system", "content": "Be exact."},
                    {"role": "user", "content": "3 * 4?"},
                    {
                        "role": "assistant",
                        "content": "Three fours.\n\nFour and four and four.\n4 + 4 + 4 = 12\n\n12",
                    },
                ]
            },
        )
    ]
    assert [line.source for line in TYPE.aggregate(task, [answer(task, raw)] * 2)] == [0, 1]
    assert list(TYPE.export(task, answer(task, {**raw, "finish": "give_up"}))) == []


def test_a_conversation_becomes_one_text_that_says_who_speaks() -> None:
    turns = [("user", "Hello"), ("assistant", "Hi."), ("user", "3 * 4?")]
    task = given(prompt=[{"role": role, "content": content} for role, content in turns])
    (line,) = of(TYPE.export(task, answer(task, labels("yyy"))), "stepwise")
    assert line["prompt"] == "User: Hello\n\nAssistant: Hi.\n\nUser: 3 * 4?"


def test_texts_reach_the_file_as_they_came() -> None:
    steps = ["2 * 3\u2028= 6 😀 ", " e\u0301"]
    task = given(steps=steps)
    assert of(TYPE.export(task, answer(task, labels("yy"))), "stepwise")[0]["completions"] == steps
