"""`tasks import` asks for the same rights as the page."""

from pathlib import Path

from click.testing import Result
from sqlalchemy.orm import Session

from marketplace.companies.models import MemberRole
from marketplace.kit.application import Application
from marketplace.projects.models import Project
from tests.factories.projects import make_owner, make_project
from workspace.queue import queries
from workspace.queue.models import Task, TaskImport

ROW = '{"id": "one", "prompt": "Why is the sky blue?", "responses": ["Light scatters.", "It mirrors the sea."]}\n'


def run(app: Application, project: Project, file: Path, email: str, *more: str) -> Result:
    """The command, run."""
    arguments = ["tasks", "import", str(project.id), str(file), "--by", email, *more]
    return app.test_cli_runner().invoke(args=arguments)


def imported(app: Application, project: Project, file: Path, email: str) -> int:
    """The status of the command."""
    return run(app, project, file, email, "--confirm").exit_code


def test_only_people_who_may_edit_import_tasks(app: Application, session: Session, tmp_path: Path) -> None:
    project = make_project(session)
    viewer = make_owner(session, project.company, role=MemberRole.VIEWER).email
    manager = make_owner(session, project.company, role=MemberRole.MANAGER).email
    file = tmp_path / "tasks.jsonl"
    file.write_text(ROW)
    assert imported(app, project, file, viewer) == 1
    assert not queries.has_tasks(session, project.id)
    assert imported(app, project, file, manager) == 0
    assert queries.has_tasks(session, project.id)


OTHER = '{"n": 1, "q": "Why is the sky blue?", "a": ["Light scatters.", ""], "m": "secret"}\n{"n": 2, "q": 5, "a": []}\n'
MAP = (
    "--map",
    "external_id=n",
    "--map",
    "prompt=q",
    "--map",
    "responses[0].text=a[0]",
    "--map",
    "responses[1].text=a[1]",
)


def test_columns_of_other_names_are_chosen_and_kept(
    app: Application, session: Session, tmp_path: Path
) -> None:
    project = make_project(session)
    owner = make_owner(session, project.company).email
    file = tmp_path / "other.jsonl"
    file.write_text(OTHER)
    model = ("--map", "responses[0].model=m")
    looked = run(app, project, file, owner, *MAP, *model, "--type", "response_ranking").output
    assert "column: prompt = q" in looked
    assert "1 good rows, 1 bad, 0 known" in looked
    assert "line 2, prompt: Column q holds a number. Give text or a list here." in looked
    assert "line 1, taken: Response r2 is empty." in looked
    assert "Light scatters." in looked
    assert "secret" not in looked, "the first task is shown as an expert sees it"
    assert not queries.has_tasks(session, project.id)
    assert run(app, project, file, owner, *MAP, "--confirm").exit_code == 0
    session.expire_all()
    assert session.query(TaskImport).one().mapping["responses[1].text"] == "a[1]"
    assert session.query(Task).one().external_id == "1"


def test_what_cannot_be_chosen_is_said(app: Application, session: Session, tmp_path: Path) -> None:
    project = make_project(session)
    owner = make_owner(session, project.company).email
    file = tmp_path / "other.jsonl"
    file.write_text(OTHER)
    for more, said in (
        (("--map", "prompt"), "prompt is not FIELD=COLUMN"),
        (("--map", "prompt=q", "--map", "prompt=a"), "prompt stands there twice"),
        (("--map", "wording=q"), "has no field wording"),
        (("--map", "prompt=w", "--map", "responses=a"), "There is no column w in this file"),
        (("--type", "rating"), "This project is response_ranking, not rating"),
    ):
        result = run(app, project, file, owner, *more)
        assert result.exit_code != 0
        assert said in result.output


def test_the_fields_of_a_type_are_listed(app: Application) -> None:
    listed = app.test_cli_runner().invoke(args=["tasks", "fields", "chain_of_thought"]).output
    assert "reference_answer" in listed
    assert "steps " in listed
    assert "required" in listed
