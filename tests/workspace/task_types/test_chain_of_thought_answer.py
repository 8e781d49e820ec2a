"""What a complete answer needs, and what is asked about once."""

from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from tests.factories.steps import CORRECTION, CRITIQUE, answer, asked, checked, errors, given, labels, written
from tests.properties import calm
from workspace.task_types.chain_of_thought import TYPE, finals
from workspace.task_types.chain_of_thought.answer import Verified, Written


def test_labels_are_needed_up_to_the_first_error() -> None:
    found = answer(given(4), labels("yon-"))
    assert isinstance(found, Verified)
    assert found.first_error == 3
    assert [label.rating for label in found.steps] == [1, 0, -1, None]
    assert errors(given(4), labels("y-n-")) == {"steps[1].rating": "Label step 2."}
    assert errors(given(4), labels("y---")) == {"steps[1].rating": "Label steps 2, 3 and 4."}
    assert errors(given(2), {"finish": "solution"}) == {"steps[0].rating": "Label steps 1 and 2."}


def test_every_step_is_labelled_where_the_company_wants_it() -> None:
    task = given(4, after_first_error="continue")
    assert errors(task, labels("yn-y")) == {"steps[2].rating": "Label step 3."}
    assert answer(task, labels("ynyn"))


def test_cannot_tell_is_an_answer_and_nothing_is_none() -> None:
    found = answer(given(2), labels("y?"))
    assert isinstance(found, Verified)
    assert (found.steps[1].rating, found.steps[1].unsure) == (None, True)
    assert "steps[1].rating" in errors(given(2), labels("y-"))


def test_a_wrong_step_wants_a_critique_and_a_correction() -> None:
    raw = labels("yn")
    raw["steps"][1] |= {"critique": " Not  so at all 12345 ", "correction": " \n"}
    assert errors(given(2), raw) == {
        "steps[1].correction": "Write step 2 as it should be.",
    }
    raw["steps"][1] |= {"critique": "   Nineteen letters.   ", "correction": "Twelve."}
    assert errors(given(2), raw) == {
        "steps[1].critique": "Say what is wrong in step 2 (20 characters or more). You have 17.",
    }


def test_twenty_characters_are_code_points() -> None:
    raw = labels("n")
    raw["steps"][0]["critique"] = "😀" * 19
    assert "steps[0].critique" in errors(given(1), raw)
    raw["steps"][0]["critique"] = "😀" * 20
    assert answer(given(1), raw)


def test_remarks_on_a_step_that_is_not_wrong_any_more_are_left_behind() -> None:
    raw = labels("yy")
    raw["steps"][0] |= {"critique": CRITIQUE, "correction": CORRECTION}
    found = answer(given(2), raw)
    assert isinstance(found, Verified)
    assert (found.steps[0].critique, found.steps[0].correction) == (None, None)
    shown = TYPE.screen(given(2), raw)
    assert shown.judged[0].critique == CRITIQUE


def test_the_first_error_is_the_first_wrong_step() -> None:
    assert answer(given(2), labels("nn", first_error=1))
    assert errors(given(2), labels("nn", first_error=2)) == {
        "first_error": "The first step marked as wrong is step 1."
    }
    assert errors(given(2), labels("yy", first_error=2)) == {"first_error": "No step is marked as wrong."}
    assert "first_error" in errors(given(2), labels("yy", first_error=9))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"mode": "write"}, "mode"),
        ({"steps": [{"id": 3, "rating": 1}]}, "steps[0].id"),
        ({"steps": [{"id": 1, "rating": 1}, {"id": 1, "rating": 1}]}, "steps[1].id"),
        ({"steps": [{"id": 1, "rating": True}]}, "steps[0].rating"),
        ({"steps": [{"id": 1, "rating": 2}]}, "steps[0].rating"),
        ({"steps": [{"id": 1, "rating": 1, "unsure": "yes"}]}, "steps[0].unsure"),
        ({"steps": [7]}, "steps[0]"),
        ({"steps": [{}, {}, {}]}, "steps"),
        ({"finish": None}, "finish"),
        ({"finish": "done"}, "finish"),
        ({"finish": "found_error"}, "finish"),
        ({"progress": 5}, "progress"),
        ({"progress": "4"}, "progress"),
        ({"final_answer": 18}, "final_answer"),
    ],
)
def test_a_bad_label_is_told_where(change: dict[str, Any], place: str) -> None:
    assert place in errors(given(2), {**labels("yy"), **change})


def test_two_steps_and_a_final_answer_are_written() -> None:
    found = answer(asked(), written("Three boxes.", "Four jars each."))
    assert isinstance(found, Written)
    assert [(step.id, step.parent) for step in found.steps] == [(1, None), (2, None)]
    assert errors(asked(), written("All at once.", final=" ")) == {
        "steps": "Write 2 steps or more. You have 1.",
        "final_answer": "Write the final answer.",
    }
    assert errors(asked(), written("One.", " ")) == {"steps[1].text": "Write step 2, or remove it."}
    assert answer(asked(), written("One.", "Two.", final="", finish="give_up"))


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ([{"text": "a"}, {"text": "b", "parent": 2}], "steps[1].parent"),
        ([{"text": "a", "parent": 1}, {"text": "b"}], "steps[0].parent"),
        ([{"text": "a"}, {"text": "b", "parent": True}], "steps[1].parent"),
        ([{"id": 2, "text": "a"}, {"text": "b"}], "steps[0].id"),
        ([{"text": "a"}, {"text": 5}], "steps[1].text"),
        ([{"text": "a"}, {"text": "b", "formula": 5}], "steps[1].formula"),
    ],
)
def test_a_bad_step_is_told_where(steps: list[Any], place: str) -> None:
    assert place in errors(asked(), written("a", "b", steps=steps))


def test_nobody_who_writes_finds_an_error() -> None:
    assert "finish" in errors(asked(), written("One.", "Two.", finish="found_error"))


def test_a_number_is_wanted_where_the_answer_is_one() -> None:
    task = asked(answer_kind="number")
    assert "final_answer" in errors(task, written("One.", "Two.", final="a dozen"))
    assert answer(task, written("One.", "Two.", final="12 jars"))


def test_the_reference_asks_once_and_never_decides() -> None:
    task = given(2, reference_answer="(A)", answer="(B)")
    assert checked(task, labels("yy")).warnings == ("all_correct_wrong_answer",)
    assert checked(task, labels("yn", final_answer="B")).warnings == ("differs_from_reference",)
    assert checked(task, labels("yn", final_answer="A.")).warnings == ()
    assert checked(task, labels("yy", finish="bad_problem")).warnings == ()
    assert checked(given(2, reference_answer="(A)", answer="a"), labels("yn")).warnings == ()
    assert checked(given(2, reference_answer="12"), labels("yy", final_answer="12.0")).warnings == ()


def test_without_a_stated_answer_the_last_step_says_it() -> None:
    ends = ["First.", "60 / 20 = 3 hours, so there are 1,200 of them."]
    assert checked(given(steps=ends, reference_answer="1200"), labels("yy")).warnings == ()
    assert checked(given(steps=ends, reference_answer="200"), labels("yy")).warnings == (
        "all_correct_wrong_answer",
    )
    assert checked(given(steps=["So the answer is (A)"], reference_answer="(A)"), labels("y")).warnings == ()
    assert checked(given(steps=["So it is a (B)"], reference_answer="(A)"), labels("y")).warnings


def test_another_result_than_the_reference_is_asked_about() -> None:
    task = asked(reference_answer="1,200")
    assert checked(task, written("One.", "Two.", final="$1200")).warnings == ()
    assert checked(task, written("One.", "Two.", final="1201")).warnings == ("differs_from_reference",)


def test_what_is_private_or_foreign_is_asked_about() -> None:
    task = asked(prompt="How many jars are there in three boxes of four?")
    assert checked(task, written("Call +44 20 7946 0958.", "Ask.")).warnings == ("pii_added",)
    assert (
        "language_changed"
        in checked(task, written("В трёх коробках по четыре банки.", "Двенадцать.")).warnings
    )
    raw = labels("n")
    raw["steps"][0]["correction"] = long = " ".join(f"word{n}" for n in range(60))
    assert checked(given(steps=[long + " end"]), raw).warnings == ()


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1,000", "1000", True),
        (" 18:00 ", "18:00", True),
        ("18:00", "17:00", False),
        ("$240", "240 dollars", True),
        ("240", "240 dollars", True),
        ("5 km", "5 miles", False),
        ("60 miles", "60 mile", True),
        ("50%", "50 percent", True),
        ("0.5", "1/2", True),
        ("-3", "−3", True),
        ("3", "-3", False),
        ("24.0", "24.", True),
        ("The answer is 24 hours.", "24 hours", True),
        ("(A)", "a", True),
        ("(A)", "(B)", False),
        ("1/0", "1/0", True),
        ("9" * 200, "9" * 200, True),
        ("2 hours 30 minutes", "2  HOURS 30 minutes", True),
        ("...", "...", True),
        ("...", "12", False),
        ("٣", "٣", True),
    ],
)
def test_final_answers_agree_whatever_their_dress(one: str, other: str, agree: bool) -> None:
    assert finals.same(one, other) is agree
    assert finals.same(other, one) is agree


@calm
@examples(one=st.text(), other=st.text())
def test_sameness_never_raises_and_is_symmetric(one: str, other: str) -> None:
    assert finals.same(one, one)
    assert finals.same(one, other) == finals.same(other, one)
    assert isinstance(finals.mentions(one, other), bool)
    assert (
        finals.mentions(f"so it is {one} then", one) or finals.is_number(one) or one != one.strip() or not one
    )


@calm
@examples(number=st.integers(-(10**9), 10**9))
def test_a_number_agrees_with_itself_in_every_spelling(number: int) -> None:
    for text in (f"{number:,}", f"{number}.0", f" {number} ", f"{number} km"):
        assert finals.same(text, str(number))
    assert not finals.same(str(number + 1), f"{number:,}")
