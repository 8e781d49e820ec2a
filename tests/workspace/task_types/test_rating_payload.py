"""What can be rated: rows as files have them, and rubrics as companies write them."""

from typing import Any

import pytest

from tests.factories.ratings import CRITERIA, WORDS, payload
from workspace.task_types.base import Invalid
from workspace.task_types.rating import TYPE
from workspace.task_types.rating.payload import Payload
from workspace.task_types.rating.rubric import mark_label

# shaped like reviewed answers of experts: a question, a system, its answer, a word for how useful it was
REVIEWED: list[dict[str, Any]] = [
    {
        "_id": 13,
        "question": "How long may bread dough stand at room temperature?",
        "field": "Baking",
        "system": "rr_gs_x",
        "answer": "About two hours.\n\nIn a cold kitchen longer. 🍞 Cafe\u0301 bakers let it stand over night.",
        "usefulness": "Useful",
        "annotation_time": 434445,
    },
    {"_id": 14, "question": "Why?", "system": "y", "answer": "Because\u2028of rain.", "usefulness": None},
    {"_id": 15, "question": "为什么?", "system": "z", "answer": "", "usefulness": "Not useful at all"},
]
USEFULNESS = {"Useful": 5, "Partially useful": 3, "Not useful at all": 1}


def task_of(row: dict[str, Any]) -> dict[str, Any]:
    """The raw payload of a row of such a file."""
    return {
        "external_id": f"reviewed-{row['_id']}",
        "prompt": row["question"],
        "response": {"text": row["answer"], "model": row["system"]},
        "criteria": [{"id": "usefulness", "title": "Useful", "anchors": WORDS}],
    }


@pytest.mark.parametrize("row", REVIEWED, ids=lambda row: row["_id"])
def test_rows_of_reviewed_answers_become_tasks_with_their_text_unchanged(row: dict[str, Any]) -> None:
    task = TYPE.read_payload(task_of(row))
    assert isinstance(task, Payload), task
    assert task.response.text == row["answer"]
    assert task.prompt[-1].content == row["question"]
    assert task.ids == ("usefulness",)
    assert TYPE.read_payload(TYPE.store_payload(task)) == task
    known = USEFULNESS.get(row["usefulness"])
    if known is not None:
        gold = TYPE.read_gold(task, {"scores": {"usefulness": known}})
        assert gold == {"scores": {"usefulness": [known]}}


def test_without_criteria_the_ready_made_ones_are_asked() -> None:
    task = TYPE.read_payload({"prompt": "Why?", "response": "Because."})
    assert isinstance(task, Payload)
    assert task.ids == ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
    assert [criterion.weight for criterion in task.criteria] == [1, 1, 1, 0, 0]
    assert all([*criterion.anchors] == [*"12345"] for criterion in task.criteria)
    assert all(words for criterion in task.criteria for words in criterion.anchors.values())
    assert task.flag_list == ("spam", "pii", "off_topic", "unsafe")
    assert not task.allow_not_applicable
    assert task.response.id == "r1"


def test_a_ready_made_criterion_can_be_named_or_changed() -> None:
    task = payload(
        criteria=["correctness", {"id": "helpfulness", "title": "Of use", "weight": 2, "mandatory": False}]
    )
    first, second = task.criteria
    assert (first.title, first.anchors["5"], first.mandatory) == ("Correct", "Right", True)
    assert (second.title, second.weight, second.mandatory) == ("Of use", 2, False)
    assert second.anchors["1"] == "No use"


def test_anchors_are_an_object_or_five_texts() -> None:
    by_value = {str(value): words for value, words in enumerate(WORDS, 1)}
    one = payload(criteria=[{"id": "tone", "title": "Tone", "anchors": by_value}])
    assert one.criteria[0].anchors == by_value
    assert payload().criteria[0].anchors == by_value


def test_a_company_names_its_own_marks_or_none() -> None:
    assert payload(flag_list=[]).flag_list == ()
    assert payload(flag_list=["pii", "out_of_date"]).flag_list == ("pii", "out_of_date")
    assert [mark_label(code) for code in ("pii", "out_of_date", "___")] == [
        "Personal data",
        "Out of date",
        "___",
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"prompt": 5}, "prompt"),
        ({"response": None}, "response"),
        ({"response": 5}, "response"),
        ({"response": {"model": "m"}}, "response.text"),
        ({"criteria": []}, "criteria"),
        ({"criteria": "helpfulness"}, "criteria"),
        ({"criteria": ["charm"]}, "criteria[0]"),
        ({"criteria": [7]}, "criteria[0]"),
        ({"criteria": CRITERIA * 7}, "criteria"),
        ({"criteria": CRITERIA + CRITERIA[:1]}, "criteria[2].id"),
        ({"criteria": [{**CRITERIA[0], "id": "Tone!"}]}, "criteria[0].id"),
        ({"criteria": [{**CRITERIA[0], "id": ""}]}, "criteria[0].id"),
        ({"criteria": [{**CRITERIA[0], "title": " "}]}, "criteria[0].title"),
        ({"criteria": [{**CRITERIA[0], "weight": -1}]}, "criteria[0].weight"),
        ({"criteria": [{**CRITERIA[0], "weight": 1.5}]}, "criteria[0].weight"),
        ({"criteria": [{**CRITERIA[0], "mandatory": "yes"}]}, "criteria[0].mandatory"),
        ({"criteria": [{"id": "tone", "title": "Tone"}]}, "criteria[0].anchors"),
        ({"criteria": [{**CRITERIA[0], "anchors": WORDS[:4]}]}, "criteria[0].anchors"),
        ({"criteria": [{**CRITERIA[0], "anchors": [*WORDS[:4], " "]}]}, "criteria[0].anchors.5"),
        ({"criteria": [{**CRITERIA[0], "anchors": {"1": "Bad", "5": "Best"}}]}, "criteria[0].anchors.3"),
        ({"criteria": [{**CRITERIA[0], "anchors": {"1": 1}}]}, "criteria[0].anchors.1"),
        ({"allow_not_applicable": 1}, "allow_not_applicable"),
        ({"flag_list": ["Spam!"]}, "flag_list[0]"),
        ({"flag_list": ["spam", "spam"]}, "flag_list[1]"),
        ({"references": [{"title": "No text"}]}, "references[0].text"),
    ],
)
def test_a_bad_row_is_told_where(change: dict[str, Any], place: str) -> None:
    result = TYPE.read_payload({"prompt": "Why?", "response": "Because.", "criteria": CRITERIA, **change})
    assert isinstance(result, Invalid)
    assert place in result.errors


def test_a_project_sets_the_rubric_for_rows_without_one() -> None:
    row = {"prompt": "Why?", "response": "Because."}
    given = {"criteria": CRITERIA, "flag_list": ["pii"], "title": "not a setting"}
    task = TYPE.read_payload(TYPE.preset(row, given))
    assert isinstance(task, Payload)
    assert task.ids == ("tone", "fact")
    own = TYPE.read_payload(TYPE.preset({**row, "criteria": ["verbosity"]}, given))
    assert isinstance(own, Payload)
    assert own.ids == ("verbosity",)


def test_time_and_words() -> None:
    task = payload(prompt="One two three", response="four five")
    assert TYPE.word_count(task) == 5
    assert TYPE.minutes(task) == pytest.approx(3 + 5 / 200)
    assert TYPE.threshold == 0.70
    assert TYPE.summary(task) == "One two three"
    assert TYPE.kind(task) == "judging"
