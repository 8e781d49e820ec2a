"""The company's doors to its data: ask for an export, look at it, take it home."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.gateways import Gateways
from marketplace.kit.access import open_to, role
from marketplace.kit.web import after_commit, attachment, db, found, see_other, wired
from marketplace.projects import queries as projects
from workspace.exports import policy, queries, service
from workspace.exports.models import ExportState

bp = Blueprint("exports", __name__, url_prefix="/company")
MEMBER = role("member")


@bp.get("/projects/<uuid:project_id>/exports")
@open_to(MEMBER)
def index(project_id: uuid.UUID) -> ResponseReturnValue:
    """The exports of one project."""
    project = found(projects.for_member(db(), g.visitor.user.id, project_id))
    return render_template(
        "workspace/exports/index.html",
        project=project,
        exports=queries.of_project(db(), project.id, request.args.get("after")),
        anything=queries.anything_approved(db(), project.id),
    )


@bp.post("/projects/<uuid:project_id>/exports")
@open_to(MEMBER)
def create(project_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for an export of everything approved so far."""
    project = found(projects.for_member(db(), g.visitor.user.id, project_id))
    export = service.request(db(), project, by=g.visitor.user)
    flash("We are building your export. This page shows it as soon as it is ready.")
    return see_other("exports.show", export_id=export.id)


@bp.get("/exports/<uuid:export_id>")
@open_to(MEMBER)
def show(export_id: uuid.UUID) -> ResponseReturnValue:
    """One export: its files, counts and checksums."""
    export = found(queries.for_member(db(), g.visitor.user.id, export_id))
    return render_template(
        "workspace/exports/show.html",
        export=export,
        files=queries.files_of(db(), export.id),
        ready=export.state in {ExportState.FROZEN, ExportState.SUPERSEDED},
        building=export.state is ExportState.BUILDING,
    )


@bp.get("/exports/<uuid:export_id>/files/<path:name>")
@open_to(MEMBER)
def download(export_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """One file of an export, as it was frozen."""
    export = found(queries.for_member(db(), g.visitor.user.id, export_id))
    file = found(queries.file_of(db(), export.id, name))
    storage, name = wired(Gateways).storage, policy.kept_as(file.name)
    kind = "application/json" if name.endswith(".json") else "application/jsonl"
    return after_commit(
        lambda: attachment(storage.open(file.storage_key).stream, content_type=kind, name=name)
    )
