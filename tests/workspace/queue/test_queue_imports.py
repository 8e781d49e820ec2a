"""Files of tasks: read by line, judged before anything is written, imported once."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.errors import Conflict
from marketplace.projects import service as projects
from marketplace.projects.models import Project
from tests.factories.projects import CLAUSES, fill_wallet, make_draft, make_owner, make_project
from tests.factories.queue import make_tasks
from workspace.queue import queries, service
from workspace.queue.errors import FileRefused
from workspace.queue.models import BatchState, Task, TaskImport, TaskImportState, TaskState
from workspace.queue.service import Checked, KeptFile, Row, reading

GOOD: dict[str, Any] = {"prompt": "Why?", "responses": ["Because of the heat.", "Nobody knows."]}


def jsonl(*rows: object) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


def problems(data: bytes, file_format: str = "jsonl") -> dict[int, str]:
    return {row.line: row.problem for row in service.read_rows(data, file_format) if row.raw is None}


def check(data: bytes, file_format: str = "jsonl", preset: Mapping[str, Any] | None = None) -> Checked:
    rows = service.read_rows(data, file_format)
    return service.check_rows(rows, task_type="response_ranking", preset=preset or {})


# --- reading -------------------------------------------------------------------------------------------------


def test_lines_end_at_the_line_feed_alone() -> None:
    tricky = {**GOOD, "prompt": "one\u2028two\x85three\x0bfour\x1cfive"}
    data = b"\xef\xbb\xbf" + json.dumps(tricky, ensure_ascii=False).encode() + b"\r\n\r\n" + jsonl(GOOD)
    rows = service.read_rows(data, "jsonl")
    assert [row.line for row in rows] == [1, 3]
    assert rows[0].raw is not None
    assert rows[0].raw["prompt"] == tricky["prompt"]


BAD_LINES = {
    "cut": ('{"prompt": "Why', "not JSON"),
    "number": ("17", "not a JSON object"),
    "list": ("[1, 2]", "not a JSON object"),
    "not a number": ('{"prompt": NaN}', "NaN is not a JSON value"),
    "endless": ('{"prompt": -Infinity}', "not a JSON value"),
    "twice": ('{"prompt": "a", "prompt": "b"}', "A name appears twice"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "deep but closed": ('{"a":' * 80 + "1" + "}" * 80, "nested too deeply"),
    "huge number": ('{"n": ' + "9" * 10_000 + "}", "A number on this line is too long"),
    "large number": ('{"n": 99999999999999999999}', "too large"),
    "nul": ('{"prompt": "a\\u0000b"}', "cannot be stored"),
    "surrogate": ('{"prompt": "a\\ud800b"}', "cannot be stored"),
    "nul in a name": ('{"a\\u0000": 1}', "cannot be stored"),
    "long": ('{"prompt": "' + "x" * 2**20 + '"}', "longer than 1 MB"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_said_and_the_others_are_read(name: str) -> None:
    line, said = BAD_LINES[name]
    found = problems(jsonl(GOOD, line, GOOD))
    assert list(found) == [2]
    assert said in found[2]


def test_a_line_that_is_no_text_is_said() -> None:
    assert problems(jsonl(GOOD) + b'\n{"prompt": "\xff\xfe"}\n' + jsonl(GOOD)) == {
        2: "This line is not UTF-8 text."
    }


REFUSED = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n ", "empty"),
    "binary": (bytes(range(256)) * 40, "UTF-8"),
    "zip": (b"PK\x03\x04\x00\x00", "UTF-8"),
    "utf-16": ('{"prompt": "a"}'.encode("utf-16"), "UTF-8"),
    "brackets": (b"[" * 100_000, "Nothing in this file"),
    "prose": (b"Dear Sir or Madam\nplease", "Line 1: This line is not JSON"),
    "nul": (b'{"prompt": "a"}\0', "UTF-8"),
    "blank lines": (b"\n" * 100_000 + b"{}", "more than 20,000"),
    "too many": (b"{}\n" * (WORK.import_maximum_rows + 1), "more than 20,000"),
    "too large": (b" " * (WORK.import_maximum_bytes + 1), "larger than 16 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_tasks_is_refused(name: str) -> None:
    data, said = REFUSED[name]
    with pytest.raises(FileRefused, match=said) as refusal:
        service.read_rows(data, "jsonl")
    assert refusal.value.status_code == 422


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'prompt,response_a\nhi,"open quote\n' + b"row,row\n" * 1000, "not CSV we can read"),
        (b"prompt,response_a\nhi," + b"x" * 140_000, "not CSV we can read"),
        (b"prompt,prompt\na,b", "each name once"),
        (b"prompt,\na,b", "each name once"),
        (b"prompt,response_a\nhi,\xff", "Line 2 is not UTF-8"),
        (b"prompt,response_a\nhi,a\0b", "UTF-8"),
        (b"prompt,response_a\n", "no task"),
        (b"prompt\n" + b"hi\n" * (WORK.import_maximum_rows + 1), "more than 20,000"),
        (b"prompt\nhi\n" + b"\n" * (2 * WORK.import_maximum_rows + 1), "more than 20,000"),
    ],
)
def test_a_csv_file_that_cannot_be_tasks_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        service.read_rows(data, "csv")


def test_reading_ends_one_row_after_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    kept = reading.clean
    monkeypatch.setattr(reading, "clean", lambda number, raw: seen.append(number) or kept(number, raw))
    monkeypatch.setattr(reading, "MOST_LINES", 10**9)
    with pytest.raises(FileRefused, match="more than 20,000"):
        service.read_rows(b"prompt\n" + b"hi\n" * (3 * WORK.import_maximum_rows), "csv")
    assert len(seen) == WORK.import_maximum_rows + 1


def test_csv_cells_become_a_payload() -> None:
    data = (
        "id,prompt,response_a,response_b,model_b,dimensions,why_min_words\n"
        'x1,"Why, oh ""why""?\n[see below]",First,Second,m2,"[""accuracy""]",12\n'
        "x2,short\n"
        ",,,,,,\n"
        "x3,42,007,[not json,,,\n"
    ).encode("utf-8-sig")
    rows = service.read_rows(data, "csv")
    assert rows[0] == Row(
        2,
        {
            "id": "x1",
            "prompt": 'Why, oh "why"?\n[see below]',
            "responses": [{"text": "First"}, {"text": "Second", "model": "m2"}],
            "dimensions": ["accuracy"],
            "why_min_words": 12,
        },
    )
    assert (rows[1].line, rows[1].raw) == (4, None)
    assert "2 cells" in rows[1].problem
    assert rows[2].raw is not None
    assert rows[2].raw["prompt"] == "42"
    assert rows[2].raw["responses"] == [{"text": "007"}, {"text": "[not json"}]


@given(data=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_no_bytes_make_the_reader_fail(data: bytes, file_format: str) -> None:
    try:
        rows = service.read_rows(data, file_format)
    except FileRefused:
        return
    service.check_rows(rows, task_type="response_ranking", preset={})


@pytest.mark.parametrize("name", ["tasks.pdf", "tasks", "tasks.csv.exe", ""])
def test_other_kinds_of_file_are_refused(name: str) -> None:
    with pytest.raises(FileRefused):
        service.format_of(name)


# --- judging -------------------------------------------------------------------------------------------------


def test_bad_rows_are_named_by_line_and_place() -> None:
    found = check(jsonl(GOOD, {**GOOD, "prompt": ""}, {**GOOD, "responses": ["one"]}, {**GOOD, "id": [1]}))
    assert [row.line for row in found.good] == [1]
    assert [(row.line, row.place) for row in found.bad] == [(2, "prompt"), (3, "responses"), (4, "id")]
    assert found.bad_lines == {2, 3, 4}


def test_ids_come_from_the_file_or_from_the_line() -> None:
    found = check(jsonl({**GOOD, "external_id": "a", "id": "b"}, {**GOOD, "_id": 7}, {**GOOD, "id": ""}))
    assert [(row.external_id, row.named) for row in found.good] == [
        ("a", True),
        ("7", True),
        ("line-3", False),
    ]


def test_a_second_row_of_the_same_id_stays_out() -> None:
    found = check(jsonl({**GOOD, "id": "a"}, {**GOOD, "id": "a"}))
    assert [(row.line, row.problem) for row in found.left_out] == [(2, "The same id as line 1.")]


def test_the_project_sets_what_rows_leave_open() -> None:
    found = check(jsonl(GOOD, {**GOOD, "why_min_words": 20}), preset={"why_min_words": 15})
    assert [row.payload["why_min_words"] for row in found.good] == [15, 20]


# --- importing -----------------------------------------------------------------------------------------------


def looked_over(session: Session, project: Project, by: User, data: bytes) -> tuple[TaskImport, Checked]:
    looked = service.look_over(data, "jsonl", task_type="response_ranking", preset=project.options, chosen={})
    file = KeptFile("tasks.jsonl", "0" * 32, "")
    task_import = service.check_import(session, project, by=by, file=file, looked=looked)
    session.flush()
    return task_import, looked.checked


def test_a_dry_run_writes_only_its_report(session: Session) -> None:
    project = make_draft(session)
    by = make_owner(session, project.company)
    task_import, _ = looked_over(session, project, by, jsonl({**GOOD, "id": "a"}, "{", {**GOOD, "id": "a"}))
    assert (task_import.good_count, task_import.bad_count, task_import.duplicate_count) == (1, 1, 1)
    assert task_import.report["bad"] == [
        {"line": 2, "place": "", "problem": "This line is not JSON (at character 2)."}
    ]
    assert task_import.report["first"]["prompt"][0]["content"] == "Why?"
    assert session.query(Task).count() == 0


def test_confirming_imports_the_good_rows_once(session: Session) -> None:
    project = make_draft(session)
    by = make_owner(session, project.company)
    task_import, checked = looked_over(session, project, by, jsonl(GOOD, "{", {**GOOD, "id": "b"}))
    batch = service.confirm_import(session, task_import, by=by, checked=checked)
    assert service.confirm_import(session, task_import, by=by, checked=checked) is batch
    assert task_import.state is TaskImportState.CONFIRMED
    tasks = session.query(Task).order_by(Task.position).all()
    assert [(task.external_id, task.position) for task in tasks] == [("line-1", 1), ("b", 2)]
    assert {task.state for task in tasks} == {TaskState.STAGED}
    assert {(task.overlap, task.task_type, task.type_version) for task in tasks} == {
        (3, "response_ranking", 1)
    }
    assert (batch.number, batch.task_count, batch.state) == (1, 2, BatchState.STAGING)


def test_tasks_of_a_draft_open_with_the_project(session: Session) -> None:
    project = make_draft(session)
    by = make_owner(session, project.company)
    task_import, checked = looked_over(session, project, by, jsonl(GOOD))
    service.confirm_import(session, task_import, by=by, checked=checked)
    projects.save_guideline(session, project, CLAUSES, by=by)
    projects.submit(session, project, by=by, check="none", has_tasks=queries.has_tasks(session, project.id))
    fill_wallet(session, project.company, project.unit_minor)
    assert session.query(Task).one().state is TaskState.STAGED
    projects.fund(session, project, by=by, amount_minor=project.unit_minor, form_key=ids.new_id())
    session.expire_all()
    assert session.query(Task).one().state is TaskState.AVAILABLE


def test_tasks_of_an_open_project_can_be_claimed_at_once(session: Session) -> None:
    project = make_project(session)
    by = make_owner(session, project.company)
    make_tasks(session, project, 2)
    task_import, checked = looked_over(session, project, by, jsonl(GOOD))
    batch = service.confirm_import(session, task_import, by=by, checked=checked)
    session.expire_all()
    task = session.query(Task).filter_by(external_id="line-1").one()
    assert (task.state, task.position, batch.number) == (TaskState.AVAILABLE, 3, 2)


def test_a_file_sent_twice_adds_nothing(session: Session) -> None:
    project = make_project(session)
    by = make_owner(session, project.company)
    data = jsonl({**GOOD, "id": "a"}, GOOD)
    first, checked = looked_over(session, project, by, data)
    service.confirm_import(session, first, by=by, checked=checked)
    second, checked = looked_over(session, project, by, data)
    assert (second.good_count, second.duplicate_count) == (0, 2)
    with pytest.raises(Conflict, match="Nothing is left"):
        service.confirm_import(session, second, by=by, checked=checked)


def test_rows_without_an_id_never_push_each_other_out(session: Session) -> None:
    project = make_project(session)
    by = make_owner(session, project.company)
    first, checked = looked_over(session, project, by, jsonl(GOOD))
    service.confirm_import(session, first, by=by, checked=checked)
    other = jsonl({**GOOD, "prompt": "What else?"})
    for expected in ((1, 0), (0, 1)):
        again, checked = looked_over(session, project, by, other)
        assert (again.good_count, again.duplicate_count) == expected
        if again.good_count:
            service.confirm_import(session, again, by=by, checked=checked)
    assert session.query(Task).count() == 2


def test_a_known_id_with_other_content_is_left_out_and_said(session: Session) -> None:
    project = make_project(session)
    by = make_owner(session, project.company)
    first, checked = looked_over(session, project, by, jsonl({**GOOD, "id": "a"}))
    service.confirm_import(session, first, by=by, checked=checked)
    second, _ = looked_over(session, project, by, jsonl({**GOOD, "id": "a", "prompt": "Changed"}))
    assert second.report["left_out"][0]["problem"] == "A task with this id has other content."


def test_a_discarded_file_imports_nothing(session: Session) -> None:
    project = make_project(session)
    by = make_owner(session, project.company)
    task_import, checked = looked_over(session, project, by, jsonl(GOOD))
    service.discard_import(session, task_import)
    service.discard_import(session, task_import)
    with pytest.raises(Conflict, match="discarded"):
        service.confirm_import(session, task_import, by=by, checked=checked)
    other, checked = looked_over(session, project, by, jsonl(GOOD))
    service.confirm_import(session, other, by=by, checked=checked)
    with pytest.raises(Conflict, match="already"):
        service.discard_import(session, other)


@pytest.mark.parametrize("state", ["closing", "closed"])
def test_an_ending_project_takes_no_tasks(session: Session, state: str) -> None:
    project = make_project(session, state=state)
    with pytest.raises(Conflict, match="takes no new tasks"):
        looked_over(session, project, make_owner(session, project.company), jsonl(GOOD))


def test_a_finished_project_withdraws_what_nobody_began(session: Session) -> None:
    project = make_project(session)
    (task,) = make_tasks(session, project, 1)
    projects.finish(session, project, by=make_owner(session, project.company))
    session.refresh(task)
    assert task.state is TaskState.WITHDRAWN


def test_bad_rows_can_be_had_back() -> None:
    data = jsonl(GOOD, '{"prompt": "cut', {**GOOD, "prompt": "", "id": "b"})
    lines = [json.loads(line) for line in service.bad_rows(data, "jsonl", check(data)).splitlines()]
    assert [line["line"] for line in lines] == [2, 3]
    assert lines[0]["row"] == '{"prompt": "cut'
    assert lines[1]["row"]["id"] == "b"
    assert lines[1]["problems"] == ["prompt: Give the prompt."]
