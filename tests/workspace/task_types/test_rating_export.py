"""What trainers read of ratings."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.test_task_types import fit
from tests.factories.ratings import answer, answers, payload
from tests.properties import calm
from workspace.task_types.base import Line
from workspace.task_types.rating import TYPE
from workspace.task_types.rating.answer import Answer


def of(lines: Any) -> dict[str, Any]:
    """The body of each format; no format has two lines."""
    found = list(lines)
    assert len({line.format for line in found}) == len(found)
    return {line.format: line.body for line in found}


def labels(*overall: int) -> Any:
    """The label of so many opinions, None when there is none."""
    task = payload()
    lines = of(TYPE.aggregate(task, [answer(task, 3, 3, overall=value) for value in overall]))
    return lines["unpaired"]["label"] if "unpaired" in lines else None


def test_the_lines_of_the_example_are_exact() -> None:
    raw_payload, raw_answer = TYPE.example()
    task: Any = TYPE.read_payload(raw_payload)
    checked: Any = TYPE.read_answer(task, raw_answer)
    prompt = [{"role": "user", "content": "How do I descale a kettle?"}]
    said = [
        {
            "role": "assistant",
            "content": "Boil equal parts of water and vinegar, wait 20 minutes, rinse twice.",
        }
    ]
    assert list(TYPE.export(task, checked.answer)) == [
        Line(
            "ratings",
            {
                "prompt": prompt,
                "response": said,
                "scores": {"helpfulness": 4.0},
                "overall": 4.0,
                "why": "Clear and short.",
            },
        ),
        Line("unpaired", {"prompt": prompt, "completion": said, "label": True}),
    ]


def test_an_unpaired_record_is_the_one_trainers_read() -> None:
    task = payload(prompt="What colour is the sky?", response="It is green.")
    lines = of(TYPE.export(task, answer(task, 1, 1, overall=1)))
    assert lines["unpaired"] == {
        "prompt": [{"role": "user", "content": "What colour is the sky?"}],
        "completion": [{"role": "assistant", "content": "It is green."}],
        "label": False,
    }


@pytest.mark.parametrize(("overall", "label"), [(1, False), (2, False), (3, None), (4, True), (5, True)])
def test_one_opinion_labels_the_ends_and_not_the_middle(overall: int, label: bool | None) -> None:
    assert labels(overall) is label


@pytest.mark.parametrize(
    ("overall", "label"),
    [
        ((4, 3), None),
        ((2, 3), None),
        ((5, 1), None),
        ((4, 4, 3), True),
        ((4, 3, 3), None),
        ((2, 2, 3), False),
        ((2, 3, 3), None),
        ((5, 5, 1), True),
    ],
)
def test_several_opinions_label_what_they_lean_to(overall: tuple[int, ...], label: bool | None) -> None:
    assert labels(*overall) is label


def test_several_opinions_are_one_line_with_every_reason_once() -> None:
    task = payload()
    said = [
        answer(task, 4, None, overall=4, why="Short."),
        answer(task, 2, None, overall=4, why="Short."),
        answer(task, 3, None, overall=4, why=" "),
        answer(task, 3, None, overall=4, why="Clear."),
    ]
    line = of(TYPE.aggregate(task, said))["ratings"]
    assert line["scores"] == {"tone": 3.0}
    assert line["why"] == "Short.\n\nClear."
    only = of(TYPE.aggregate(task, said, [0, 0, 0, 2]))["ratings"]
    assert (only["scores"], only["why"]) == ({"tone": 3.0}, "Clear.")


def test_nothing_is_exported_of_a_blank_response_or_of_nobody() -> None:
    blank = payload(response=" \n")
    assert list(TYPE.export(blank, answer(blank, 1, 1, overall=1))) == []
    task = payload()
    assert list(TYPE.aggregate(task, [])) == []
    assert list(TYPE.aggregate(task, [answer(task)], [0.0])) == []


@calm
@given(opinions=st.lists(answers(), min_size=1, max_size=4))
def test_whatever_is_said_the_lines_are_fit_for_trainers(opinions: list[Answer]) -> None:
    task = payload(response="Wait\u2028a 🍞 cafe\u0301 minute.")
    lines = list(TYPE.aggregate(task, opinions))
    for line in lines:
        fit(line)
    assert lines[0].body["response"][0]["content"] == "Wait\u2028a 🍞 cafe\u0301 minute."
    assert all(isinstance(value, float) for value in lines[0].body["scores"].values())
