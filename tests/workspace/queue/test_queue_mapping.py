"""Columns chosen for fields: how they are written, what they give, what is said when they cannot."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import calm
from workspace.queue import service
from workspace.queue.errors import FileRefused, MappingRefused
from workspace.queue.service import checking, places
from workspace.queue.service.places import Absent, Column, Constant, Unreadable, pick, read_source
from workspace.task_types import registry

RANKING = {"prompt": "q", "responses[0].text": "a", "responses[1].text": "b"}
step = (
    st.text(min_size=1, max_size=8).filter(lambda name: name == name.strip() and name.isprintable())
    | st.integers(-99, 99)
    | st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9))
)


def looked(
    rows: list[Any], chosen: dict[str, str], kind: str = "response_ranking", file_format: str = "jsonl"
) -> service.Looked:
    data = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()
    return service.look_over(data, file_format, task_type=kind, preset={}, chosen=chosen)


def refused(chosen: dict[str, str], kind: str = "response_ranking") -> dict[str, str]:
    with pytest.raises(MappingRefused) as refusal:
        service.read_mapping(registry.get(kind), chosen)
    assert refusal.value.status_code == 422
    return refusal.value.problems


# --- how a place is written ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("question", ("question",)),
        (" my question ", ("my question",)),
        ("a.b[0]", ("a", "b", 0)),
        ("turns[-1]", ("turns", -1)),
        ('"a.b"."c d"[2].e', ("a.b", "c d", 2, "e")),
        (r'"say \"so\""', ('say "so"',)),
        ("steps[:-1]", ("steps", slice(None, -1))),
        ("steps[1:]", ("steps", slice(1, None))),
        ("a=b:c", ("a=b:c",)),
        ("列.名", ("列", "名")),
    ],
)
def test_a_column_is_read_as_it_is_written(text: str, steps: tuple[Any, ...]) -> None:
    assert read_source(text) == (Column(steps),)
    assert read_source(str(Column(steps))) == (Column(steps),)


@calm
@given(name=st.text(min_size=1, max_size=8), rest=st.lists(step, max_size=3))
def test_every_place_can_be_written_and_read_again(name: str, rest: list[Any]) -> None:
    assert read_source(places.spelled(name, *rest)) == (Column((name, *rest)),)


@calm
@given(text=st.text(max_size=30) | st.text('ab.[]+:"\\ 01-', max_size=30))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        parts = read_source(text)
    except Unreadable:
        return
    for part in parts:
        if isinstance(part, Column):
            with pytest.raises(Absent):
                pick({}, part)


def test_columns_are_joined_and_texts_are_said() -> None:
    assert read_source("a + b.c") == (Column(("a",)), Column(("b", "c")))
    assert read_source(":verify") == (Constant("verify"),)
    assert read_source(":a+b") == (Constant("a+b"),)
    assert read_source(':"Solve this." + problem') == (Constant("Solve this."), Column(("problem",)))
    assert read_source("problem+: In one line.") == (Column(("problem",)), Constant("In one line."))


@pytest.mark.parametrize(
    "text", ["", "a..b", ".a", "[0]", "a+", "+a", "a[x]", "a]b", '"a', "a.", '"a"b', "x" * 2001]
)
def test_what_cannot_be_a_place_is_said(text: str) -> None:
    with pytest.raises(Unreadable):
        read_source(text)


# --- what a choice gives -------------------------------------------------------------------------------------


def test_a_row_of_other_columns_becomes_a_task() -> None:
    row = {"q": "Why?", "in": "Rain", "o": {"x.y": ["One", "Two"]}, "m": ["m1", "m2"], "id": 7}
    found = looked(
        [row, {**row, "in": "", "id": 8}],
        {
            "prompt": "q+in",
            "responses[0].text": 'o."x.y"[0]',
            "responses[0].model": "m[0]",
            "responses[1].text": 'o."x.y"[-1]',
            "why_min_words": ":15",
            "dimensions": ':["accuracy"]',
        },
    ).checked
    assert found.bad == []
    first, second = found.good
    assert first.external_id == "7"
    assert first.payload["prompt"][0]["content"] == "Why?\n\nRain"
    assert second.payload["prompt"][0]["content"] == "Why?"
    assert first.payload["responses"] == [
        {"id": "r1", "text": "One", "model": "m1"},
        {"id": "r2", "text": "Two"},
    ]
    assert (first.payload["why_min_words"], first.payload["dimensions"]) == (15, ["accuracy"])


def test_only_what_was_chosen_is_taken() -> None:
    row = {"q": "Why?", "a": "One", "b": "Two", "rewrite": "nonsense", "references": 3}
    assert looked([row], RANKING).checked.bad == []


def test_a_text_in_a_row_is_opened_where_it_is_json() -> None:
    row = {"q": "Why?", "all": '{"a": ["One", "Two"]}'}
    chosen = {"prompt": "q", "responses[0].text": "all.a[0]", "responses[1].text": "all.a[1]"}
    (good,) = looked([row], chosen).checked.good
    assert [response["text"] for response in good.payload["responses"]] == ["One", "Two"]


def test_a_text_that_many_places_lead_into_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    read = json.loads
    monkeypatch.setattr(places.json, "loads", lambda text: opened.append(text) or read(text))
    plan = service.read_mapping(
        registry.get("response_ranking"),
        {
            "prompt": "+".join(["all.q"] * 12),
            "responses[0].text": "all.a[0]",
            "responses[1].text": "all.a[1]",
        },
    )
    raw, problems = plan.applied({"all": '{"q": "Why?", "a": ["One", "Two"]}'}, cells=False)
    assert not problems
    assert raw["prompt"] == "\n\n".join(["Why?"] * 12)
    assert len(opened) == 1


def test_columns_that_make_far_more_of_a_file_than_stands_in_it_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "MOST_CHARACTERS", 10_000)
    row = {"q": "Why? " * 100, "a": "One", "b": "Two"}
    assert looked([row] * 3, {**RANKING, "prompt": "q+q"}).checked.good
    with pytest.raises(FileRefused, match="grow to more than"):
        looked([row] * 3, {**RANKING, "prompt": "+".join(["q"] * 12)})


def test_ids_may_be_joined() -> None:
    row = {"q": "Why?", "a": "One", "b": "Two", "file": "x.csv", "n": 3}
    assert looked([row], {**RANKING, "external_id": "file+n"}).checked.good[0].external_id == "x.csv/3"


def test_cells_of_csv_stay_text_where_text_belongs() -> None:
    head = "n,q,a,b,words,dims,true"
    found = looked(
        [head, '007,42,true,[see below],12,"[""clarity""]",yes', "8,Why?,x,,,,"],
        {**RANKING, "external_id": "n", "why_min_words": "words", "dimensions": "dims"},
        file_format="csv",
    ).checked
    (good,) = found.good
    assert good.external_id == "007"
    assert good.payload["prompt"][0]["content"] == "42"
    assert [response["text"] for response in good.payload["responses"]] == ["true", "[see below]"]
    assert (good.payload["why_min_words"], good.payload["dimensions"]) == (12, ["clarity"])
    assert [(row.line, row.place) for row in found.bad] == [(3, "responses")], "an empty cell says nothing"


def test_an_empty_response_is_taken_and_said() -> None:
    found = looked([{"q": "Why?", "a": "", "b": "Two"}], RANKING).checked
    assert len(found.good) == 1
    assert [(row.line, row.problem) for row in found.warnings] == [
        (1, "Response r1 is empty. Experts see “(no answer)”.")
    ]


# --- what is said when it cannot be --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        ({"a": "One", "b": "Two"}, "prompt", "There is no q in this row."),
        ({"q": "Why?", "a": True, "b": "Two"}, "responses[0].text", "Column a holds true or false."),
        ({"q": "Why?", "a": "One", "b": 3}, "responses[1].text", "Column b holds a number."),
        ({"q": "Why?", "a": ["One"], "b": "Two"}, "responses[0].text", "Column a holds a list."),
        ({"q": {"x": 1}, "a": "One", "b": "Two"}, "prompt", "Column q holds an object."),
        ({"q": "", "a": "One", "b": "Two"}, "prompt", "Give the prompt."),
        ({"q": None, "a": "One", "b": "Two"}, "prompt", "Give the prompt."),
    ],
)
def test_a_bad_row_is_named_by_line_and_place(row: dict[str, Any], place: str, said: str) -> None:
    good = {"q": "Why?", "a": "One", "b": "Two"}
    found = looked([good, row, good | {"id": 1}], RANKING).checked
    assert len(found.good) == 2
    ((line, where, problem),) = [(bad.line, bad.place, bad.problem) for bad in found.bad]
    assert (line, where) == (2, place)
    assert problem.startswith(said)


def test_a_number_is_never_joined_into_a_text() -> None:
    found = looked([{"q": "Why?", "in": 3, "a": "One", "b": "Two"}], {**RANKING, "prompt": "q+in"}).checked
    assert [(bad.place, bad.problem) for bad in found.bad] == [
        ("prompt", "Column in holds a number. Only texts can be joined.")
    ]


def test_a_column_no_row_has_is_refused_before_any_row() -> None:
    with pytest.raises(MappingRefused) as refusal:
        looked([{"q": "Why?", "a": "One", "c": "Two"}], RANKING)
    assert refusal.value.problems == {
        "responses[1].text": "There is no column b in this file. It has: q, a, c."
    }


@pytest.mark.parametrize(
    ("chosen", "place", "said"),
    [
        ({"wording": "q"}, "wording", "has no field wording. It has: external_id, prompt, responses"),
        ({**RANKING, "responses[0].txt": "a"}, "responses[0].txt", "has no field"),
        ({**RANKING, "responses[]": "a"}, "responses[]", "has no field"),
        ({**RANKING, "prompt": "a..b"}, "prompt", "Name a column here"),
        ({**RANKING, "dimensions": "a+b"}, "dimensions", "Only texts can be joined"),
        ({**RANKING, "prompt": "+".join(["q"] * 13)}, "prompt", "Join at most 12 columns to one text."),
        ({"prompt": "q"}, "responses", "Choose a column for all responses"),
        ({**RANKING, "responses": "all"}, "responses", "not for both"),
        ({**RANKING, "responses[3].text": "d"}, "responses[3]", "Choose columns for responses[2] as well."),
    ],
)
def test_a_choice_that_cannot_be_is_said_at_its_field(chosen: dict[str, str], place: str, said: str) -> None:
    problems = refused(chosen)
    assert said in problems[place]


def test_an_empty_choice_takes_rows_as_they_come() -> None:
    assert not service.read_mapping(registry.get("response_ranking"), {})


# --- what a file has -----------------------------------------------------------------------------------------


def test_columns_are_listed_as_people_write_them_with_a_value() -> None:
    rows = [{"a": "", "b.c": 1}, {"a": "Some text", "o": {"in": ["x"], "out": None}}]
    found = looked(rows, {}).columns
    assert [(column.place, column.sample) for column in found] == [
        ("a", "Some text"),
        ('"b.c"', "1"),
        ("o.in", '["x"]'),
        ("o.out", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "columns", "chosen"),
    [
        ("response_ranking", ["instruction", "input", "response1", "response2", "models"], {
            "prompt": "instruction+input", "responses[0].text": "response1", "responses[1].text": "response2",
        }),
        ("response_ranking", ["Question", "output_a", "output_b", "model_a", "model_b"], {
            "prompt": "Question", "responses[0].text": "output_a", "responses[1].text": "output_b",
            "responses[0].model": "model_a", "responses[1].model": "model_b",
        }),
        ("response_editing", ["_id", "question", "answer", "system"], {
            "external_id": "_id", "prompt": "question", "response.text": "answer", "response.model": "system",
        }),
        ("golden_response", ["question", "answer"], {"prompt": "question"}),
        ("hallucination_flagging", ["document", "summary", "_source"], {
            "response.text": "summary", "context": "document",
        }),
        ("chain_of_thought", ["problem", "steps", "target"], {
            "prompt": "problem", "steps": "steps", "reference_answer": "target",
        }),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_names(kind: str, columns: list[str], chosen: dict[str, str]) -> None:
    assert service.guessed(columns, task_type=kind) == chosen


def test_a_guess_is_used_only_where_no_row_is_good_as_it_is() -> None:
    plain = {"prompt": "Why?", "responses": ["One", "Two"], "response1": "x", "response2": "y"}
    other = {"question": "Why?", "response1": "One", "response2": "Two"}
    for row, expected in ((plain, {}), (other, {"prompt": "question"}), ({"x": 1}, {})):
        found = service.guess_over(json.dumps(row).encode(), "jsonl", task_type="response_ranking", preset={})
        assert {name: column for name, column in found.chosen.items() if name == "prompt"} == expected


@calm
@given(
    data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    chosen=st.dictionaries(st.sampled_from([*RANKING, "responses", "dimensions"]), st.text(max_size=12)),
)
@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_no_bytes_and_no_choice_make_a_dry_run_fail(
    data: bytes, chosen: dict[str, str], file_format: str
) -> None:
    try:
        service.look_over(data, file_format, task_type="response_ranking", preset={}, chosen=chosen)
    except (FileRefused, MappingRefused):
        return
