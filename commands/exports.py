"""`export`: a project as training data, into a folder; `exports check`: such a folder, line by line."""

import hashlib
import uuid
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from commands.setting import one_transaction, sessions, wired
from marketplace.gateways import Gateways
from marketplace.identity import queries as identity
from marketplace.kit.database import transaction
from marketplace.projects import queries as projects
from workspace.exports import policy, queries
from workspace.exports import service as exports_service
from workspace.exports.models import ExportFile

SHOWN = 50  # defects of one file
OVERLONG = f"This line has more than {policy.LINE_BYTES:,} bytes. Nothing of this file was checked."


@click.command("export")
@click.argument("project_id", type=click.UUID)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--by", "email", required=True, help="E-mail of the member who exports.")
@with_appcontext
def export(project_id: uuid.UUID, folder: Path, email: str) -> None:
    """Build a frozen export of PROJECT_ID and write its files into FOLDER, checksums verified."""
    export_id = _ask(project_id, email)
    gateways: Gateways = wired(Gateways)
    exports_service.build(sessions(), gateways.storage, export_id)
    with transaction(sessions(), write=False) as session:
        files = queries.files_of(session, export_id)
    if not files:
        raise click.ClickException("The export could not be built. Its page says why.")
    folder.mkdir(parents=True, exist_ok=True)
    with click.progressbar(files, label="Writing") as bar:
        for file in bar:
            _write(gateways, file, folder)
    for file in files:
        click.echo(f"{file.sha256}  {folder / file.name}  {file.line_count} lines")


exports = AppGroup("exports", help="Exports on disk: check.")


@exports.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check every file of an export in FOLDER, line by line; status 1 and one line per defect otherwise.

    A manifest.json there must name the same files with the same checksums.
    """
    names = _names(folder)
    if not any(name.endswith(".jsonl") for name in names):
        raise click.ClickException(f"There is no file of lines in {folder}.")
    read = {name: _content(folder / name) for name in names}
    found = policy.check_folder({name: raw for name, raw in read.items() if isinstance(raw, bytes)})
    found.update((name, [problem]) for name, problem in read.items() if isinstance(problem, policy.Defect))
    for name, defects in found.items():
        click.echo(f"{'ok    ' if not defects else 'BROKEN'} {_shown(name)}")
        for defect in defects[:SHOWN]:
            click.echo(f"       {_shown(str(defect))}")
        if len(defects) > SHOWN:
            click.echo(f"       and {len(defects) - SHOWN:,} more")
    if any(found.values()):
        raise SystemExit(1)


def _names(folder: Path) -> list[str]:
    """What belongs to an export by its name, whatever it is."""
    places = [folder, folder / policy.SENSITIVE]
    try:
        paths = [path for place in places if place.is_dir() for path in sorted(place.iterdir())]
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be read: {error.strerror}.") from error
    return [path.relative_to(folder).as_posix() for path in paths if path.suffix in {".jsonl", ".json"}]


def _content(path: Path) -> bytes | policy.Defect:
    """The bytes of a file; pipes and devices would never end, so they are not even opened."""
    try:
        if path.is_file():
            return _overlong(path) or path.read_bytes()
    except OSError as error:
        return policy.Defect(0, "", "", f"It cannot be read: {error.strerror}.")
    return policy.Defect(0, "", "", "This is no file that can be read. Take it out of the folder.")


def _overlong(path: Path) -> policy.Defect | None:
    """What is wrong with the first line that is too long to read, found without holding more than a line."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(policy.LINE_BYTES + 2):
            number += 1
            if len(line.removesuffix(b"\n")) > policy.LINE_BYTES:
                return policy.Defect(number, "", "", OVERLONG)
    return None


def _shown(text: str) -> str:
    """The text for a terminal: what is no sign of writing, such as half a character, is spelled out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _ask(project_id: uuid.UUID, email: str) -> uuid.UUID:
    with one_transaction() as session:
        user = identity.by_email(session, email)
        project = projects.for_member(session, user.id, project_id) if user is not None else None
        if user is None or project is None:
            raise click.ClickException("There is no such project, or this person is not a member of it.")
        return exports_service.request(session, project, by=user).id


def _write(gateways: Gateways, file: ExportFile, folder: Path) -> None:
    with gateways.storage.open(file.storage_key).stream as stream:
        content = stream.read()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise click.ClickException(f"{file.name} is damaged in storage: its checksum differs.")
    path = folder / file.name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
