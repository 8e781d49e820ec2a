"""The plain form of an edit, the screen it is drawn from, and rows shaped like those of real files."""

from typing import Any

import pytest

from workspace.task_types.base import Checked, Invalid
from workspace.task_types.response_editing import TYPE
from workspace.task_types.response_editing.hunks import RETAG
from workspace.task_types.response_editing.payload import Payload

SUMMARY = "Corrected the year and gave the exact date."


def payload(text: str = "It fell in 1991.", **more: Any) -> Payload:
    """A prompt with a response."""
    read = TYPE.read_payload({"prompt": "When did the Berlin Wall fall?", "response": text, **more})
    assert isinstance(read, Payload), read
    return read


def sent(task: Payload, **form: list[str]) -> Checked[Any] | Invalid:
    """A form as a browser without scripts sends it."""
    return TYPE.read_answer(task, TYPE.from_form(form))


def test_a_person_without_scripts_edits_then_tags_then_is_done() -> None:
    task, edited = payload("It fell in 1991. It was cold."), "It fell on 9 November 1989. It was cold."
    first = sent(task, edited=[edited], summary=[SUMMARY])
    assert isinstance(first, Invalid)
    assert set(first.errors) == {"hunks"}
    [row] = TYPE.screen(task, TYPE.from_form({"edited": [edited]})).rows
    assert row.place == "replace:8-15:8-26"
    form = {
        "edited": [edited],
        "summary": [SUMMARY],
        "hunk": [row.place],
        "tag-0": ["fact_error"],
        "source-0": [" Encyclopaedia "],
        "note-0": [""],
    }
    second = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(second, Checked)
    [hunk] = second.answer.hunks
    assert (hunk.tags, hunk.source, hunk.note) == (("fact_error",), "Encyclopaedia", None)
    changed = TYPE.read_answer(
        task, TYPE.from_form({**form, "edited": [edited.replace("cold", "very cold")]})
    )
    assert isinstance(changed, Checked), "what stands is still tagged, what was added need not be"
    other = TYPE.read_answer(task, TYPE.from_form({**form, "edited": ["Well: " + edited]}))
    assert isinstance(other, Invalid)
    assert other.errors == {"hunks": RETAG}
    again = TYPE.screen(task, TYPE.from_form({**form, "edited": ["Well: " + edited]}))
    assert [row.hunk.tags for row in again.rows] == [(), ("fact_error",)], "the tags wait to be confirmed"


def test_changes_without_a_word_are_left_out() -> None:
    raw = TYPE.from_form(
        {"hunk": ["insert:3-3:3-9", "delete:9-12:15-15"], "note-1": ["Why"], "edited": ["x"]}
    )
    assert raw["hunks"] == [
        {"op": "delete", "a": [9, 12], "b": [15, 15], "tags": [], "source": None, "note": "Why"}
    ]


@pytest.mark.parametrize(
    "place", ["", "replace", "replace:1-2", "replace:1-2:a-b", "replace:1-2:3-4:5-6", "\0"]
)
def test_a_broken_place_is_a_field_error(place: str) -> None:
    form = {"edited": ["It fell in 1989."], "summary": [SUMMARY], "hunk": [place], "tag-0": ["tone"]}
    result = TYPE.read_answer(payload(), TYPE.from_form(form))
    assert isinstance(result, Invalid)
    assert any(place.startswith("hunks") for place in result.errors)


def test_lines_of_a_browser_become_lines_and_no_field_is_the_original() -> None:
    raw = TYPE.from_form({"edited": ["One\r\nTwo"], "no_edit": ["1"], "no_edit_reason": ["Fine\r\nas is"]})
    assert (raw["edited"], raw["no_edit"], raw["no_edit_reason"]) == ("One\nTwo", True, "Fine\nas is")
    assert TYPE.from_form({})["edited"] is None
    assert TYPE.screen(payload(), TYPE.from_form({})).answer.edited == "It fell in 1991."


def test_a_draft_shows_whatever_is_usable() -> None:
    task = payload(format="code")
    shown = TYPE.screen(task, {"edited": "It fell in 1989.", "hunks": [5, {"op": "no"}], "summary": 7})
    assert [(row.number, row.gone, row.new, row.spoken) for row in shown.rows] == [
        (1, "1991", "1989", "“1991” became “1989”")
    ]
    assert shown.is_source
    assert (shown.tally.added, shown.tally.removed, shown.tally.percent_kept) == (1, 1, 75)
    kept = TYPE.screen(task, {"edited": "Mine", "no_edit": True}).answer
    assert (kept.edited, kept.no_edit) == ("Mine", True), "a draft loses no text"


def test_the_original_reaches_the_browser_letter_for_letter() -> None:
    shown = TYPE.screen(payload("One\r\n\u2028</script>“two”"), {})
    assert shown.original_json == '"One\\r\\n\\u2028</script>\\u201ctwo\\u201d"'


@pytest.mark.parametrize(
    ("edited", "spoken"),
    [
        ("It fell in late 1991.", "“late” was added"),
        ("It in 1991.", "“fell” was taken out"),
        ("It fell\n\nin 1991.", "“a line break” was added"),
    ],
)
def test_a_change_can_be_said_in_words(edited: str, spoken: str) -> None:
    assert [row.spoken for row in TYPE.screen(payload(), {"edited": edited}).rows] == [spoken]


def test_a_changed_line_break_can_be_seen() -> None:
    shown = TYPE.screen(payload("One.\nTwo."), {"edited": "One.\n\nTwo."})
    assert [piece.seen for piece in shown.merged if piece.number] == ["↵\n", "↵\n\n"]
    assert [piece.is_last for piece in shown.merged if piece.number] == [False, True]


def test_a_source_that_is_an_address_becomes_a_link() -> None:
    edited = "It fell in 1989."
    [place] = [row.place for row in TYPE.screen(payload(), {"edited": edited}).rows]
    for source, linked in (
        ("https://example.org/wall", True),
        ("javascript:alert(1)", False),
        ("A book", False),
    ):
        form = {"edited": [edited], "hunk": [place], "tag-0": ["fact_error"], "source-0": [source]}
        assert [row.source_link for row in TYPE.screen(payload(), TYPE.from_form(form)).rows] == [linked]


# rows of our own in the shape of two public files: a question with an expert's revision, a draft with a clean version
REVISED = {
    "question": "How long should I wait before I paint a new plaster wall?",
    "answer": "You can paint new plaster after two days. Use gloss paint for the first coat.",
    "revised_answer": "Wait about four weeks: new plaster must dry first. Use thinned matt paint for the first coat.",
    "system": "a_model",
    "_id": 4,
}
LEFT = {
    **REVISED,
    "revised_answer": "You can paint new plaster after two days.  Use gloss paint for the first coat.",
}
CLEANED = {"draft": "who um no when was the bridge built", "edited": "when was the bridge built", "_id": "q7"}


def test_a_revised_answer_becomes_an_edit_and_an_unchanged_one_needs_none() -> None:
    task = payload()
    for row in (REVISED, LEFT):
        raw = {"prompt": row["question"], "response": {"text": row["answer"], "model": row["system"]}}
        read = TYPE.read_payload({**raw, "field": "Crafts", "annotation_time": None})
        assert isinstance(read, Payload)
        task = read
        rows = TYPE.screen(task, {"edited": row["revised_answer"]}).rows
        said = [{"op": one.hunk.op, "a": one.hunk.a, "b": one.hunk.b, "tags": ["clarity"]} for one in rows]
        result = TYPE.read_answer(task, {"edited": row["revised_answer"], "hunks": said, "summary": SUMMARY})
        assert isinstance(result, Checked if row is REVISED else Invalid)
    alone = TYPE.read_answer(task, {"no_edit": True, "no_edit_reason": "Differs by a space only."})
    assert isinstance(alone, Checked)


def test_a_clean_version_only_takes_words_out() -> None:
    task = payload(CLEANED["draft"])
    rows = TYPE.screen(task, {"edited": CLEANED["edited"]}).rows
    assert [(row.hunk.op, row.gone, row.new) for row in rows] == [("delete", "who um no ", "")]
