"""Bringing tasks in: a dry run that writes only its report, then all good rows at once."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import ids as kit_ids
from marketplace.kit.errors import Conflict
from marketplace.projects import queries as projects
from marketplace.projects.models import Project, ProjectState
from workspace.queue import queries
from workspace.queue.models import Batch, BatchState, TaskImport, TaskImportState, TaskState
from workspace.queue.service.checking import BadRow, Checked, GoodRow, ids, without_taken
from workspace.queue.service.looking import Looked
from workspace.queue.service.reading import format_of
from workspace.task_types import registry

ODD = 20  # rows worth a look that the page lists
NAMES = 400  # columns of a file that the page knows; a file may have more
SHOWN = 200  # entries of each list kept in the report; the bad rows themselves can be downloaded
TAKES_TASKS = frozenset(
    {
        ProjectState.DRAFT,
        ProjectState.IN_CHECK,
        ProjectState.AWAITING_FUNDS,
        ProjectState.OPEN,
        ProjectState.PAUSED,
    }
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An uploaded file where it is kept, with the name it had."""

    name: str
    storage_key: str
    sha256: str


def check_import(
    session: Session,
    project: Project,
    *,
    by: User,
    file: KeptFile,
    looked: Looked,
) -> TaskImport:
    """Keep what a dry run found in a file and how its columns were chosen; nothing is imported.

    Conflict (409) when the project takes no tasks any more.
    """
    if project.state not in TAKES_TASKS:
        raise Conflict("This project is ending. It takes no new tasks.")
    fresh = _fresh(session, project, looked.checked)
    task_import = TaskImport(
        project=project,
        by=by,
        file_name=file.name[-200:],
        file_format=format_of(file.name),
        storage_key=file.storage_key,
        sha256=file.sha256,
        good_count=len(fresh.good),
        bad_count=len(fresh.bad_lines),
        duplicate_count=len(fresh.left_out),
        report=_report(fresh, looked),
        mapping=dict(looked.chosen),
    )
    session.add(task_import)
    return task_import


def choose_columns(session: Session, task_import: TaskImport, *, looked: Looked) -> None:
    """Keep another choice of columns for a file and what its rows amount to with it; nothing is imported.

    Conflict (409) when the file was imported or discarded, or the project takes no tasks.
    """
    project = projects.lock(session, task_import.project_id)
    task_import = queries.lock_import(session, task_import.id)
    if task_import.state is not TaskImportState.CHECKED:
        raise Conflict("The columns of this file are settled. Upload it again to choose others.")
    if project.state not in TAKES_TASKS:
        raise Conflict("This project is ending. It takes no new tasks.")
    fresh = _fresh(session, project, looked.checked)
    task_import.good_count, task_import.bad_count = len(fresh.good), len(fresh.bad_lines)
    task_import.duplicate_count = len(fresh.left_out)
    task_import.report, task_import.mapping = _report(fresh, looked), dict(looked.chosen)


def confirm_import(session: Session, task_import: TaskImport, *, by: User, checked: Checked) -> Batch:
    """Import the good rows of the file as one batch; on a project that is open they can be claimed at once.

    A second time returns the same batch.  Conflict (409) when it was discarded, nothing is left to import, or
    the project takes no tasks.
    """
    project = projects.lock(session, task_import.project_id)  # one import at a time: numbers and positions
    task_import = queries.lock_import(session, task_import.id)
    if task_import.batch_id is not None:
        return _known(session, task_import.batch_id)
    if task_import.state is not TaskImportState.CHECKED:
        raise Conflict("This import was discarded. Upload the file again.")
    if project.state not in TAKES_TASKS:
        raise Conflict("This project is ending. It takes no new tasks.")
    fresh = _fresh(session, project, checked)
    if not fresh.good:
        raise Conflict("Nothing is left to import: every good row is in the project already.")
    batch = _add_batch(session, project, task_import, fresh)
    task_import.state, task_import.batch_id = TaskImportState.CONFIRMED, batch.id
    audit.record(
        session,
        "company:tasks:import",
        actor_id=by.id,
        subject_type="batch",
        subject_id=batch.id,
        task_count=batch.task_count,
    )
    return batch


def discard_import(session: Session, task_import: TaskImport) -> None:
    """Forget a dry run; nothing is imported.  Conflict (409) when it was confirmed."""
    task_import = queries.lock_import(session, task_import.id)
    if task_import.state is TaskImportState.CONFIRMED:
        raise Conflict("These tasks are imported already.")
    task_import.state = TaskImportState.DISCARDED


def _fresh(session: Session, project: Project, checked: Checked) -> Checked:
    return without_taken(checked, queries.taken_ids(session, project.id, ids(checked)))


def _add_batch(session: Session, project: Project, task_import: TaskImport, fresh: Checked) -> Batch:
    number, position = queries.last_numbers(session, project.id)
    opened = project.state in {ProjectState.OPEN, ProjectState.PAUSED}
    batch = Batch(
        project=project,
        number=number + 1,
        file_name=task_import.file_name,
        task_count=len(fresh.good),
        state=BatchState.IN_PROGRESS if opened else BatchState.STAGING,
    )
    session.add(batch)
    session.flush()  # the tasks are written by a statement of their own, which needs the batch in place
    version = registry.get(project.task_type).version
    queries.add_tasks(
        session,
        [_task(project, batch, version, place, row) for place, row in enumerate(fresh.good, position + 1)],
        state=TaskState.AVAILABLE if opened else TaskState.STAGED,
    )
    queries.recount(session, project.id)
    return batch


def _task(project: Project, batch: Batch, version: int, position: int, row: GoodRow) -> dict[str, Any]:
    return {
        "id": kit_ids.new_id(),
        "project_id": project.id,
        "batch_id": batch.id,
        "external_id": row.external_id,
        "position": position,
        "task_type": project.task_type,
        "type_version": version,
        "payload": row.payload,
        "payload_sha256": row.payload_sha256,
        "overlap": project.overlap,
    }


def _known(session: Session, batch_id: uuid.UUID) -> Batch:
    batch = queries.batch(session, batch_id)
    if batch is None:
        raise RuntimeError("an import names a batch that does not exist")
    return batch


def _report(checked: Checked, looked: Looked) -> dict[str, Any]:
    first = checked.good[0] if checked.good else None
    return {
        "bad": [_entry(row) for row in checked.bad[:SHOWN]],
        "left_out": [_entry(row) for row in checked.left_out[:SHOWN]],
        "warnings": [_entry(row) for row in checked.warnings[:ODD]],
        "warning_count": len(checked.warnings),
        "columns": [{"place": column.place, "sample": column.sample} for column in looked.columns],
        "names": list(looked.names)[:NAMES],
        "first": first.payload if first else None,
    }


def _entry(row: BadRow) -> dict[str, Any]:
    return {"line": row.line, "place": row.place, "problem": row.problem}
