"""The doors of claims, imports and a company's tasks."""

import io
import json
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.companies.models import MemberRole
from marketplace.identity.models import Role
from marketplace.projects import service as projects
from marketplace.projects.models import Project, ProjectState
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import engaged, make_assignment, make_tasks, run_promises
from tests.pages import Page, Pages
from workspace.queue import service
from workspace.queue.models import Assignment, AssignmentState, Task, TaskImport, TaskState

GOOD: dict[str, Any] = {
    "prompt": "Why is the sky blue?",
    "responses": ["Because of the air.", "Nobody knows."],
}
A = AssignmentState


def jsonl(*rows: object) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


def upload(pages: Pages, project: Project, data: bytes, name: str = "tasks.jsonl") -> Page:
    return pages.post(
        "imports.create",
        {"file": (io.BytesIO(data), name)},
        project_id=project.id,
    )


# --- claims ----------------------------------------------------------------------------------------------------


def test_start_opens_the_workspace_and_starting_again_the_same_task(pages: Pages, session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 2)
    expert = make_expert(session)
    engaged(session, expert, project)
    pages.enter(expert.user)
    first = pages.post("queue.start", slug=project.slug)
    assert first.status == 303
    assert pages.post("queue.start", slug=project.slug).location == first.location
    assert first.location == pages.path("submissions.work", assignment_id=session.query(Assignment).one().id)


def test_start_says_what_stands_against_it(pages: Pages, session: Session) -> None:
    project = make_project(session)
    expert = make_expert(session)
    pages.enter(expert.user)
    assert pages.post("queue.start", slug=project.slug).status == 409
    engaged(session, expert, project)
    page = pages.post("queue.start", slug=project.slug)
    assert page.status == 409
    assert "No task is free for you here right now" in page.text
    assert pages.post("queue.start", slug="nowhere").status == 404


def test_a_used_up_budget_is_a_page_and_the_pause_stays(app, pages: Pages, session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 1)
    expert = make_expert(session)
    engaged(session, expert, project)
    projects.defund(session, project)
    pages.enter(expert.user)
    page = pages.post("queue.start", slug=project.slug)
    assert (page.status, "The budget is used up" in page.text) == (409, True)
    run_promises(app, session)
    assert session.get_one(Project, project.id).state is ProjectState.PAUSED


def test_skipping_needs_a_reason_and_leads_on(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    pages.enter(assignment.expert.user)
    path = {"assignment_id": assignment.id}
    work = pages.path("submissions.work", **path)
    for wrong in ({}, {"reason": "because"}, {"reason": "other"}, {"reason": "other", "note": "  "}):
        assert pages.post("queue.skip", wrong, **path).location == work
        assert session.get_one(Assignment, assignment.id).state is A.ACTIVE
    page = pages.post("queue.skip", {"reason": "other", "note": "It is about my employer."}, **path)
    kept = session.get_one(Assignment, assignment.id)
    assert (kept.state, kept.end_reason, kept.end_note) == (A.RELEASED, "other", "It is about my employer.")
    following = session.query(Assignment).filter_by(state=A.ACTIVE).one()
    assert page.location == pages.path("submissions.work", assignment_id=following.id)


def test_time_is_added_by_form_and_by_script(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session)
    pages.enter(assignment.expert.user)
    path = pages.path("queue.extend", assignment_id=assignment.id)
    answer = pages.client.post(path, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["extensions_left"] == WORK.extensions_maximum - 1
    assert answer.json["expires_at"].endswith("Z")
    assert pages.post(path).status == 303
    session.expire_all()
    assert session.get_one(Assignment, assignment.id).extensions == 2


def test_the_board_leads_back_to_what_is_reserved(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session, title="Rank answers about sleep", tasks=3)
    place = f"/tasks/{assignment.id}"
    pages.enter(assignment.expert.user, "expert")
    board = pages.get("/jobs")
    assert "$2.00 reserved for you" in board.text
    assert [link.get("href") for link in board.all("a") if "Resume" in "".join(link.itertext())] == [place]
    assert "Resume" not in Pages(pages.app, session).get("/jobs").text


def test_the_next_task_is_opened_or_left(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    held = service.hold_next(session, assignment)
    assert held is not None
    pages.enter(assignment.expert.user)
    assert pages.post("queue.open_next", assignment_id=held.id).status == 409
    assert pages.post("queue.leave", assignment_id=assignment.id).status == 303
    assert session.get_one(Assignment, held.id).state is A.RELEASED
    assert pages.post("queue.open_next", assignment_id=held.id).status == 409


@pytest.mark.parametrize(
    "door", ["queue.skip", "queue.extend", "queue.open_next", "queue.leave", "queue.again"]
)
def test_nobody_reaches_the_assignment_of_another(pages: Pages, session: Session, door: str) -> None:
    assignment = make_assignment(session)
    pages.enter(make_expert(session).user)
    assert pages.post(door, {"reason": "too_long"}, assignment_id=assignment.id).status == 404
    assert pages.post(door, {"reason": "too_long"}, assignment_id=uuid.uuid4()).status == 404
    pages.enter(make_user(session, roles=[Role.MEMBER]))
    assert pages.post(door, assignment_id=assignment.id).status == 403


# --- imports ---------------------------------------------------------------------------------------------------


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


@pytest.fixture
def manager(pages: Pages, session: Session, project: Project) -> Pages:
    return pages.enter(make_owner(session, project.company, role=MemberRole.MANAGER))


def test_a_file_is_checked_confirmed_and_there(manager: Pages, session: Session, project: Project) -> None:
    assert "external_id" in manager.get("imports.new", project_id=project.id).text
    page = upload(manager, project, jsonl({**GOOD, "id": "a"}, '{"prompt', {**GOOD, "id": "c"}))
    assert page.status == 303
    task_import = session.query(TaskImport).one()
    report = manager.get(page.location)
    assert "2 of 3 rows are ready." in report.text
    assert "This line is not JSON" in report.text
    assert "Why is the sky blue?" in report.text
    assert session.query(Task).count() == 0
    done = manager.post("imports.confirm", import_id=task_import.id)
    assert done.location == manager.path("tasks.index", project_id=project.id)
    assert manager.post("imports.confirm", import_id=task_import.id).status == 303
    assert [task.external_id for task in session.query(Task).order_by(Task.position)] == ["a", "c"]
    assert "The good rows are in the project." in manager.get("imports.show", import_id=task_import.id).text
    assert manager.post("imports.discard", import_id=task_import.id).status == 409


def test_bad_rows_are_downloaded(manager: Pages, session: Session, project: Project) -> None:
    upload(manager, project, jsonl(GOOD, "{"))
    answer = manager.client.get(
        manager.path("imports.bad_rows", import_id=session.query(TaskImport).one().id)
    )
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.data) == {
        "line": 2,
        "problems": ["This line is not JSON (at character 2)."],
        "row": "{",
    }


def test_a_discarded_file_is_gone(manager: Pages, session: Session, project: Project) -> None:
    upload(manager, project, jsonl(GOOD))
    import_id = session.query(TaskImport).one().id
    assert manager.post("imports.discard", import_id=import_id).status == 303
    assert manager.post("imports.confirm", import_id=import_id).status == 404
    assert session.query(Task).count() == 0


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "tasks.jsonl", "empty"),
        (b"\x00\x01\x02", "tasks.jsonl", "not a text file"),
        (b"[" * 100_000, "tasks.jsonl", "Nothing in this file"),
        (b'{"prompt": "\\ud800"}', "tasks.jsonl", "cannot be stored"),
        (b"{}\n" * (WORK.import_maximum_rows + 1), "tasks.jsonl", "Split it"),
        (b'prompt\n"open', "tasks.csv", "not CSV"),
        (b"{}", "tasks.exe", ".jsonl or .csv"),
        (b"{}", "tasks\x07.jsonl", "special characters"),
    ],
)
def test_a_wrong_file_is_said_at_the_field(
    manager: Pages, session: Session, project: Project, *, data: bytes, name: str, said: str
) -> None:
    page = upload(manager, project, data, name)
    assert page.status == 422
    assert said in page.errors()
    assert session.query(TaskImport).count() == 0


def test_no_file_and_too_much_of_one(manager: Pages, session: Session, project: Project) -> None:
    assert "Choose a file." in manager.post("imports.create", {}, project_id=project.id).errors()
    answer = manager.client.post(
        manager.path("imports.create", project_id=project.id),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(WORK.import_maximum_bytes + 2**21)},
    )
    assert (answer.status_code, "Too large" in answer.text) == (413, True)
    assert session.query(TaskImport).count() == 0


def test_an_import_from_before_columns_were_kept_shows_its_page(
    manager: Pages, session: Session, project: Project
) -> None:
    page = upload(manager, project, jsonl(GOOD, "{"))
    task_import = session.query(TaskImport).one()
    task_import.report = {name: task_import.report[name] for name in ("bad", "left_out", "first")}
    session.flush()
    shown = manager.get(page.location)
    assert (shown.status, "1 of 2 rows are ready." in shown.text) == (200, True)
    sent = manager.post("imports.choose", {}, import_id=task_import.id)
    assert sent.status < 500
    assert manager.post("imports.confirm", import_id=task_import.id).status == 303
    assert session.query(Task).count() == 1


def test_only_the_company_imports(pages: Pages, session: Session, project: Project) -> None:
    company = project.company
    pages.enter(make_owner(session, company))
    upload(pages, project, jsonl(GOOD))
    import_id = session.query(TaskImport).one().id
    pages.enter(make_owner(session, make_project(session).company))
    assert upload(pages, project, jsonl(GOOD)).status == 404
    for door in ("imports.show", "imports.bad_rows"):
        assert pages.get(door, import_id=import_id).status == 404
    for door in ("imports.confirm", "imports.discard"):
        assert pages.post(door, import_id=import_id).status == 404
    assert pages.get("tasks.index", project_id=project.id).status == 404
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER))
    assert pages.get("imports.show", import_id=import_id).status == 200
    assert upload(pages, project, jsonl(GOOD)).status == 403
    assert pages.post("imports.confirm", import_id=import_id).status == 403
    assert session.query(TaskImport).count() == 1


# --- the company's list ----------------------------------------------------------------------------------------


def test_tasks_are_paged_by_key(manager: Pages, session: Session, project: Project, statements) -> None:
    assert "No tasks yet" in manager.get("tasks.index", project_id=project.id).text
    make_tasks(session, project, 60)
    session.flush()
    seen, path = [], manager.path("tasks.index", project_id=project.id)
    for _ in range(5):
        statements()
        page = manager.get(path)
        assert statements() < 25
        seen += [node.text for node in page.all("span") if (node.text or "").startswith("task-")]
        link = [node.get("href") for node in page.all("a") if node.get("rel") == "next"]
        if not link:
            break
        path = link[0]
    assert seen == [f"task-{number}" for number in range(60, 0, -1)]
    assert manager.get("tasks.index", project_id=project.id, after="nonsense").status == 404
    assert "No task is in this state" in manager.get("tasks.index", project_id=project.id, state="done").text


def test_one_task_is_shown_to_its_company(manager: Pages, session: Session, project: Project) -> None:
    (task,) = make_tasks(session, project, 1)
    other = make_project(session)
    (foreign,) = make_tasks(session, other, 1)
    assert "My kitchen tap drips" in manager.get("tasks.show", project_id=project.id, task_id=task.id).text
    assert manager.get("tasks.show", project_id=project.id, task_id=foreign.id).status == 404
    task.payload = {"prompt": 17}
    session.flush()
    assert "cannot read this task" in manager.get("tasks.show", project_id=project.id, task_id=task.id).text


def test_a_waiting_batch_is_released(manager: Pages, session: Session, project: Project) -> None:
    (task,) = make_tasks(session, project, 1, start=False)
    assert "Release" in manager.get("tasks.index", project_id=project.id).text
    batch_id = task.batch_id
    assert manager.post("tasks.start", batch_id=batch_id).status == 303
    assert session.get_one(Task, task.id).state is TaskState.AVAILABLE
    assert manager.post("tasks.start", batch_id=batch_id).status == 409
    manager.enter(make_owner(session, make_project(session).company))
    assert manager.post("tasks.start", batch_id=batch_id).status == 404


# --- columns ---------------------------------------------------------------------------------------------------

OTHER = {"q": "Why is the sky blue?", "one": "Because of the air.", "two": "Nobody knows.", "who": "model-x"}
CHOSEN = {"col_prompt": "q", "col_responses_0_text": "one", "col_responses_1_text": "two"}


def test_columns_are_chosen_and_the_first_task_is_shown(
    manager: Pages, session: Session, project: Project
) -> None:
    upload(manager, project, jsonl(OTHER, {**OTHER, "one": 3}, {**OTHER, "q": "And at night?"}))
    import_id = session.query(TaskImport).one().id
    page = manager.get("imports.show", import_id=import_id)
    assert "No row of this file can be added." in page.text
    assert "Why is the sky blue?" in page.text, "a value of each column"
    sent = manager.post("imports.choose", {**CHOSEN, "more": "responses[0].model = who"}, import_id=import_id)
    assert sent.status == 303
    page = manager.get(sent.location)
    assert "2 of 3 rows are ready." in page.text
    assert "The first task, as an expert will see it" in page.text
    assert "Column one holds a number. Give text here." in page.text
    assert page.value("col_responses_0_model") == "who"
    preview = page.text.partition("The first task, as an expert")[2].partition("Columns Chosen by you")[0]
    assert "Because of the air." in preview
    assert "model-x" not in preview, "experts never see who answered"
    manager.post("imports.confirm", import_id=import_id)
    assert session.query(Task).count() == 2
    assert "responses[0].text" in manager.get("imports.show", import_id=import_id).text
    assert manager.post("imports.choose", CHOSEN, import_id=import_id).status == 409


def test_columns_are_found_by_their_names(manager: Pages, session: Session, project: Project) -> None:
    row = {"question": "Why?", "response_1": "One", "response_2": "Two"}
    upload(manager, project, jsonl(row))
    task_import = session.query(TaskImport).one()
    assert task_import.mapping["prompt"] == "question"
    page = manager.get("imports.show", import_id=task_import.id)
    assert "1 of 1 rows are ready." in page.text
    assert (page.value("col_prompt"), page.value("col_responses_1_text")) == ("question", "response_2")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"col_prompt": "nope"}, "There is no column nope in this file."),
        ({"col_prompt": "q[x]"}, "Put + between two columns"),
        ({"col_prompt": "x" * 3000}, "Use 2,000 characters or fewer."),
        ({"more": "prompt = q"}, "A column for prompt is chosen twice."),
        ({"more": "prompt"}, "Line 1 is not field = column."),
        ({"more": "wording = q"}, "has no field wording"),
        ({"col_responses_1_text": ""}, ""),
        ({"col_responses_0_text": "", "col_responses_1_text": ""}, "Choose a column for all responses"),
    ],
)
def test_a_wrong_choice_is_said_and_nothing_is_lost(
    manager: Pages, session: Session, project: Project, *, given: dict[str, str], said: str
) -> None:
    upload(manager, project, jsonl(OTHER))
    import_id = session.query(TaskImport).one().id
    page = manager.post("imports.choose", {**CHOSEN, **given}, import_id=import_id)
    if said:
        assert page.status == 422
        assert said in page.errors()
        assert page.value("col_prompt") == {**CHOSEN, **given}["col_prompt"]
        assert session.query(TaskImport).one().mapping == {}
    else:
        assert page.status == 303, "what is wrong with rows is said by line"


def test_csv_columns_are_chosen_too(manager: Pages, session: Session, project: Project) -> None:
    data = b"nr,q.1,one,two\n007,42,true,[a]\n"
    upload(manager, project, data, "tasks.csv")
    import_id = session.query(TaskImport).one().id
    given = {**CHOSEN, "col_prompt": '"q.1"', "col_external_id": "nr"}
    assert manager.post("imports.choose", given, import_id=import_id).status == 303
    manager.post("imports.confirm", import_id=import_id)
    task = session.query(Task).one()
    assert (task.external_id, task.payload["prompt"][0]["content"]) == ("007", "42")
    assert [response["text"] for response in task.payload["responses"]] == ["true", "[a]"]


def test_only_who_may_edit_chooses_columns(pages: Pages, session: Session, project: Project) -> None:
    company = project.company
    pages.enter(make_owner(session, company))
    upload(pages, project, jsonl(OTHER))
    import_id = session.query(TaskImport).one().id
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER))
    assert pages.post("imports.choose", CHOSEN, import_id=import_id).status == 403
    pages.enter(make_owner(session, make_project(session).company))
    assert pages.post("imports.choose", CHOSEN, import_id=import_id).status == 404
    assert session.query(TaskImport).one().mapping == {}
