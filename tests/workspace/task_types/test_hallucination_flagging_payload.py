"""What is checked: rows as they come, sentences, types, and rows shaped like files people have."""

from typing import Any

import pytest
from hypothesis import given

from tests.factories.flags import ODD, TEXT, answer, payload, texts
from tests.properties import calm
from workspace.task_types.base import Invalid
from workspace.task_types.hallucination_flagging import TYPE, anchors
from workspace.task_types.hallucination_flagging.payload import USUAL, Payload
from workspace.task_types.hallucination_flagging.sentences import sentences_of


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT, ["The clinic opened in 1998.", "It has 40 beds."]),
        ("Dr. Ada met J. Doe at 5 p.m. on foot. “Why?” Then 3.5 mg.", None),
        ("1. Call them.\n2. Wait 10 min.", ["1. Call them.", "2. Wait 10 min."]),
        ("診療所は開いた。床は四十。", ["診療所は開いた。", "床は四十。"]),
        ("كيف حالك؟ فيها 40 سريرا.", ["كيف حالك؟", "فيها 40 سريرا."]),
        ("No full stop", ["No full stop"]),
        ("```\n---\n  x = 1\n```", ["x = 1"]),
        (" a.\r\n\r\nb!  c?! d… e", ["a.", "b!", "c?!", "d…", "e"]),
        (
            "In the U.S. trade fell. (It rose later.) Good.",
            ["In the U.S. trade fell.", "(It rose later.)", "Good."],
        ),
        ("", []),
        ("...", []),
    ],
)
def test_sentences_are_found(text: str, expected: list[str] | None) -> None:
    wanted = (
        ["Dr. Ada met J. Doe at 5 p.m. on foot.", "“Why?”", "Then 3.5 mg."] if expected is None else expected
    )
    assert parts(text) == wanted


def test_the_sentences_of_the_example_are_those_that_are_found() -> None:
    assert sentences_of(TEXT) == ((0, 26), (27, 42))
    assert payload().sentences == ((0, 26), (27, 42))


@calm
@given(text=texts)
def test_sentences_leave_out_no_word(text: str) -> None:
    found = sentences_of(text)
    inside = {at for start, end in found for at in range(start, end)}
    assert all(at in inside for at, letter in enumerate(text) if letter.isalnum())
    assert all(start < end for start, end in found)
    assert [at for place in found for at in place] == sorted(at for place in found for at in place)


def test_sentences_that_are_given_stay() -> None:
    assert payload(sentences=[[0, 42]]).sentences == ((0, 42),)
    for wrong in ([[0, 43]], [[5, 5]], [[0, 9], [8, 12]], [[0]], ["x"], [[True, 4]], [[0, 1.5]]):
        read = TYPE.read_payload({"prompt": "x", "response": TEXT, "sentences": wrong})
        assert isinstance(read, Invalid)
        assert all(place.startswith("sentences[") for place in read.errors)


def test_more_sentences_than_anybody_ticks_are_refused() -> None:
    read = TYPE.read_payload({"prompt": "x", "response": "Yes.\n" * 501})
    assert isinstance(read, Invalid)
    assert "501 sentences" in read.errors["response.text"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, "default"),
        ("default", "default"),
        (["default"], "default"),
        (list(USUAL), "default"),
        (["outdated", "wrong_fact", "our_own"], ("outdated", "our_own")),
    ],
)
def test_types_are_added_to_the_usual_ones(given: Any, kept: Any) -> None:
    task = payload(types=given)
    assert task.types == kept
    assert list(task.labels)[:6] == list(USUAL)
    assert TYPE.read_payload(TYPE.store_payload(task)) == task
    if "our_own" in kept:
        assert list(task.labels.values())[6:] == ["Out of date", "Our own"]
        assert answer(task, (21, 25), type="our_own").spans[0].type == "our_own"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"response": None}, "response"),
        ({"response": 4}, "response"),
        ({"response": {"id": "R 1", "text": "x"}}, "response.id"),
        ({"prompt": ""}, "prompt"),
        ({"types": "all"}, "types"),
        ({"types": ["Wrong!"]}, "types[0]"),
        ({"types": [f"own_{n}" for n in range(13)]}, "types"),
        ({"context": 4}, "context"),
        ({"context": [{"title": "Note"}]}, "context[0].text"),
        ({"context": [7]}, "context[0]"),
        ({"context": "a\0b"}, "context"),
        ({"response": "x\ud800"}, "response"),
    ],
)
def test_a_bad_payload_is_told_where(change: dict[str, Any], place: str) -> None:
    read = TYPE.read_payload({"prompt": "Summarise.", "response": TEXT, **change})
    assert isinstance(read, Invalid)
    assert next(iter(read.errors)) == place


def test_sources_come_as_text_or_with_titles() -> None:
    assert [source.title for source in payload(context="A note.").context] == ["Source"]
    assert [
        source.title for source in payload(context=["One.", {"title": "Log", "text": "Two."}]).context
    ] == [
        "Source 1",
        "Log",
    ]
    assert payload(context="").context == ()


def test_an_empty_response_is_a_fact() -> None:
    task = payload("")
    assert task.sentences == ()
    assert next(iter(TYPE.export(task, answer(task)))).format == "spans"
    assert [line.format for line in TYPE.export(task, answer(task))] == ["spans"]


def test_a_row_with_prompt_response_and_quoted_spans() -> None:
    """A prompt, an answer, yes or no, and the words that are made up."""
    row = {
        "_id": "17",
        "prompt": "When did the tower open?",
        "response": "It opened in 1889. It is 900 m tall.",
        "hallucination": "yes",
        "spans": ["It is 900 m tall."],
        "_license": "MIT",
    }
    task = TYPE.read_payload(row)
    assert isinstance(task, Payload)
    gold = TYPE.read_gold(task, {"spans": row["spans"]})
    assert gold == {"none_found": False, "spans": [{"start": 19, "end": 36, "text": "It is 900 m tall."}]}
    missing = TYPE.read_gold(task, {"spans": ["It is 800 m tall."]})
    assert isinstance(missing, Invalid)
    assert missing.errors == {"spans[0].text": "These words are not in the response."}
    clean = TYPE.read_gold(task, {"none_found": True, "spans": []})
    assert not isinstance(clean, Invalid)
    assert TYPE.score_against_gold(task, clean, answer(task)) == 1


def test_a_row_with_a_document_and_its_summary() -> None:
    """A consistent summary is clean; in an edited one the edit is the place."""
    row = {"document": "Sales rose by 4 % in May.\n", "summary": "Sales fell by 4 % in May.", "consistent": 0}
    task = payload(str(row["summary"]), context=row["document"])
    gold = TYPE.read_gold(task, {"spans": [{"start": 6, "end": 10, "text": "fell"}]})
    assert not isinstance(gold, Invalid)
    assert TYPE.score_against_gold(task, gold, answer(task, (6, 10))) == 1
    assert TYPE.score_against_gold(task, gold, answer(task)) == 0
    assert TYPE.word_count(task) == 3 + 6 + 6  # percent signs are no words
    assert TYPE.minutes(task) == 5 + 15 / 200


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 4), (1, 5), (1, 4), (2, 6), (-9, -5), (-100, -100)],
    ids=["from 0", "from 1", "from 1 with its end", "UTF-16 units", "searched", "no offsets"],
)
def test_imported_offsets_of_other_tools_are_understood(start: int, end: int) -> None:
    text = "🙂🙂 The clinic opened in 1998."
    at = text.index("1998")
    task = payload(text)
    given = {"start": max(0, at + start), "end": max(0, at + end), "text": "1998"}
    gold = TYPE.read_gold(task, {"spans": [given]})
    assert gold == {"none_found": False, "spans": [{"start": at, "end": at + 4, "text": "1998"}]}


def test_of_several_places_the_nearest_is_meant() -> None:
    text = "no, no, no"
    assert anchors.moved(text, "no", 5, 7) == (4, 6)
    assert anchors.moved(text, "no", 99, 101) == (8, 10)
    assert anchors.moved(text, "yes", 0, 3) is None
    twice = TYPE.read_gold(payload(text), {"spans": ["no"]})
    assert isinstance(twice, Invalid)
    assert "3 times" in twice.errors["spans[0].text"]


def test_an_odd_text_is_kept_letter_for_letter() -> None:
    assert TYPE.store_payload(payload(ODD))["response"]["text"] == ODD
