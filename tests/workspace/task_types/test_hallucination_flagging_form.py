"""The plain form: what a browser without scripts sends, and what stays of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.flags import ODD, TEXT, checked, errors, flagged, payload, span, texts
from tests.properties import calm
from workspace.task_types.base import Checked, Invalid
from workspace.task_types.hallucination_flagging import TYPE
from workspace.task_types.hallucination_flagging.answer import Answer
from workspace.task_types.hallucination_flagging.payload import Payload

TICKED = {"sentence": ["0", "1"], "verdict": ["minor_issues"]}


def posted(task: Payload, answer: Answer) -> dict[str, list[str]]:
    """What a browser would send of the screen: it ends lines with CR LF, whatever they were."""
    shown = TYPE.screen(task, TYPE.store_answer(answer))
    form: dict[str, list[str]] = {
        "span": [],
        "sentence": [str(one.number) for one in shown.sentences if one.checked],
        "verdict": [shown.answer.verdict],
    }
    if shown.answer.none_found:
        form["none_found"] = ["1"]
    for flag in (*shown.flags, shown.blank):
        key = str(flag.number)
        form["span"].append(key)
        form |= {
            f"anchor-{key}": [flag.anchor],
            f"quote-{key}": [""],
            f"type-{key}": [flag.span.type],
            f"severity-{key}": [flag.span.severity] if flag.span.severity else [],
            f"correction-{key}": [flag.span.correction or ""],
            f"evidence-{key}": [flag.evidence],
            f"sure-{key}": [str(flag.span.confidence)] if flag.span.confidence else [],
            f"cannot_verify-{key}": ["1"] if flag.span.cannot_verify else [],
        }
    return {name: [value.replace("\n", "\r\n") for value in values] for name, values in form.items()}


@calm
@given(data=st.data())
def test_the_screen_fills_the_form_with_the_same_answer(data: st.DataObject) -> None:
    text = data.draw(texts)
    task = payload(text)
    said = {"evidence": ["One", "Two"], "severity": "major", "confidence": 3, "cannot_verify": True}
    places = data.draw(flagged(text))
    given_answer = checked(task, *(span(start, end, text, **said) for start, end in places)).answer
    result = TYPE.read_answer(task, TYPE.from_form(posted(task, given_answer)))
    assert isinstance(result, Checked), result
    assert result.answer == given_answer


def test_words_are_enough_in_the_blank_row() -> None:
    task = payload()
    form = {
        **TICKED,
        "span": ["0", "1"],
        "quote-0": [" 1998 "],
        "type-0": ["wrong_number"],
        "severity-0": ["major"],
        "correction-0": ["1989\r\nor so"],
        "evidence-0": ["Note\r\n\r\n Sign \r\nNote"],
        "sure-0": ["4"],
        "quote-1": [""],
        "severity-1": [""],
    }
    result = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(result, Checked), result
    (flag,) = result.answer.spans
    assert (flag.start, flag.end, flag.type, flag.confidence) == (21, 25, "wrong_number", 4)
    assert (flag.correction, flag.evidence) == ("1989\nor so", ("Note", "Sign"))


def test_words_over_a_line_end_of_any_kind_are_found() -> None:
    task = payload(ODD)
    form = {"span": ["0"], "quote-0": ["1998.\r\nIt has"], "type-0": ["wrong_fact"]}
    (flag,) = TYPE.screen(task, TYPE.from_form(form)).answer.spans
    assert flag.text == "1998.\r\nIt has" == ODD[flag.start : flag.end]


def test_a_row_can_be_removed() -> None:
    task = payload()
    form: dict[str, list[str]] = {**posted(task, checked(task, span(21, 25), span(34, 36)).answer)}
    form["remove-1"] = ["1"]
    (kept,) = TYPE.from_form(form)["spans"]
    assert (kept["start"], kept["text"]) == (34, "40")


def test_a_row_with_something_but_no_words_is_asked_for_them() -> None:
    task = payload()
    said = errors(task, TYPE.from_form({**TICKED, "span": ["0"], "type-0": ["wrong_fact"]}))
    assert said["spans[0].text"] == "Give the words you flag."
    assert "none_found" in errors(task, TYPE.from_form({**TICKED, "span": ["0"]}))


@pytest.mark.parametrize(
    "anchor",
    [
        "{",
        "7",
        "[]",
        "[1, 2]",
        '[0, 4, "Thf"]',
        '["0", 4, "The "]',
        "[" * 5000,
        "[null, null, null]",
        '[1e999, 1, ""]',
    ],
)
def test_an_anchor_somebody_has_changed_is_refused(anchor: str) -> None:
    task = payload()
    form = {**TICKED, "span": ["0"], "anchor-0": [anchor], "type-0": ["wrong_fact"], "severity-0": ["minor"]}
    assert any(place.startswith("spans[0]") for place in errors(task, TYPE.from_form(form)))


@pytest.mark.parametrize("number", ["x", "-1", "٣", "1" * 5000, ""])
def test_a_sentence_that_is_no_number_is_an_error(number: str) -> None:
    task = payload()
    assert "sentences_checked" in errors(task, TYPE.from_form({"sentence": [number]}))


names = st.sampled_from(["span", "sentence", "none_found", "verdict"]) | st.sampled_from(
    [
        f"{part}-{key}"
        for part in (
            "anchor",
            "quote",
            "before",
            "type",
            "severity",
            "correction",
            "evidence",
            "sure",
            "remove",
        )
        for key in "01"
    ]
)
values = st.text() | st.sampled_from(
    ["0", "1", "1998", "major", "wrong_fact", json.dumps([21, 25, "1998"]), "[[[]]]"]
)


@calm
@given(form=st.dictionaries(names, st.lists(values, max_size=3)))
def test_any_form_of_ours_becomes_an_answer_or_field_errors(form: dict[str, list[str]]) -> None:
    task = payload()
    raw: Any = TYPE.from_form(form)
    assert isinstance(TYPE.read_answer(task, raw), Checked | Invalid)
    for flag in TYPE.screen(task, raw).answer.spans:
        assert not flag.placed or TEXT[flag.start : flag.end] == flag.text
