"""What an expert says about responses."""

from typing import Any

import pytest

from tests.factories.rankings import WHY, answer, checked, errors, payload, raw
from workspace.task_types.base import Checked
from workspace.task_types.response_ranking import TYPE
from workspace.task_types.response_ranking.payload import Payload


def test_a_complete_answer_has_no_complaints() -> None:
    task = payload()
    result = checked(task, [["r2"], ["r1", "r3"]], [2])
    assert result.answer.groups == (("r2",), ("r1", "r3"))
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ({"groups": []}, "groups", "Place response A, response B and response C."),
        ({"groups": [["r1"]], "strengths": []}, "groups", "Place response B and response C."),
        ({"groups": [["r1", "r1"], ["r2"], ["r3"]]}, "groups[0]", "Name each response of this task once."),
        ({"groups": [["r1"], ["r2"], ["r9"]]}, "groups[2]", "Name each response of this task once."),
        ({"groups": "r1"}, "groups", "Give a list here."),
        ({"strengths": []}, "strengths[0]", "Say how much better place 1 is than place 2."),
        ({"strengths": [1]}, "strengths[1]", "Say how much better place 2 is than place 3."),
        ({"strengths": [1, 1, 1]}, "strengths", "Say how much better only where the order changes: 2 times."),
        ({"strengths": [3, 1]}, "strengths[0]", "Give 1 for better or 2 for much better."),
        ({"strengths": [True, 1]}, "strengths[0]", "Give 1 for better or 2 for much better."),
        ({"seen": ["r1", "r3"]}, "seen", "Read response B to its end."),
        ({"seen": []}, "seen", "Read response A, response B and response C to the end."),
        ({"seen": ["r1", "r2", "r3", "r4"]}, "seen", "Name only responses of this task."),
        ({"why": "Too short."}, "why", "Write why you chose this order (10 words or more). You have 2."),
        ({"reasons": ["nicer"]}, "reasons", "Choose from: more_accurate"),
        ({"none_good": "yes"}, "none_good", "Give true or false here."),
    ],
)
def test_what_is_missing_is_told_where(change: dict[str, Any], place: str, sentence: str) -> None:
    found = errors(payload(), {**raw([["r2"], ["r1"], ["r3"]]), **change})
    assert found[place].startswith(sentence)


def test_why_may_not_repeat_a_response() -> None:
    task = TYPE.read_payload({"prompt": "Why?", "responses": [WHY, "b"], "why_min_words": 10})
    assert isinstance(task, Payload)
    found = errors(task, raw([["r2"], ["r1"]], why="  " + WHY.upper()))
    assert list(found) == ["why"]
    assert "your own words" in found["why"]


def test_sentences_use_the_letters_the_expert_saw() -> None:
    task = payload()
    shown = TYPE.blind(task, 2)
    first = shown.responses[0].id
    others = [name for name in task.ids if name != first]
    found = errors(shown, raw([others], [], seen=list(task.ids)))
    assert found["groups"] == "Place response A."


def test_every_asked_dimension_wants_an_order() -> None:
    task = payload(2, dimensions=["accuracy", "tone"])
    found = errors(
        task, raw([["r2"], ["r1"]], dimensions={"accuracy": [["r1"], ["r2"]], "tone": [["r1"]], "other": 3})
    )
    assert found == {"dimensions.tone": "For “tone”, place response B."}
    full = {"accuracy": [["r1"], ["r2"]], "tone": [["r1", "r2"]]}
    assert answer(task, [["r2"], ["r1"]], dimensions=full).dimensions["tone"] == (("r1", "r2"),)


def test_none_good_wants_a_reason_and_empties_the_order() -> None:
    task = payload(dimensions=["accuracy"])
    assert errors(task, {"none_good": True}) == {
        "none_good_reason": "Write why none of these is good enough."
    }
    result = TYPE.read_answer(
        task, {**raw([["r1"], ["r2"], ["r3"]]), "none_good": True, "none_good_reason": "All wrong."}
    )
    assert isinstance(result, Checked)
    assert result.answer.groups == ()
    assert result.answer.strengths == ()
    assert result.answer.none_good_reason == "All wrong."


def test_a_rewrite_is_kept_only_where_it_is_asked_for() -> None:
    groups = [["r2"], ["r1"]]
    assert answer(payload(2), groups, rewrite="Mine").rewrite is None
    assert answer(payload(2, rewrite="optional"), groups, rewrite="Mine").rewrite == "Mine"
    assert "rewrite" in errors(payload(2, rewrite="required"), raw(groups))


def test_an_untouched_order_is_asked_about() -> None:
    task = payload()
    assert checked(task, [["r1"], ["r2"], ["r3"]]).warnings == ("order_unchanged",)
    assert checked(task, [["r1", "r2"], ["r3"]]).warnings == ()
    assert checked(task, [["r2"], ["r1"], ["r3"]]).warnings == ()


def test_the_order_of_length_is_a_habit_not_a_warning() -> None:
    task = payload()
    assert checked(task, [["r1"], ["r2"], ["r3"]]).habits == ("longest_first",)
    assert checked(task, [["r2"], ["r1"], ["r3"]]).habits == ()
    same = TYPE.read_payload({"prompt": "Why?", "responses": ["ab", "cd"], "why_min_words": 10})
    assert isinstance(same, Payload)
    assert checked(same, [["r1"], ["r2"]]).habits == ()


def test_personal_data_and_copies_are_asked_about() -> None:
    long = " ".join(f"word{n}" for n in range(40))
    task = TYPE.read_payload({"prompt": "Why?", "responses": [long, "b"], "why_min_words": 10})
    assert isinstance(task, Payload)
    found = checked(task, [["r2"], ["r1"]], why=long + " ask ann@example.org").warnings
    assert found == ("pii_added", "like_other_text")
