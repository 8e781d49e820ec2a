"""The exported records, to the letter."""

import json

import pytest

from tests.factories.flags import ODD, answer, of, payload
from workspace.task_types.base import Checked
from workspace.task_types.hallucination_flagging import TYPE
from workspace.task_types.hallucination_flagging.payload import Payload

UNPAIRED = (
    '{"prompt": [{"role": "user", "content": "Summarise the note."}], '
    '"completion": [{"role": "assistant", "content": "The clinic opened in 1998. It has 40 beds."}], "label": false}'
)
SPANS = {
    "prompt": [{"role": "user", "content": "Summarise the note."}],
    "response": {"id": "r1", "text": "The clinic opened in 1998. It has 40 beds.", "model": "m4"},
    "context": [{"title": "Note", "text": "The clinic opened in 1989 and has 40 beds."}],
    "spans": [
        {
            "field": "response",
            "start": 21,
            "end": 25,
            "text": "1998",
            "prefix": "The clinic opened in ",
            "suffix": ". It has 40 beds.",
            "type": "wrong_number",
            "severity": "major",
            "correction": "1989",
            "cannot_verify": False,
            "evidence": ["Note: opened in 1989"],
        }
    ],
    "verdict": "minor_issues",
}


def test_the_example_gives_exactly_these_records() -> None:
    raw_payload, raw_answer = TYPE.example()
    task = TYPE.read_payload(raw_payload)
    assert isinstance(task, Payload)
    checked = TYPE.read_answer(task, raw_answer)
    assert isinstance(checked, Checked)
    assert checked.warnings == ()
    lines = list(TYPE.export(task, checked.answer))
    assert [line.format for line in lines] == ["spans", "unpaired"]
    assert json.dumps(lines[1].body) == UNPAIRED
    assert lines[0].body == SPANS
    assert list(TYPE.aggregate(task, [checked.answer])) == lines


def test_a_clean_response_is_labelled_true() -> None:
    task = payload()
    (line,) = of(TYPE.export(task, answer(task)), "unpaired")
    assert set(line) == {"prompt", "completion", "label"}
    assert line["label"] is True
    (spans,) = of(TYPE.export(task, answer(task)), "spans")
    assert (spans["spans"], spans["verdict"], spans["context"]) == ([], "reliable", [])


def test_overlapping_flags_of_one_opinion_stay_apart_in_the_order_of_the_text() -> None:
    task = payload()
    (line,) = of(TYPE.export(task, answer(task, (21, 33), (11, 25))), "spans")
    assert [(one["start"], one["end"]) for one in line["spans"]] == [(11, 25), (21, 33)]


def test_a_correction_nobody_could_give_is_empty_never_null() -> None:
    task = payload()
    said = answer(task, (21, 25), correction=None, cannot_verify=True)
    (line,) = of(TYPE.export(task, said), "spans")
    assert (line["spans"][0]["correction"], line["spans"][0]["cannot_verify"]) == ("", True)
    assert "null" not in json.dumps(line)


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_blank_response_is_kept_out_of_trainer_files(text: str) -> None:
    task = payload(text)
    assert of(TYPE.export(task, answer(task)), "unpaired") == []
    assert of(TYPE.aggregate(task, [answer(task)] * 3), "unpaired") == []


def test_offsets_in_the_file_fit_the_text_in_the_file() -> None:
    task = payload(ODD)
    at = ODD.index("1998")
    (line,) = of(TYPE.export(task, answer(task, (at, at + 4))), "spans")
    again = json.loads(json.dumps(line, ensure_ascii=False))
    (one,) = again["spans"]
    assert again["response"]["text"][one["start"] : one["end"]] == one["text"] == "1998"
