"""Every task type keeps the same promises."""

import dataclasses
import json
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.task_types import TASK_TYPES
from tests.properties import calm
from workspace.queue import service as queue
from workspace.task_types import registry
from workspace.task_types.base import Checked, Invalid, Line, TaskType, UnknownTaskType

kinds = pytest.mark.parametrize("kind", registry.ALL.values(), ids=registry.ALL)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["r1", "r2", "\0", "\ud800"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
words_of_ours = st.sampled_from(
    [
        "prompt",
        "responses",
        "response",
        "references",
        "dimensions",
        "constraints",
        "headings",
        "min_words",
        "groups",
        "strengths",
        "why",
        "seen",
        "reasons",
        "rewrite",
        "none_good",
        "none_good_reason",
        "text",
        "sources",
        "self_score",
        "ai_statement",
        "pairs",
        "criteria",
        "flag_list",
        "scores",
        "cannot_assess",
        "not_applicable",
        "justifications",
        "marks",
        "overall",
        "context",
        "types",
        "sentences",
        "spans",
        "none_found",
        "sentences_checked",
        "verdict",
        "edited",
        "hunks",
        "summary",
        "no_edit",
        "no_edit_reason",
        "errors",
        "mode",
        "steps",
        "first_error",
        "final_answer",
        "finish",
        "progress",
        "step",
        "step_text",
        "step_parent",
        "turns",
        "turn",
        "failure",
        "goal",
        "brief",
        "model",
        "categories",
        "known_failures",
        "severity",
        "resisted",
    ]
)
nonsense = st.dictionaries(st.text() | words_of_ours, anything)
PLACE = re.compile(r"[a-z_]+(\[\d+\])?(\.[^.\[\]]+(\[\d+\])?)*")


def example(kind: TaskType[Any, Any]) -> tuple[Any, Any]:
    """The payload and the answer of the example."""
    raw_payload, raw_answer = kind.example()
    payload = kind.read_payload(raw_payload)
    assert not isinstance(payload, Invalid)
    checked = kind.read_answer(payload, raw_answer)
    assert isinstance(checked, Checked)
    return payload, checked.answer


@kinds
def test_the_example_round_trips(kind: TaskType[Any, Any]) -> None:
    payload, answer = example(kind)
    kept = json.loads(json.dumps([kind.store_payload(payload), kind.store_answer(answer)], allow_nan=False))
    assert kind.read_payload(kept[0]) == payload
    again = kind.read_answer(payload, kept[1])
    assert isinstance(again, Checked)
    assert again.answer == answer
    assert kind.upgrade(kept[1], kind.version) == kept[1]
    assert kind.kind(payload) in {"writing", "judging"}
    assert kind.opinions(payload) == (1 if kind.kind(payload) == "writing" else 3)
    assert kind.minutes(payload) > 0
    assert kind.word_count(payload) > 0
    assert kind.summary(payload)
    assert kind.group_id(payload) == kind.group_id(kind.blind(payload, 3))


@kinds
def test_a_type_says_what_it_is(kind: TaskType[Any, Any]) -> None:
    assert re.fullmatch(r"[a-z_]+", kind.slug)
    assert kind.title
    assert kind.about.endswith(".")
    assert kind.threshold is None or 0 < kind.threshold <= 1
    assert all(sentence.endswith(".") for sentence in kind.warnings.values())


@kinds
def test_every_part_of_a_payload_can_be_chosen_from_a_file(kind: TaskType[Any, Any]) -> None:
    payload, _ = example(kind)
    names = [field.name for field in kind.payload_fields]
    assert len(names) == len(set(names))
    assert all(field.label and field.holds for field in kind.payload_fields)
    assert {field.name for field in dataclasses.fields(payload)} == {
        field.top for field in kind.payload_fields
    }
    said = set(_places("", kind.store_payload(payload)))
    whole = {field.name for field in kind.payload_fields if {"list", "object"} & set(field.holds)}
    assert [
        place for place in said if place not in names and not any(place.startswith(one) for one in whole)
    ] == []


def _places(name: str, value: Any) -> Iterator[str]:
    """Where texts, numbers and flags stand; items of lists are one place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(f"{name}.{key}" if name else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _places(f"{name}[]", inner)
    else:
        yield name


@kinds
def test_a_file_of_other_columns_gives_the_same_payload(kind: TaskType[Any, Any]) -> None:
    payload, _ = example(kind)
    row = {f"col.{name}": value for name, value in kind.store_payload(payload).items()}
    plan = queue.read_mapping(
        kind, {name.removeprefix("col."): f'"{name}"' for name in row if _is_field(kind, name)}
    )
    raw, problems = plan.applied(row, cells=False)
    assert problems == {}
    assert kind.read_payload(raw) == payload


def _is_field(kind: TaskType[Any, Any], column: str) -> bool:
    return any(field.name == column.removeprefix("col.") for field in kind.payload_fields)


@kinds
def test_what_a_type_requires_is_missed_and_text_is_text(kind: TaskType[Any, Any]) -> None:
    raw = kind.example()[0]
    for field in kind.payload_fields:
        if field.required:
            missing = kind.read_payload({name: value for name, value in raw.items() if name != field.top})
            assert isinstance(missing, Invalid)
            assert any(place.startswith(field.top) for place in missing.errors)
        if field.holds == ("text",):
            place = field.name.replace("[]", "[0]")
            given = {"prompt": "p", "responses": "l", "response.text": "t", place: "odd"}
            chosen = {
                at: column for at, column in given.items() if at == place or _may_stand(kind, at, place)
            }
            plan = queue.read_mapping(kind, chosen)
            for odd in (True, 3, 2.5, [], {}):
                _, problems = plan.applied({"p": "Why?", "l": [], "t": "", "odd": odd}, cells=False)
                assert list(problems) == [place]


def _may_stand(kind: TaskType[Any, Any], at: str, place: str) -> bool:
    known = {field.name for field in kind.payload_fields}
    return at in known and not place.startswith(at)


@kinds
@calm
@given(raw=nonsense)
def test_nonsense_gives_field_errors_never_exceptions(kind: TaskType[Any, Any], raw: dict[str, Any]) -> None:
    payload, _ = example(kind)
    for result in (kind.read_payload(raw), kind.read_answer(payload, raw)):
        if isinstance(result, Invalid):
            assert result.errors
            assert all(PLACE.fullmatch(place) and sentence for place, sentence in result.errors.items())
    kind.screen(payload, raw)
    kind.score_against_gold(payload, raw, example(kind)[1])


@kinds
@pytest.mark.parametrize("raw", [None, 3, "text", [], [1], True])
def test_what_is_no_object_is_an_error(kind: TaskType[Any, Any], raw: Any) -> None:
    payload, _ = example(kind)
    assert isinstance(kind.read_payload(raw), Invalid)
    assert isinstance(kind.read_answer(payload, raw), Invalid)
    kind.screen(payload, raw)


@kinds
@calm
@given(data=st.data())
def test_one_broken_field_of_a_good_answer_never_raises(
    kind: TaskType[Any, Any], data: st.DataObject
) -> None:
    payload, _ = example(kind)
    good = dict(kind.example()[1])
    name = data.draw(st.sampled_from(sorted(good)))
    result = kind.read_answer(payload, {**good, name: data.draw(anything)})
    assert isinstance(result, Checked | Invalid)


@kinds
@calm
@given(form=st.dictionaries(st.text() | words_of_ours, st.lists(st.text())))
def test_any_form_becomes_an_answer_or_field_errors(
    kind: TaskType[Any, Any], form: dict[str, list[str]]
) -> None:
    payload, _ = example(kind)
    assert isinstance(kind.read_answer(payload, kind.from_form(form)), Checked | Invalid)


@kinds
def test_answers_agree_with_themselves_and_both_ways(kind: TaskType[Any, Any]) -> None:
    payload, answer = example(kind)
    blank = kind.screen(payload, {}).answer
    assert kind.agreement(payload, answer, answer) == 1
    one, other = kind.agreement(payload, answer, blank), kind.agreement(payload, blank, answer)
    assert one == other
    assert 0 <= one < 1


@kinds
def test_gold_gives_a_good_answer_full_marks_or_nothing(kind: TaskType[Any, Any]) -> None:
    payload, answer = example(kind)
    gold = kind.store_answer(answer)
    known = kind.read_gold(payload, gold)
    expected = None if isinstance(known, Invalid) else 1
    assert kind.score_against_gold(payload, gold, answer) == expected


@kinds
def test_blind_hides_models_and_depends_on_the_seed_alone(kind: TaskType[Any, Any]) -> None:
    payload, _ = example(kind)
    assert "model" in json.dumps(kind.store_payload(payload))
    shown = [kind.blind(payload, seed) for seed in range(12)]
    assert all("model" not in json.dumps(kind.store_payload(one)) for one in shown)
    assert shown == [kind.blind(payload, seed) for seed in range(12)]
    responses = [getattr(one, "responses", ()) for one in shown]
    if responses[0]:
        assert len({tuple(one) for one in responses}) > 1
        assert len({frozenset(one) for one in responses}) == 1


@kinds
def test_answers_to_a_shuffled_payload_read_the_same(kind: TaskType[Any, Any]) -> None:
    payload, answer = example(kind)
    for seed in range(6):
        checked = kind.read_answer(kind.blind(payload, seed), kind.example()[1])
        assert isinstance(checked, Checked)
        same = kind.read_answer(payload, kind.store_answer(checked.answer))
        assert isinstance(same, Checked)
        assert kind.agreement(payload, answer, same.answer) == 1


@kinds
def test_warnings_have_sentences(kind: TaskType[Any, Any]) -> None:
    payload, _ = example(kind)
    checked = kind.read_answer(payload, kind.example()[1])
    assert isinstance(checked, Checked)
    assert set(checked.warnings) | set(checked.habits) <= set(kind.warnings)


@kinds
def test_exported_lines_are_fit_for_trainers(kind: TaskType[Any, Any]) -> None:
    payload, answer = example(kind)
    lines = [*kind.export(payload, answer), *kind.aggregate(payload, [answer, answer, answer])]
    assert lines
    for line in lines:
        fit(line)


def fit(line: Line) -> None:
    """Domain rules 5.0.7 that one line can break."""
    body = json.loads(json.dumps(line.body, allow_nan=False))
    assert body == line.body
    if line.format == "process_steps":  # names and nulls of a published data set; no trainer reads it
        assert body["question"]["problem"].strip()
        assert all(step["completions"] for step in body["label"]["steps"])
        return
    if line.format == "transcript":  # the same; `turns` is its exact form
        assert body["transcript"] is None or body["transcript"].startswith("\n\nHuman: ")
        assert body["turns"]
        assert len(body["tags"]) <= 6
        return
    sound(body)
    if line.format == "demonstration":
        assert set(body) == {"messages"}
        turns(body["messages"], last="assistant")
        return
    if line.format == "stepwise":
        assert set(body) == {"prompt", "completions", "labels"}
        assert body["prompt"].strip()
        assert all(step.strip() for step in body["completions"])
        assert [type(label) for label in body["labels"]] == [bool] * len(body["completions"])
        return
    turns(body["prompt"], last="user")
    if line.format == "preference":
        assert set(body) - {"margin"} == {"prompt", "chosen", "rejected"}
        assert body["chosen"] != body["rejected"]
        assert [turn["role"] for turn in body["chosen"] + body["rejected"]] == ["assistant", "assistant"]
        assert body.get("margin", 0.0) >= 0
        assert isinstance(body.get("margin", 0.0), float)
    if line.format == "unpaired":
        assert set(body) == {"prompt", "completion", "label"}
        assert [turn["role"] for turn in body["completion"]] == ["assistant"]
        assert type(body["label"]) is bool


def turns(messages: list[dict[str, str]], *, last: str) -> None:
    """Roles take turns, nothing is empty, and the right one speaks last."""
    assert messages[-1]["role"] == last
    assert all(set(message) == {"role", "content"} and message["content"].strip() for message in messages)
    assert all(one["role"] != other["role"] for one, other in pairwise(messages))


def sound(value: Any) -> None:
    """No null and no NaN anywhere."""
    assert value is not None
    if isinstance(value, float):
        assert math.isfinite(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        sound(inner)


def test_two_types_of_one_slug_stop_the_boot() -> None:
    with pytest.raises(RuntimeError, match="share a slug"):
        registry.table([*registry.ALL.values(), registry.ALL["response_ranking"]])


def test_companies_are_offered_the_same_types() -> None:
    assert set(TASK_TYPES) == set(registry.ALL)
    for slug, offered in TASK_TYPES.items():
        kind = registry.ALL[slug]
        payload, _ = example(kind)
        assert offered.title == kind.title
        assert offered.overlap == kind.opinions(payload)
        assert set(offered.options) <= set(kind.presets)


def test_a_slug_stands_for_one_type() -> None:
    assert len({kind.slug for kind in registry.ALL.values()}) == len(registry.ALL)
    assert registry.choices() == [(slug, kind.title) for slug, kind in registry.ALL.items()]
    assert all(registry.get(slug) is kind for slug, kind in registry.ALL.items())


@calm
@given(raw=nonsense)
def test_an_unknown_type_can_still_be_read_and_exported(raw: dict[str, Any]) -> None:
    kind = registry.get("poetry_slam")
    assert isinstance(kind, UnknownTaskType)
    assert kind.slug == "poetry_slam"
    assert kind.read_payload(raw) == raw
    checked = kind.read_answer(raw, raw)
    assert isinstance(checked, Checked)
    assert [line.body["answer"] for line in kind.export(raw, checked.answer)] == [raw]
    assert kind.summary(raw)
    assert kind.minutes(raw) >= 1
    assert kind.group_id(raw) == kind.group_id(raw)
    assert kind.word_count(raw) >= 0


def test_an_unknown_type_hides_models_too() -> None:
    kind = registry.get("poetry_slam")
    raw = {"model": "m1", "turns": [{"text": "Roses", "model": "m2"}, ["x", {"model": "m3"}]]}
    assert kind.blind(raw, 1) == {"turns": [{"text": "Roses"}, ["x", {}]]}
    assert kind.kind(raw) == "writing"
    assert kind.agreement(raw, {"a": 1}, {"a": 1}) == 1
    assert kind.agreement(raw, {"a": 1}, {"a": 2}) == 0
    assert kind.screen(raw, {"a": 1}) == {"payload": raw, "answer": {"a": 1}}
    assert kind.from_form({"a": ["1", "2"]}) == {"a": ["1", "2"]}
    assert kind.example()[0]["prompt"]
    assert isinstance(kind.read_gold(raw, {}), Invalid)
    assert kind.score_against_gold(raw, {}, {}) is None
    for bad in (3, None):
        assert isinstance(kind.read_payload(bad), Invalid)  # type: ignore[arg-type]
        assert isinstance(kind.read_answer(raw, bad), Invalid)  # type: ignore[arg-type]
