"""What a file of lines may not be: one defect each, and the good ones beside them."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import calm
from workspace.exports import policy
from workspace.exports.policy import GENESIS, LINE_BYTES, Sheet, linked, split_of
from workspace.exports.service.lines import Exported
from workspace.exports.service.sheaf import Sheaf
from workspace.task_types import registry
from workspace.task_types.base import Checked, Invalid, Opinion

USER = {"role": "user", "content": "What colour is the sky?"}
BLUE = {"role": "assistant", "content": "It is blue."}
GREEN = {"role": "assistant", "content": "It is green."}
IDS = {"record_id": "R-1", "group_id": "g_1"}
MOMENT = "2026-06-06T13:27:02Z"
RECORD: dict[str, Any] = {
    **IDS,
    "schema": "rating/1", "project": "P-1", "task": "T-1", "external_id": "cust-77", "task_sha256": "9f2c",
    "type": "rating", "language": "en", "specialty": "general", "pay_rule_sha256": "77ae",
    "guideline": {"version": 4, "sha256": "b1d0"}, "expert": {"pseudonym": "x_1", "tier": "general"},
    "claimed_at": MOMENT, "submitted_at": MOMENT, "active_ms": 1000, "wall_ms": 2000, "display_seed": 71, "round": 0,
    "is_gold": False, "is_screening": False, "answer": {}, "confidence": None, "confirmed": [],
    "review": {
        "verdict": "approve", "by_system": False, "by": "r_1", "at": MOMENT, "edited": False, "rounds": 0,
        "appealed": False,
    },
    "agreement": {"n": 3, "mean_pairwise": 0.83},
}  # fmt: skip
STEP = {
    "completions": [{"text": "So 9.11 is larger.", "rating": -1, "flagged": False}],
    "human_completion": "So 9.8 is larger.",
    "chosen_completion": None,
}
GOOD: dict[str, dict[str, Any]] = {
    "demonstration": {"messages": [USER, BLUE], **IDS},
    "preference": {"prompt": [USER], "chosen": [BLUE], "rejected": [GREEN], "margin": 2.0, **IDS},
    "unpaired": {"prompt": [USER], "completion": [GREEN], "label": False, **IDS},
    "stepwise": {"prompt": "Which is larger?", "completions": ["One.", "Two."], "labels": [True, False], **IDS},
    "process_steps": {
        "labeler": "x_1", "timestamp": MOMENT, "generation": None, "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {
            "problem": "Which is larger?", "ground_truth_solution": None, "ground_truth_answer": "9.8",
            "pre_generated_steps": ["So 9.11 is larger."], "pre_generated_answer": None,
            "pre_generated_verifier_score": None,
        },
        "label": {"steps": [STEP], "total_time": 278270, "finish_reason": "found_error"},
        **IDS,
    },
    "ranking": {
        "prompt": [USER],
        "responses": [
            {"id": "r1", "text": "Blue.", "model": "m1", "rank": 1},
            {"id": "r2", "text": "Green.", "model": "", "rank": 1},
        ],
        "opinions": 3,
        **IDS,
    },
    "ratings": {
        "prompt": [USER], "response": [BLUE], "scores": {"correctness": 4.5}, "overall": 5, "why": "", **IDS,
    },
    "spans": {
        "prompt": [USER],
        "response": {"id": "r1", "text": "Open since 1998.", "model": ""},
        "context": [],
        "spans": [{"start": 11, "end": 15, "text": "1998", "type": "wrong_number", "severity": "major"}],
        "verdict": "minor_issues",
        **IDS,
    },
    "transcript": {
        "transcript": "\n\nHuman: Hello\n\nAssistant: Hi", "rating": 3.0, "task_description": "Be rude", "tags": ["insult"],
        "model_type": None, "red_team_member_id": "x_1", "failure": "r1", "severity": 3, "severity_why": None,
        "hazards": [], "repro": {"k": 2, "n": 3}, "minimal_prompt": None, "why_harmful": None, "safe_answer": "Hello",
        "resisted": False, "system": None,
        "turns": [
            {"id": "t1", "parent": None, "role": "user", "text": "Hello", "risk": None, "tactics": []},
            {
                "id": "r1", "parent": "t1", "role": "assistant", "text": "Hi", "run": None, "stopped": False,
                "source_model": None, "outcome": "policy_violation", "refusal_quality": None,
            },
        ],
        **IDS,
    },
    "records": {**RECORD, "chain": {"prev": GENESIS, "hash": linked(GENESIS, RECORD)}},
}  # fmt: skip


def defects(file_format: str, *lines: Any) -> list[tuple[int, str, str]]:
    """Every defect of a file with these lines, the good pair of an unpaired file beside them."""
    sheet = Sheet(file_format)
    found = [defect for line in lines for defect in sheet.line(line)]
    return [(defect.line, defect.place, defect.problem) for defect in [*found, *sheet.closed()]]


def changed(file_format: str, place: str, value: Any) -> dict[str, Any]:
    """A good line with one part replaced; `place` is a path with dots, a number stands for a position."""
    line: Any = copy.deepcopy(GOOD[file_format])
    inner = line
    keys: list[Any] = [int(key) if key.isdigit() else key for key in place.split(".")]
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return line


@pytest.mark.parametrize("file_format", GOOD)
def test_a_good_line_is_good(file_format: str) -> None:
    other = changed(file_format, "label", True) if file_format == "unpaired" else None
    assert defects(file_format, GOOD[file_format], *([other] if other else [])) == []


FORMS = {
    "prompt and completion": {"prompt": [USER], "completion": [BLUE], **IDS},
    "plain text": {"prompt": "The sky is", "completion": " blue.", **IDS},
    "white space in the prompt": {"prompt": "The sky is ", "completion": "blue.", **IDS},
    "a system message": {"messages": [{"role": "system", "content": "Be brief."}, USER, BLUE], **IDS},
}


@pytest.mark.parametrize("name", FORMS)
def test_other_forms_of_a_demonstration_are_good(name: str) -> None:
    assert defects("demonstration", FORMS[name]) == []


def test_a_pair_may_hold_its_prompt_on_both_sides() -> None:
    assert defects("preference", {"chosen": [USER, BLUE], "rejected": [USER, GREEN], **IDS}) == []


BAD: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "chosen equals rejected": ("preference", changed("preference", "rejected", [BLUE]), "chosen", "equals"),
    "equal after folding": (
        "preference",
        changed("preference", "rejected.0", {"role": "assistant", "content": " it  IS blue.\n"}),
        "chosen",
        "equals",
    ),
    "integer label": ("unpaired", changed("unpaired", "label", 1), "label", "not true or false"),
    "null label": ("unpaired", changed("unpaired", "label", None), "label", "nothing here"),
    "lengths differ": ("stepwise", changed("stepwise", "labels", [True]), "labels", "2 steps and 1 labels"),
    "integer step label": ("stepwise", changed("stepwise", "labels.1", 0), "labels[1]", "not true or false"),
    "labels after the error": ("stepwise", changed("stepwise", "labels", [False, True]), "labels", "after the first"),
    "no step": ("stepwise", {**GOOD["stepwise"], "completions": [], "labels": []}, "completions", "two lists"),
    "blank step": ("stepwise", changed("stepwise", "completions.0", " \n"), "completions[0]", "empty"),
    "empty message": ("demonstration", changed("demonstration", "messages.1.content", " "), "messages[1].content", "empty"),
    "last turn by the user": ("demonstration", changed("demonstration", "messages", [USER]), "messages", "not the assistant's"),
    "two user turns": ("demonstration", changed("demonstration", "messages", [USER, USER, BLUE]), "messages[1]", "Two user"),
    "late system": (
        "demonstration",
        changed("demonstration", "messages", [USER, {"role": "system", "content": "x"}, BLUE]),
        "messages[1]",
        "only be the first",
    ),
    "answer to nothing": ("demonstration", changed("demonstration", "messages", [BLUE]), "messages", "nothing it answers"),
    "unknown role": ("demonstration", changed("demonstration", "messages.0.role", "human"), "messages[0].role", "not one of"),
    "no white space": (
        "demonstration",
        {"prompt": "The sky is", "completion": "blue.", **IDS},
        "completion",
        "white space",
    ),
    "text and message": (
        "demonstration",
        {"prompt": "The sky is", "completion": [BLUE], **IDS},
        "completion",
        "text as well",
    ),
    "null margin": ("preference", changed("preference", "margin", None), "margin", "nothing here"),
    "negative margin": ("preference", changed("preference", "margin", -1.0), "margin", "less than 0"),
    "infinite margin": ("preference", changed("preference", "margin", float("inf")), "margin", "not finite"),
    "nan": ("ratings", changed("ratings", "overall", float("nan")), "overall", "not finite"),
    "different prompts": (
        "preference",
        {"chosen": [USER, BLUE], "rejected": [{"role": "user", "content": "And at night?"}, GREEN], **IDS},
        "rejected",
        "different prompts",
    ),
    "prompt in the answer": ("preference", changed("preference", "chosen", [USER, BLUE]), "chosen", "more than the answer"),
    "unknown column": ("preference", changed("preference", "score", 3), "score", "unknown"),
    "null side": ("preference", changed("preference", "rejected", None), "rejected", "nothing here"),
    "no record": ("unpaired", changed("unpaired", "record_id", ""), "record_id", "empty"),
    "lone surrogate": ("demonstration", changed("demonstration", "messages.1.content", "a\ud800"), "messages[1].content", "no file can keep"),
    "rating of a step": ("process_steps", changed("process_steps", "label.steps.0.completions.0.rating", None), "label.steps[0].completions[0].rating", "left out"),
    "chosen nowhere": ("process_steps", changed("process_steps", "label.steps.0.chosen_completion", 4), "label.steps[0].chosen_completion", "no position"),
    "unknown end": ("process_steps", changed("process_steps", "label.finish_reason", "tired"), "label.finish_reason", "not one of"),
    "order of one": ("ranking", changed("ranking", "responses", GOOD["ranking"]["responses"][:1]), "responses", "not two"),
    "worst first": ("ranking", changed("ranking", "responses.0.rank", 2), "responses", "does not come first"),
    "blank response": ("ranking", changed("ranking", "responses.1.text", ""), "responses[1].text", "empty"),
    "score of six": ("ratings", changed("ratings", "scores.correctness", 6), "scores.correctness", "more than 5"),
    "moved span": ("spans", changed("spans", "spans.0.start", 10), "spans[0].text", "not what stands"),
    "span outside": ("spans", changed("spans", "spans.0.end", 99), "spans[0].start", "not in the response"),
    "speaker in a turn": ("transcript", {**changed("transcript", "turns.0.text", "a\n\nHuman: b"), "transcript": "\n\nHuman: a\n\nHuman: b"}, "transcript", "cannot be read back"),
    "no line feeds": ("transcript", changed("transcript", "transcript", "Human: Hello"), "transcript", "two line feeds"),
    "gold": ("records", changed("records", "is_gold", True), "is_gold", "no data"),
    "no reviewer": ("records", changed("records", "review.by", None), "review.by", "nothing here"),
    "local time": ("records", changed("records", "claimed_at", "2026-06-06T13:27:02+02:00"), "claimed_at", "no time in UTC"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_defect_is_named_with_its_line_and_place(name: str) -> None:
    file_format, line, place, said = BAD[name]
    sheet = Sheet(file_format)
    if file_format not in {"records", "preference"}:
        assert sheet.line(GOOD[file_format]) == []
    found = sheet.line(line)
    at = sheet.count
    assert [
        defect for defect in found if (defect.line, defect.place) == (at, place) and said in defect.problem
    ], found


@pytest.mark.parametrize("file_format", [name for name in GOOD if name != "records"])
def test_every_line_says_whose_it_is_and_what_it_belongs_to(file_format: str) -> None:
    for name in IDS:
        line = {key: value for key, value in GOOD[file_format].items() if key != name}
        assert (1, name, "This column is missing.") in defects(file_format, line)


def test_one_class_is_no_file_for_a_trainer() -> None:
    assert defects("unpaired", GOOD["unpaired"]) == [(0, "label", policy.ONE_CLASS)]
    assert Sheet("unpaired", "test", labels={True}).closed() == [], "a small test side may be of one class"


def test_an_optional_column_stands_in_all_lines_or_in_none() -> None:
    bare = {key: value for key, value in GOOD["preference"].items() if key != "margin"}
    assert [(line, place) for line, place, _ in defects("preference", GOOD["preference"], bare)] == [
        (2, "margin")
    ]


def test_a_group_stands_on_one_side_of_the_split() -> None:
    side = split_of("g_1")
    other = {"train": "test", "test": "train"}[side]
    assert Sheet("preference", side).line(GOOD["preference"]) == []
    assert [defect.place for defect in Sheet("preference", other).line(GOOD["preference"])] == ["group_id"]


@calm
@given(groups=st.sets(st.text(min_size=1), min_size=1))
def test_a_split_depends_on_the_group_alone(groups: set[str]) -> None:
    assert {group: split_of(group) for group in groups} == {group: split_of(group) for group in groups}
    assert {split_of(group) for group in groups} <= {"train", "test"}


def test_about_a_tenth_is_kept_for_testing() -> None:
    assert 150 < sum(split_of(f"g_{n}") == "test" for n in range(2000)) < 250


def test_the_chain_breaks_where_a_record_was_changed_or_taken_out() -> None:
    def chained(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        previous, lines = GENESIS, []
        for record in records:
            digest = linked(previous, record)
            lines.append({**record, "chain": {"prev": previous, "hash": digest}})
            previous = digest
        return lines

    lines = chained([{**RECORD, "record_id": f"R-{n}"} for n in range(3)])
    assert defects("records", *lines) == []
    assert [place for _, place, _ in defects("records", lines[0], lines[2])] == ["chain.prev"]
    lines[1] = {**lines[1], "active_ms": 5}
    assert (2, "chain.hash") in [(line, place) for line, place, _ in defects("records", *lines)]


# --- files ---------------------------------------------------------------------------------------------------


def raw(*lines: Any) -> bytes:
    return b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )


PAIR = GOOD["preference"]
FILES: dict[str, tuple[bytes, str]] = {
    "byte-order mark": (b"\xef\xbb\xbf" + raw(PAIR), "byte-order mark"),
    "not JSON": (raw(PAIR, b'{"prompt": '), "line 2: This line is not JSON."),
    "NaN": (raw(b'{"margin": NaN}'), "NaN is not a JSON value"),
    "a name twice": (raw(b'{"label": true, "label": false}'), "twice"),
    "not UTF-8": (raw(b'{"a": "\xff"}'), "not UTF-8"),
    "an empty line": (raw(PAIR, b"", PAIR), "line 2: This line is empty."),
    "an empty file": (b"", "empty"),
    "a list": (raw([1]), "not a JSON object"),
    "nested": (raw(b"[" * 100_000), "line 1"),
    "over the limit": (raw(b'{"a": "' + b"x" * LINE_BYTES + b'"}'), "at most"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_said(name: str) -> None:
    content, said = FILES[name]
    assert any(said in str(defect) for defect in policy.check_file("preference.jsonl", content))


def test_other_separators_are_text() -> None:
    line = changed("preference", "chosen.0.content", "one\u2028two\u2029three\x85four")
    content = json.dumps(line, ensure_ascii=False).encode() + b"\n"
    assert len(content.decode().splitlines()) > 1
    assert policy.check_file("preference.jsonl", content) == []


@pytest.mark.parametrize("name", ["poetry.jsonl", "preference.txt", "Preference.jsonl", "../records.jsonl"])
def test_a_file_of_another_name_is_no_data(name: str) -> None:
    assert policy.check_file(name, raw(PAIR)) != []


def test_a_folder_is_what_its_manifest_says() -> None:
    content = raw(PAIR)
    told = {"name": "preference.jsonl", "sha256": hashlib.sha256(content).hexdigest()}
    files = {"preference.jsonl": content, "manifest.json": json.dumps({"files": [told]}).encode()}
    assert policy.check_folder(files) == {"preference.jsonl": []}
    assert policy.check_folder({"preference.jsonl": content}) == {"preference.jsonl": []}
    for change, said in (
        ({"preference.jsonl": raw({**PAIR, "record_id": "R-2"})}, "checksum differs"),
        ({"ranking.jsonl": raw(GOOD["ranking"])}, "does not name"),
        ({"manifest.json": b'{"files": [{"name": "gone.jsonl"}]}'}, "not here"),
        ({"manifest.json": b"{}"}, "names no files"),
    ):
        found = policy.check_folder({**files, **change})
        assert any(said in str(defect) for defects in found.values() for defect in defects)


def test_sensitive_files_lie_in_their_folder_and_the_manifest_says_so() -> None:
    content = raw(PAIR)
    told = {"sha256": hashlib.sha256(content).hexdigest(), "sensitive": True}

    def found(name: str, *, kept: str = "", sensitive: Any = True, whole: Any = True) -> str:
        row = {**told, "name": name, "sensitive": sensitive}
        manifest = json.dumps({"sensitive": whole, "files": [row]}).encode()
        defects = policy.check_folder({kept or name: content, "manifest.json": manifest})
        return " ".join(str(defect) for each in defects.values() for defect in each)

    assert found("sensitive/preference-train.jsonl", kept="sensitive-preference-train.jsonl") == ""
    assert policy.kept_as("sensitive/preference-train.jsonl") == "sensitive-preference-train.jsonl"
    assert found("sensitive/preference.jsonl") == ""
    assert found("preference.jsonl", sensitive=False, whole=False) == ""
    assert "lie in sensitive/" in found("preference.jsonl")
    for missing in (False, None, "yes"):
        assert "lie in sensitive/" in found("sensitive/preference.jsonl", sensitive=missing)
        assert "has to say" in found("sensitive/preference.jsonl", whole=missing)
    assert "has to say" in found("preference.jsonl", sensitive=False)


@calm
@given(content=st.binary(max_size=300))
@pytest.mark.parametrize("file_format", GOOD)
def test_no_bytes_make_the_check_fail(file_format: str, content: bytes) -> None:
    policy.check_file(f"{file_format}.jsonl", content)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@calm
@given(data=st.data())
@pytest.mark.parametrize("file_format", GOOD)
def test_one_odd_part_never_makes_the_check_fail(file_format: str, data: st.DataObject) -> None:
    line = copy.deepcopy(GOOD[file_format])
    name = data.draw(st.sampled_from(sorted(line)))
    line[name] = data.draw(anything)
    defects(file_format, line)


# --- what we write -------------------------------------------------------------------------------------------


def lines_of(slug: str, several: Callable[[Any], list[Any]]) -> list[tuple[str, dict[str, Any]]]:
    """The lines that answers to the example of a type give, signed and named as the exporter does it."""
    kind = registry.get(slug)
    raw_payload, raw_answer = kind.example()
    payload = kind.read_payload(raw_payload)
    assert not isinstance(payload, Invalid)
    checked = kind.read_answer(payload, raw_answer)
    assert isinstance(checked, Checked)
    opinion = Opinion(by="x_1", at=MOMENT, active_ms=1000)
    return [
        (line.format, {**(line.body if line.source is None else kind.signed(line, opinion)), **IDS})
        for line in kind.aggregate(payload, several(checked.answer))
    ]


@pytest.mark.parametrize("slug", registry.ALL)
@pytest.mark.parametrize("opinions", [1, 3])
def test_every_type_writes_good_lines(slug: str, opinions: int) -> None:
    written = lines_of(slug, lambda answer: [answer] * opinions)
    assert written
    for file_format, line in written:
        assert Sheet(file_format).line(json.loads(json.dumps(line, allow_nan=False))) == []


def test_a_format_whose_lines_were_all_refused_leaves_no_file_and_is_said(tmp_path: Path) -> None:
    sheaf = Sheaf(tmp_path)
    sheaf.write(Exported("unpaired", "T-1", {**GOOD["unpaired"], "prompt": None}))
    sheaf.leave_out()
    assert sheaf.defects
    assert sheaf.open == {}
    sheaf.close()
