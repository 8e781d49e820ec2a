"""An export is asked for in a request and frozen by the worker."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox
from marketplace.projects.models import Project
from workspace.exports import queries
from workspace.exports.errors import NothingToExport
from workspace.exports.events import ExportReady
from workspace.exports.models import Export, ExportFile, ExportState

BUILT_WITHIN = timedelta(hours=2)  # all tries of its message are over long before
GAVE_UP = "Building it failed several times. Ask for a new one; if that fails too, tell support."


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A finished file in storage."""

    name: str
    format: str
    storage_key: str
    sha256: str
    byte_count: int
    line_count: int


def request(session: Session, project: Project, *, by: User) -> Export:
    """Ask for an export of everything approved so far; the one being built is answered again."""
    if not queries.anything_approved(session, project.id):
        raise NothingToExport
    building = queries.building_of(session, project.id)
    if building is not None:
        return building
    export = Export(project=project, by=by)
    session.add(export)
    outbox.send(session, "exports.build", key=f"exports.build:{export.id}", export_id=str(export.id))
    audit.record(
        session,
        "company:export:requested",
        actor_id=by.id,
        subject_type="project",
        subject_id=project.id,
        export_id=str(export.id),
    )
    return export


def freeze(
    session: Session, export_id: uuid.UUID, *, files: Sequence[Written], manifest: dict[str, Any]
) -> None:
    """Keep the files and the manifest for good; a second builder of the same export changes nothing."""
    export = queries.lock(session, export_id)
    if export is None or export.state is not ExportState.BUILDING:
        return
    for file in files:
        session.add(
            ExportFile(
                export=export,
                name=file.name,
                format=file.format,
                storage_key=file.storage_key,
                sha256=file.sha256,
                byte_count=file.byte_count,
                line_count=file.line_count,
            )
        )
    export.manifest, export.state = manifest, ExportState.FROZEN
    export.frozen_at = clock.database_now(session)
    for older in queries.older_frozen(session, export):
        older.state = ExportState.SUPERSEDED
    publish(session, ExportReady(export_id=export.id, project_id=export.project_id, user_id=export.by_id))


def give_up(session: Session) -> None:
    """Say of exports nobody builds any more that they failed, so that a new one can be asked for."""
    for export_id in queries.given_up(session, clock.database_now(session) - BUILT_WITHIN):
        fail(session, export_id, problem=GAVE_UP)


def fail(session: Session, export_id: uuid.UUID, *, problem: str) -> None:
    """Say that the export could not be built, and why; a new one can be asked for."""
    export = queries.lock(session, export_id)
    if export is not None and export.state is ExportState.BUILDING:
        export.state, export.problem = ExportState.FAILED, problem[:400]
