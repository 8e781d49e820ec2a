"""`tasks import` asks for the same rights as the page."""

from pathlib import Path

from sqlalchemy.orm import Session

from marketplace.companies.models import MemberRole
from marketplace.kit.application import Application
from marketplace.projects.models import Project
from tests.factories.projects import make_owner, make_project
from workspace.queue import queries

ROW = '{"id": "one", "prompt": "Why is the sky blue?", "responses": ["Light scatters.", "It mirrors the sea."]}\n'


def imported(app: Application, project: Project, file: Path, email: str) -> int:
    """The status of the command."""
    arguments = ["tasks", "import", str(project.id), str(file), "--by", email, "--confirm"]
    return app.test_cli_runner().invoke(args=arguments).exit_code


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
