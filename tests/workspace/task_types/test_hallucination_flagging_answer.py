"""What an answer needs, where its flags stand, and what is asked once more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.flags import ODD, TEXT, checked, errors, flagged, payload, raw, span, texts
from tests.properties import calm
from workspace.task_types.base import Checked, Invalid
from workspace.task_types.hallucination_flagging import TYPE, anchors


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (
            {"spans": [], "none_found": False},
            "none_found",
            "Flag at least one problem, or choose “No problems",
        ),
        ({"none_found": True}, "none_found", "You flagged a problem. Remove what you flagged"),
        ({"sentences_checked": []}, "sentences_checked", "Check sentence 2: tick it, or flag"),
        ({"sentences_checked": [2]}, "sentences_checked", "Name only sentences of this response"),
        ({"sentences_checked": [True]}, "sentences_checked", "Name only sentences of this response"),
        ({"verdict": None}, "verdict", "how far the response can be relied on"),
        ({"verdict": "fine"}, "verdict", "Choose one of"),
        ({"spans": {}}, "spans", "Give a list here."),
        ({"spans": [span(21, 25)] * 101}, "spans", "There are 101."),
    ],
)
def test_an_answer_is_complete(change: dict[str, Any], place: str, words: str) -> None:
    task = payload()
    assert words in errors(task, {**raw(task, span(21, 25), sentences_checked=[1]), **change})[place]


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"type": None}, "type", "Flag 1: choose what is wrong."),
        ({"type": "outdated"}, "type", "Choose one of"),
        ({"severity": None}, "severity", "Flag 1: choose minor or major."),
        ({"correction": " \n"}, "correction", "write what is right, or tick"),
        ({"severity": "major"}, "evidence", "a major problem needs evidence"),
        ({"evidence": ["x", "x"]}, "evidence[1]", "not in the list yet"),
        ({"text": "1999"}, "text", "do not stand at this place"),
        ({"text": None}, "text", "Give the words you flag."),
        ({"text": " ", "start": 3, "end": 4}, "text", "Give the words you flag."),
        ({"start": 22}, "text", "do not stand at this place"),
        ({"end": None}, "text", "do not stand at this place"),
        ({"start": -1}, "start", "Give a whole number"),
        ({"start": "21"}, "start", "Give a whole number"),
        ({"field": "prompt"}, "field", "Choose one of: response."),
        ({"confidence": 6}, "confidence", "Give a whole number from 1 to 5."),
        ({"cannot_verify": "yes"}, "cannot_verify", "Give true or false here."),
    ],
)
def test_a_flag_is_complete(change: dict[str, Any], place: str, words: str) -> None:
    task = payload()
    assert words in errors(task, raw(task, {**span(21, 25), **change}))[f"spans[0].{place}"]


def test_a_flag_that_nobody_can_verify_needs_no_correction() -> None:
    task = payload()
    given = span(
        21, 25, correction=None, cannot_verify=True, severity="major", evidence=["Looked in the note."]
    )
    (flag,) = checked(task, given).answer.spans
    assert (flag.correction, flag.cannot_verify, flag.evidence) == (None, True, ("Looked in the note.",))


def test_the_same_words_are_flagged_twice_only_for_another_reason() -> None:
    task = payload()
    assert (
        checked(task, span(21, 25), span(21, 25, type="wrong_number")).answer.spans[1].type == "wrong_number"
    )
    assert (
        "flagged for the same reason" in errors(task, raw(task, span(21, 25), span(21, 25)))["spans[1].text"]
    )


def test_a_flag_over_two_sentences_covers_both() -> None:
    task = payload()
    assert checked(task, span(21, 33), sentences_checked=[]).answer.sentences_checked == ()
    assert errors(task, raw(task, span(21, 27), sentences_checked=[])).keys() == {"sentences_checked"}


def test_many_open_sentences_are_not_all_named() -> None:
    task = payload(" ".join(f"Sentence number {n} is here." for n in range(1, 12)))
    said = errors(task, raw(task, sentences_checked=[1]))["sentences_checked"]
    assert said.startswith("Check sentences 1, 3, 4, 5, 6, 7 and 4 more:")


@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        ({}, ()),
        ({"spans": [span(0, 22)]}, ("span_too_long",)),
        ({"spans": [span(0, 21)]}, ()),
        (
            {"verdict": "reliable", "spans": [span(21, 25, severity="major", evidence=["Note"])]},
            ("reliable_with_major",),
        ),
        ({"verdict": "reliable"}, ()),
        ({"spans": [span(21, 25, correction="Ask ada@example.org")]}, ("pii_added",)),
    ],
)
def test_some_answers_are_asked_about_once(change: dict[str, Any], warnings: tuple[str, ...]) -> None:
    task = payload()
    result = TYPE.read_answer(task, {**raw(task, span(21, 25)), **change})
    assert isinstance(result, Checked)
    assert result.warnings == warnings
    assert set(warnings) <= set(TYPE.warnings)


def test_personal_data_of_the_task_may_be_repeated() -> None:
    task = payload(context="Ask ada@example.org")
    assert checked(task, span(21, 25, correction="Ask ada@example.org")).warnings == ()


def test_words_alone_find_their_place() -> None:
    task = payload("Open at 8. Closed at 8. Open  late.")
    where = {"start": None, "end": None, "prefix": None}
    (flag,) = checked(task, span(0, 0) | where | {"text": "Closed at"}).answer.spans
    assert (flag.start, flag.end, flag.text) == (11, 20, "Closed at")
    (flag,) = checked(task, span(0, 0) | where | {"text": " Open\nlate "}).answer.spans
    assert (flag.start, flag.end, flag.text) == (24, 34, "Open  late")
    twice = errors(task, raw(task, span(0, 0) | where | {"text": "at 8"}))
    assert twice == {
        "spans[0].text": "These words stand in the response 2 times. Give the words before them as well."
    }
    (flag,) = checked(task, span(0, 0) | where | {"text": "at 8", "prefix": "Closed"}).answer.spans
    assert (flag.start, flag.prefix, flag.suffix) == (18, "Open at 8. Closed ", ". Open  late.")
    nowhere = errors(task, raw(task, span(0, 0) | where | {"text": "at 9"}))
    assert "not in the response" in nowhere["spans[0].text"]


def test_words_that_are_not_found_stay_on_the_screen() -> None:
    task = payload()
    (flag,) = TYPE.screen(task, {"spans": [{"text": "in 1997", "prefix": "opened"}]}).flags
    assert (flag.span.placed, flag.span.text, flag.span.prefix, flag.anchor) == (
        False,
        "in 1997",
        "opened",
        "",
    )


@pytest.mark.parametrize(
    ("words", "start"),
    [("🙂", 0), ("👩\u200d👩\u200d👧", 2), ("Zoe\u0301", 8), ("في عام 1998", 13), ("1998", 20), ("40", 34)],
)
def test_offsets_count_code_points_of_the_text_as_it_is_kept(words: str, start: int) -> None:
    task = payload(ODD)
    assert task.text == ODD
    (flag,) = checked(task, span(start, start + len(words), ODD)).answer.spans
    assert flag.text == words == ODD[flag.start : flag.end]
    units = len(ODD[:start].encode("utf-16-le")) // 2
    if units != start:
        shifted = {**span(start, start + len(words), ODD), "start": units, "end": units + len(words)}
        assert "spans[0].text" in errors(task, raw(task, shifted))


def test_a_composed_accent_is_not_the_same_text() -> None:
    task = payload("Zoe\u0301 sings.")
    assert "spans[0].text" in errors(task, raw(task, {**span(0, 3, task.text), "text": "Zo\u00e9"}))


@calm
@given(data=st.data())
def test_a_flag_keeps_its_place_through_storing(data: st.DataObject) -> None:
    text = data.draw(texts)
    task = payload(text)
    places = data.draw(flagged(text))
    said = checked(task, *(span(start, end, text) for start, end in places)).answer
    again = TYPE.read_answer(task, TYPE.store_answer(said))
    assert isinstance(again, Checked)
    assert again.answer == said
    for flag in said.spans:
        assert text[flag.start : flag.end] == flag.text
        assert text[: flag.start].endswith(flag.prefix)
        assert text[flag.end :].startswith(flag.suffix)
        assert len(flag.prefix) == min(flag.start, 32)


@calm
@given(data=st.data())
def test_prefix_and_suffix_find_a_place_again(data: st.DataObject) -> None:
    text = data.draw(texts)
    for start, end in data.draw(flagged(text, 1)):
        before, after = anchors.around(text, start, end)
        found = anchors.found(text, text[start:end], before=before, after=after)
        words = text[start:end].strip()
        assert any(text[one:other] == words for one, other in found)


@calm
@given(data=st.data())
def test_the_screen_draws_every_character_once(data: st.DataObject) -> None:
    text = data.draw(texts)
    task = payload(text)
    spans = [span(start, end, text) for start, end in data.draw(flagged(text))]
    shown = TYPE.screen(task, {"spans": spans})
    pieces = [piece for block in shown.blocks for piece in block.pieces]
    at = 0
    for piece in pieces:
        assert piece.at == at
        at += 1 if piece.unseen else len(piece.text)
        if not piece.unseen:
            assert piece.text == text[piece.at : at]
    assert at == len(text)
    for number, one in enumerate(spans, 1):
        covered = [piece.at for piece in pieces if number in piece.flags]
        assert covered[0] == one["start"]
        assert [piece.at for piece in pieces if number in piece.begins] == [one["start"]]


@calm
@given(places=st.lists(st.tuples(st.integers(), st.integers(), st.text()), max_size=3))
def test_any_offsets_give_an_answer_or_field_errors(places: list[tuple[int, int, str]]) -> None:
    task = payload()
    spans = [{**span(0, 0), "start": start, "end": end, "text": text} for start, end, text in places]
    result = TYPE.read_answer(task, raw(task, *spans))
    assert isinstance(result, Checked | Invalid)
    if isinstance(result, Checked):
        assert all(TEXT[flag.start : flag.end] == flag.text for flag in result.answer.spans)
