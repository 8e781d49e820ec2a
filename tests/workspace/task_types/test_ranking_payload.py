"""What is ranked."""

from typing import Any

import pytest

from workspace.task_types.base import Invalid
from workspace.task_types.response_ranking import TYPE
from workspace.task_types.response_ranking.payload import Payload


def test_a_row_of_a_public_file_is_read_as_it_is() -> None:
    row = {
        "_id": "3f85",
        "cluster": "Guitar",
        "prompt": "Write a chord progression.",
        "responses": [{"model": "gpt", "text": "Am - Em"}, {"model": "llama", "text": ""}, "C - G"],
        "_license": "Apache-2.0",
    }
    read = TYPE.read_payload(row)
    assert isinstance(read, Payload)
    assert [(one.id, one.text, one.model) for one in read.responses] == [
        ("r1", "Am - Em", "gpt"),
        ("r2", "", "llama"),
        ("r3", "C - G", None),
    ]
    assert TYPE.store_payload(read)["prompt"] == [{"role": "user", "content": "Write a chord progression."}]
    assert read.why_min_words == 40
    assert TYPE.read_payload(TYPE.store_payload(read)) == read
    assert TYPE.summary(read) == "Write a chord progression."


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": [{"role": "assistant", "content": "Hello"}]}, "prompt"),
        ({"prompt": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}, "prompt[1].role"),
        (
            {
                "prompt": [
                    {"role": "user", "content": "a"},
                    {"role": "system", "content": "b"},
                    {"role": "user", "content": "c"},
                ]
            },
            "prompt[1].role",
        ),
        ({"prompt": [{"content": "a"}]}, "prompt[0].role"),
        ({"prompt": [{"role": "user", "content": 3}]}, "prompt[0].content"),
        ({"responses": [{"text": "a"}]}, "responses"),
        ({"responses": [{"text": "a"}] * 9}, "responses"),
        ({"responses": [{"text": "a"}, {"text": 7}]}, "responses[1].text"),
        ({"responses": [{"text": "a"}, {}]}, "responses[1].text"),
        ({"responses": [{"text": "a"}, {"text": "b\0"}]}, "responses[1].text"),
        ({"responses": [{"text": "a"}, "\ud800"]}, "responses[1]"),
        ({"responses": [{"text": "a"}, {"text": "b", "id": "R 2"}]}, "responses[1].id"),
        ({"responses": [{"text": "a", "id": "r2"}, {"text": "b"}]}, "responses[1].id"),
        ({"dimensions": ["a", "a"]}, "dimensions[1]"),
        ({"dimensions": list("abcdef")}, "dimensions"),
        ({"why_min_words": 9}, "why_min_words"),
        ({"why_min_words": True}, "why_min_words"),
        ({"rewrite": "always"}, "rewrite"),
        ({"references": [{"title": "A", "url": "javascript:alert(1)"}]}, "references[0].url"),
        ({"references": [{"title": "A"}]}, "references[0].text"),
        ({"content_classes": ["gore"]}, "content_classes"),
    ],
)
def test_a_bad_row_is_told_where(change: dict[str, Any], place: str) -> None:
    good = {"prompt": "Why?", "responses": [{"text": "a"}, {"text": "b"}]}
    result = TYPE.read_payload({**good, **change})
    assert isinstance(result, Invalid)
    assert list(result.errors) == [place]


def test_a_payload_has_at_most_a_mebibyte() -> None:
    result = TYPE.read_payload(
        {"prompt": "Why?", "responses": ["a", "b"], "notes": ["é" * 300_000, "é" * 300_000]}
    )
    assert isinstance(result, Invalid)
    assert "1,048,576" in result.errors["size"]


def test_a_project_sets_what_rows_leave_open() -> None:
    row = {"prompt": "Why?", "responses": ["a", "b"]}
    settings = {"why_min_words": 12, "title": "not a payload field"}
    assert TYPE.preset(row, settings) == {**row, "why_min_words": 12}
    assert TYPE.preset({**row, "why_min_words": 30}, settings)["why_min_words"] == 30


def test_minutes_grow_with_the_words_to_read() -> None:
    short = TYPE.read_payload({"prompt": "Why?", "responses": ["a", "b"]})
    long = TYPE.read_payload({"prompt": "Why?", "responses": ["a " * 199, "b " * 200]})
    assert isinstance(short, Payload)
    assert isinstance(long, Payload)
    assert TYPE.minutes(short) == 3 + 3 / 200
    assert TYPE.minutes(long) == 5
