"""`tasks import`: add the tasks of a file to a project, after the same dry run as on the page."""

import io
import uuid
from collections.abc import Mapping
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from commands import columns
from commands.setting import one_transaction, sessions, wired
from config.task_types import TASK_TYPES
from marketplace.gateways import Gateways
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit.database import transaction
from marketplace.kit.errors import Refusal
from marketplace.projects import policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from workspace.queue import service as queue
from workspace.queue.errors import MappingRefused
from workspace.queue.service import Looked
from workspace.task_types import registry

tasks = AppGroup("tasks", help="Tasks of a project: import, fields.")
CONTENT = {"jsonl": "application/jsonl", "csv": "text/csv"}


@tasks.command("fields")
@click.argument("task_type", type=click.Choice(list(TASK_TYPES)))
def list_fields(task_type: str) -> None:
    """List the fields a task of TASK_TYPE has, for --map."""
    for line in columns.fields(registry.get(task_type)):
        click.echo(line)


@tasks.command("import")
@click.argument("project_id", type=click.UUID)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", required=True, help="E-mail of the member who imports.")
@click.option(
    "--type", "task_type", type=click.Choice(list(TASK_TYPES)), help="Refuse a project of other work."
)
@columns.option
@click.option("--confirm", is_flag=True, help="Import the good rows; without it nothing is written.")
def import_tasks(
    project_id: uuid.UUID,
    file: Path,
    email: str,
    *,
    task_type: str | None,
    maps: tuple[str, ...],
    confirm: bool,
) -> None:
    """Look FILE (JSONL or CSV) over for PROJECT_ID and name bad rows by line; --confirm imports the rest."""
    with transaction(sessions(), write=False) as session:
        project, _ = _allowed(session, project_id, email)
    if task_type not in {None, project.task_type}:
        raise click.ClickException(f"This project is {project.task_type}, not {task_type}.")
    looked = _look(project, file, columns.chosen(maps))
    _tell(project, looked)
    if confirm:
        click.echo(f"{_confirm(project_id, file, email, looked)} tasks imported")
    elif looked.checked.good:
        click.echo("Nothing is imported yet: repeat with --confirm.")


def _look(project: Project, file: Path, chosen: Mapping[str, str]) -> Looked:
    try:
        return queue.look_over(
            file.read_bytes(),
            queue.format_of(file.name),
            task_type=project.task_type,
            preset=project.options,
            chosen=chosen,
        )
    except MappingRefused as refusal:
        lines = [f"{place}: {said}".removeprefix(": ") for place, said in refusal.problems.items()]
        raise click.ClickException("\n".join(lines)) from None
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None


def _tell(project: Project, looked: Looked) -> None:
    """What the dry run found: the choice of columns, the counts, every problem, the first task."""
    checked, kind = looked.checked, registry.get(project.task_type)
    for line in columns.said(looked.chosen):
        click.echo(f"column: {line}")
    click.echo(f"{len(checked.good)} good rows, {len(checked.bad_lines)} bad, {len(checked.left_out)} known")
    for row in checked.bad:
        click.echo(f"line {row.line}, {row.place}: {row.problem}")
    for row in checked.warnings:
        click.echo(f"line {row.line}, taken: {row.problem}")
    if checked.good:
        click.echo("The first task, as an expert will see it:")
        for line in columns.preview(kind, checked.good[0].payload):
            click.echo(f"  {line}")


def _confirm(project_id: uuid.UUID, file: Path, email: str, looked: Looked) -> int:
    gateways: Gateways = wired(Gateways)
    kind = CONTENT[queue.format_of(file.name)]
    kept = gateways.storage.put(io.BytesIO(file.read_bytes()), content_type=kind)
    with one_transaction() as session:
        project, user = _allowed(session, project_id, email)
        kept_file = queue.KeptFile(file.name, kept.key, kept.sha256)
        found = queue.check_import(session, project, by=user, file=kept_file, looked=looked)
        session.flush()  # the confirmation locks the row that was just written
        return queue.confirm_import(session, found, by=user, checked=looked.checked).task_count


def _allowed(session: Session, project_id: uuid.UUID, email: str) -> tuple[Project, User]:
    user = identity.by_email(session, email)
    member = projects.member_for(session, user.id, project_id) if user is not None else None
    project = projects.project(session, project_id)
    if user is None or member is None or project is None:
        raise click.ClickException("There is no such project, or this person is not a member of its company.")
    if not policy.may_edit(member):
        raise click.ClickException("Only owners and managers of the company import tasks.")
    return project, user
