"""Edits: what they need, what they are asked about, what stays with the changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import calm
from workspace.task_types.base import Checked, Invalid
from workspace.task_types.response_editing import TYPE
from workspace.task_types.response_editing.answer import Answer
from workspace.task_types.response_editing.difference import changes
from workspace.task_types.response_editing.hunks import RETAG
from workspace.task_types.response_editing.payload import Payload

ORIGINAL = "Turn the water off first. Take the handle off, then change the washer. Wait 10 hours."
EDITED = "Turn the main water valve off first. Take the handle off, then change the washer. Wait an hour."
SUMMARY = "Named the valve and corrected the time to wait."


def payload(**more: Any) -> Payload:
    """A prompt, a response, and whatever else."""
    read = TYPE.read_payload({"prompt": "My kitchen tap drips. What can I do?", "response": ORIGINAL, **more})
    assert isinstance(read, Payload), read
    return read


def hunks(original: str, edited: str, *tags: str, **more: Any) -> list[dict[str, Any]]:
    """Every change as the browser sends it, all with the same tags."""
    found = changes(original, edited)
    return [{"op": one.op, "a": list(one.a), "b": list(one.b), "tags": list(tags), **more} for one in found]


def answered(task: Payload, edited: str = EDITED, **more: Any) -> Checked[Answer] | Invalid:
    """An edit that is good unless `more` says otherwise."""
    said = {"edited": edited, "summary": SUMMARY, "hunks": hunks(task.original, edited, "clarity")}
    return TYPE.read_answer(task, {**said, **more})


def errors(task: Payload, *args: Any, **more: Any) -> dict[str, str]:
    """What is wrong with it."""
    result = answered(task, *args, **more)
    assert isinstance(result, Invalid), result
    return dict(result.errors)


def checked(task: Payload, *args: Any, **more: Any) -> Checked[Answer]:
    """A good answer."""
    result = answered(task, *args, **more)
    assert isinstance(result, Checked), result
    return result


def test_rows_are_taken_as_they_come() -> None:
    task = payload(unknown=1)
    assert (task.response.id, task.response.model, task.format) == ("r1", None, "prose")
    assert TYPE.read_payload(TYPE.store_payload(task)) == task
    assert TYPE.minutes(task) == pytest.approx(8 + 24 / 200)
    assert TYPE.summary(task) == "My kitchen tap drips. What can I do?"
    assert payload(response="").original == ""
    assert payload(response={"text": " \r\nKept as it is\u2028 "}).original == " \r\nKept as it is\u2028 "


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"prompt": None}, "prompt"),
        ({"response": None}, "response"),
        ({"response": 7}, "response"),
        ({"response": {"model": "m1"}}, "response.text"),
        ({"response": {"text": "a\0b"}}, "response.text"),
        ({"format": "html"}, "format"),
        ({"references": [{"title": "x"}]}, "references[0].text"),
    ],
)
def test_a_bad_row_is_told_where(change: dict[str, Any], place: str) -> None:
    result = TYPE.read_payload({"prompt": "Why?", "response": "So.", **change})
    assert isinstance(result, Invalid)
    assert place in result.errors


def test_the_server_counts_the_words_and_keeps_every_change() -> None:
    answer = checked(payload(), edit_words=99).answer
    assert [(ORIGINAL[slice(*one.a)], EDITED[slice(*one.b)]) for one in answer.hunks] == [
        ("", " main"),
        ("", " valve"),
        ("10 hours", "an hour"),
    ]
    assert answer.edit_words == 4
    assert {one.tags for one in answer.hunks} == {("clarity",)}
    some = checked(payload(), hunks=hunks(ORIGINAL, EDITED, "tone")[2:]).answer
    assert [one.tags for one in some.hunks] == [(), (), ("tone",)]


def test_changes_of_another_text_must_be_tagged_again() -> None:
    stale = hunks(ORIGINAL, EDITED + " Done.", "tone")
    assert errors(payload(), hunks=stale) == {"hunks": RETAG}
    assert errors(payload(), hunks=[{**stale[0], "op": "replace"}]) == {"hunks": RETAG}
    twice = hunks(ORIGINAL, EDITED, "tone")[:1] * 2
    assert errors(payload(), hunks=twice) == {"hunks": RETAG}


@pytest.mark.parametrize(
    ("hunk", "place"),
    [
        (7, "hunks[0]"),
        ({"op": "swap"}, "hunks[0].op"),
        ({"a": [3, 1]}, "hunks[0].a"),
        ({"a": [1, True]}, "hunks[0].a"),
        ({"b": "8-15"}, "hunks[0].b"),
        ({"tags": ["nice"]}, "hunks[0].tags"),
        ({"source": 5}, "hunks[0].source"),
        ({"note": "x" * 2_001}, "hunks[0].note"),
    ],
)
def test_a_hunk_is_read_field_by_field(hunk: Any, place: str) -> None:
    good = hunks(ORIGINAL, EDITED, "tone")[0]
    assert place in errors(payload(), hunks=[{**good, **hunk} if isinstance(hunk, dict) else hunk])


def test_an_edit_differs_in_more_than_white_space() -> None:
    same = "You have not changed anything. Edit the response, or choose “No change needed”."
    assert errors(payload(), ORIGINAL)["edited"] == same
    assert errors(payload(), f"  {ORIGINAL.replace(' ', '  ')}\n")["edited"] == same
    for missing, sentence in (({}, same), ({"edited": None}, same), ({"edited": 5}, "Give text here.")):
        result = TYPE.read_answer(payload(), {"summary": SUMMARY, **missing})
        assert isinstance(result, Invalid)
        assert result.errors["edited"] == sentence
    assert "Nothing is left" in errors(payload(), " \n")["edited"]
    upper = payload(response="the berlin wall fell in november of that very year")
    assert checked(upper, "The Berlin Wall fell in November of that very year").answer.edit_words == 4


def test_at_least_one_change_says_what_was_wrong() -> None:
    assert errors(payload(), hunks=[]) == {"hunks": "Tag at least one change: say what was wrong."}


def test_a_corrected_fact_has_a_source() -> None:
    facts = hunks(ORIGINAL, EDITED, "fact_error")
    facts[0]["source"] = "Handbook"
    facts[1]["source"] = " "
    found = errors(payload(), hunks=facts)
    assert found == {f"hunks[{place}].source": "Say where the right fact is from." for place in (1, 2)}
    told = checked(payload(), hunks=hunks(ORIGINAL, EDITED, "fact_error", source="Handbook", note="p. 3"))
    assert {(one.source, one.note) for one in told.answer.hunks} == {("Handbook", "p. 3")}


def test_the_summary_has_thirty_characters() -> None:
    assert errors(payload(), summary="  Corrected   the time.  ") == {
        "summary": "Write what you changed and why (30 characters or more). You have 19."
    }
    assert checked(payload(), summary="x" * 30)


def test_no_change_needed_is_a_full_answer() -> None:
    task = payload()
    refused = TYPE.read_answer(task, {"no_edit": True, "no_edit_reason": " "})
    assert isinstance(refused, Invalid)
    assert refused.errors == {"no_edit_reason": "Write why no change is needed."}
    tried = {"edited": EDITED, "summary": "x", "hunks": 5, "no_edit": True, "no_edit_reason": "It is right."}
    result = TYPE.read_answer(task, tried)
    assert isinstance(result, Checked)
    assert result == Checked(Answer(edited=ORIGINAL, no_edit=True, no_edit_reason="It is right."))
    again = TYPE.read_answer(task, TYPE.store_answer(result.answer))
    assert again == result


def test_little_and_very_much_are_asked_about() -> None:
    assert checked(payload(), ORIGINAL.replace("10 hours", "an hour")).warnings == ("almost_original",)
    assert checked(payload(), ORIGINAL.replace("10 hours", "half an hour")).warnings == ()
    fresh = "Call somebody who knows how."
    assert checked(payload(), fresh).warnings == ("is_rewrite",)
    assert checked(payload(response=""), fresh).warnings == ()


def test_shared_cautions_hold_but_an_edit_may_be_like_the_response() -> None:
    task = payload(response=" ".join(f"word{number}" for number in range(60)))
    assert checked(task, task.original + " with three more").warnings == ()
    assert checked(payload(), EDITED + " Call +44 20 7946 0958.").warnings == ("pii_added",)
    foreign = "Сначала перекройте воду, потом снимите ручку и замените прокладку."
    assert "language_changed" in checked(payload(), foreign).warnings
    translated = payload(response=foreign)
    assert checked(translated, foreign + " Подождите один час.").warnings == ()


AGREEMENT = [
    ("The same edit.", "The same edit.", 1.0),
    ("abcd", "abcx", 0.75),
    ("abcd", "", 0.0),
]


@pytest.mark.parametrize(("one", "other", "expected"), AGREEMENT)
def test_agreement_is_the_likeness_of_the_results(one: str, other: str, expected: float) -> None:
    assert TYPE.agreement(payload(), Answer(edited=one), Answer(edited=other)) == expected


def test_leaving_a_text_alone_agrees_with_the_text_itself() -> None:
    task = payload(response="abcd")
    alone = Answer(edited="whatever", no_edit=True)
    assert TYPE.agreement(task, alone, alone) == 1
    assert TYPE.agreement(task, alone, Answer(edited="abcx")) == 0.75
    assert TYPE.threshold is None


@calm
@given(one=st.text(max_size=20), other=st.text(max_size=20), left=st.booleans())
def test_agreement_is_symmetric_and_between_0_and_1(one: str, other: str, left: bool) -> None:
    task, a, b = payload(), Answer(edited=one, no_edit=left), Answer(edited=other)
    found = TYPE.agreement(task, a, b)
    assert 0 <= found <= 1
    assert found == TYPE.agreement(task, b, a)
    assert TYPE.agreement(task, a, a) == 1


def test_what_was_said_stays_while_the_text_goes_on_changing() -> None:
    said = {"edited": EDITED, "hunks": hunks(ORIGINAL, EDITED, "tone", source="Handbook")}
    later = EDITED.replace("an hour", "one full hour").replace("main ", "")
    shown = TYPE.screen(payload(), {**said, "edited": later})
    assert [(row.new.strip(), row.hunk.tags) for row in shown.rows] == [
        ("valve", ("tone",)),
        ("one full hour", ("tone",)),
    ]
    assert {row.hunk.source for row in shown.rows} == {"Handbook"}


words = st.sampled_from(["tap", "valve", "😀", "\n\n", "2.5", ".", "’s", "水"])


@calm
@given(original=st.lists(words, max_size=12).map(" ".join), edited=st.lists(words, max_size=12).map(" ".join))
def test_any_edit_is_kept_and_reads_the_same_again(original: str, edited: str) -> None:
    task = payload(response=original)
    result = answered(task, edited)
    if isinstance(result, Invalid):
        assert " ".join(edited.split()) in {"", " ".join(original.split())}
        return
    assert TYPE.read_answer(task, TYPE.store_answer(result.answer)) == result
    shown = TYPE.screen(task, TYPE.store_answer(result.answer))
    assert "".join(piece.text for piece in shown.before).split() == original.split()
    assert "".join(piece.text for piece in shown.after).split() == edited.split()
