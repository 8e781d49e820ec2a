"""`tasks import`: add the tasks of a file to a project, after the same dry run as on the page."""

import io
import uuid
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from commands.setting import one_transaction, sessions, wired
from marketplace.gateways import Gateways
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit.database import transaction
from marketplace.kit.errors import Refusal
from marketplace.projects import policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from workspace.queue import service as queue
from workspace.queue.service import Checked

tasks = AppGroup("tasks", help="Tasks of a project: import.")
CONTENT = {"jsonl": "application/jsonl", "csv": "text/csv"}


@tasks.command("import")
@click.argument("project_id", type=click.UUID)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", required=True, help="E-mail of the member who imports.")
@click.option("--confirm", is_flag=True, help="Import the good rows; without it nothing is written.")
def import_tasks(project_id: uuid.UUID, file: Path, email: str, *, confirm: bool) -> None:
    """Look FILE (JSONL or CSV) over for PROJECT_ID and name bad rows by line; --confirm imports the rest."""
    with transaction(sessions(), write=False) as session:
        project, _ = _allowed(session, project_id, email)
    checked = _check(project, file)
    click.echo(f"{len(checked.good)} good rows, {len(checked.bad_lines)} bad, {len(checked.left_out)} known")
    for row in checked.bad:
        click.echo(f"line {row.line}, {row.place}: {row.problem}")
    if confirm:
        click.echo(f"{_confirm(project_id, file, email, checked)} tasks imported")
    elif checked.good:
        click.echo("Nothing is imported yet: repeat with --confirm.")


def _check(project: Project, file: Path) -> Checked:
    try:
        rows = queue.read_rows(file.read_bytes(), queue.format_of(file.name))
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    with click.progressbar(rows, label="Checking", show_pos=True) as bar:
        return queue.check_rows(list(bar), task_type=project.task_type, preset=project.options)


def _confirm(project_id: uuid.UUID, file: Path, email: str, checked: Checked) -> int:
    gateways: Gateways = wired(Gateways)
    kind = CONTENT[queue.format_of(file.name)]
    kept = gateways.storage.put(io.BytesIO(file.read_bytes()), content_type=kind)
    with one_transaction() as session:
        project, user = _allowed(session, project_id, email)
        looked = queue.check_import(
            session,
            project,
            by=user,
            file=queue.KeptFile(file.name, kept.key, kept.sha256),
            checked=checked,
        )
        session.flush()  # the confirmation locks the row that was just written
        return queue.confirm_import(session, looked, by=user, checked=checked).task_count


def _allowed(session: Session, project_id: uuid.UUID, email: str) -> tuple[Project, User]:
    user = identity.by_email(session, email)
    member = projects.member_for(session, user.id, project_id) if user is not None else None
    project = projects.project(session, project_id)
    if user is None or member is None or project is None:
        raise click.ClickException("There is no such project, or this person is not a member of its company.")
    if not policy.may_edit(member):
        raise click.ClickException("Only owners and managers of the company import tasks.")
    return project, user
