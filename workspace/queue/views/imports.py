"""A company's doors for bringing tasks in: a file, its report, the good rows."""

import io
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Storage
from marketplace.identity import queries as people
from marketplace.kit.access import open_to, role
from marketplace.kit.database import transaction
from marketplace.kit.web import after_commit, attachment, db, found, see_other, sessions, wired
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from workspace.queue import queries, service
from workspace.queue.forms import ColumnsForm, ImportForm, columns_form
from workspace.queue.models import TaskImport, TaskImportState
from workspace.queue.views.company import my_project
from workspace.task_types import registry

bp = Blueprint("imports", __name__, url_prefix="/company")
MEMBER = role("member")
FORM_BYTES = 2**20  # what the fields around a file may take
CONTENT_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}


@bp.url_value_preprocessor
def _allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint == "imports.create":
        request.max_content_length = WORK.import_maximum_bytes + FORM_BYTES


@bp.get("/projects/<uuid:project_id>/imports/new")
@open_to(MEMBER)
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    """Which file, and what must be in it."""
    return _upload_page(my_project(project_id, writing=True), ImportForm(formdata=None))


@bp.post("/projects/<uuid:project_id>/imports/new")
@open_to(MEMBER)
def create(project_id: uuid.UUID) -> ResponseReturnValue:
    """Look the file over; nothing is imported."""
    project = my_project(project_id, writing=True)
    form = ImportForm()
    if not form.validate_on_submit():
        return _upload_page(project, form), 422
    return after_commit(_checker(project, form))


@bp.get("/imports/<uuid:import_id>")
@open_to(MEMBER)
def show(import_id: uuid.UUID) -> ResponseReturnValue:
    """What the dry run found, line by line, the first task, and the columns that were chosen."""
    task_import = _mine(import_id)
    return _report_page(task_import, _columns(task_import, sent=False))


@bp.post("/imports/<uuid:import_id>/columns")
@open_to(MEMBER)
def choose(import_id: uuid.UUID) -> ResponseReturnValue:
    """Choose which column is which field, and look the file over again; nothing is imported."""
    task_import = _mine(import_id)
    my_project(task_import.project_id, writing=True)
    form = _columns(task_import, sent=True)
    if not form.validate_on_submit():
        return _report_page(task_import, form), 422
    chosen, storage = form.chosen, wired(Gateways).storage

    def call() -> ResponseReturnValue:
        looked = _looked(task_import, _content(storage, task_import), chosen)
        with transaction(sessions()) as session:
            service.choose_columns(session, task_import, looked=looked)
        flash(f"Checked again: {len(looked.checked.good):,} rows can be read.")
        return see_other("imports.show", import_id=import_id)

    return after_commit(call)


@bp.post("/imports/<uuid:import_id>/confirm")
@open_to(MEMBER)
def confirm(import_id: uuid.UUID) -> ResponseReturnValue:
    """Import the good rows of the file."""
    task_import = _mine(import_id)
    my_project(task_import.project_id, writing=True)
    user_id, storage = g.visitor.user.id, wired(Gateways).storage

    def call() -> ResponseReturnValue:
        checked = _checked(task_import, _content(storage, task_import))
        with transaction(sessions()) as session:
            user = found(people.user(session, user_id))
            batch = service.confirm_import(session, task_import, by=user, checked=checked)
        flash(f"{batch.task_count:,} tasks are in the project.", "ok")
        return see_other("tasks.index", project_id=task_import.project_id)

    return after_commit(call)


@bp.post("/imports/<uuid:import_id>/discard")
@open_to(MEMBER)
def discard(import_id: uuid.UUID) -> ResponseReturnValue:
    """Forget the file; nothing of it was imported."""
    task_import = _mine(import_id)
    my_project(task_import.project_id, writing=True)
    service.discard_import(db(), task_import)
    flash("Discarded. Nothing was imported.")
    storage, key = wired(Gateways).storage, task_import.storage_key

    def call() -> ResponseReturnValue:
        storage.delete(key)
        return see_other("imports.new", project_id=task_import.project_id)

    return after_commit(call)


@bp.get("/imports/<uuid:import_id>/bad-rows")
@open_to(MEMBER)
def bad_rows(import_id: uuid.UUID) -> ResponseReturnValue:
    """The rows that were not taken, as a file with what is wrong with each."""
    task_import = _mine(import_id)
    storage = wired(Gateways).storage

    def call() -> ResponseReturnValue:
        data = _content(storage, task_import)
        plain = bool(task_import.mapping)
        lines = service.bad_rows(data, task_import.file_format, _checked(task_import, data), plain=plain)
        name = f"bad-rows-{task_import.file_name.rpartition('.')[0] or 'tasks'}.jsonl"
        return attachment(io.BytesIO(lines), content_type="application/jsonl", name=name)

    return after_commit(call)


def _mine(import_id: uuid.UUID) -> TaskImport:
    return found(queries.import_for(db(), g.visitor.user.id, import_id))


def _columns(task_import: TaskImport, *, sent: bool) -> ColumnsForm:
    names, task_type = task_import.report.get("names", []), task_import.project.task_type
    chosen = task_import.mapping or service.guessed(names, task_type=task_type)
    return columns_form(registry.get(task_type), names, chosen, sent=sent)


def _report_page(task_import: TaskImport, form: ColumnsForm) -> str:
    kind, report = registry.get(task_import.project.task_type), task_import.report
    first = report.get("first")
    return render_template(
        "workspace/queue/import.html",
        task_import=task_import,
        project=task_import.project,
        kind=kind,
        report=report,
        form=form,
        screen=service.preview(kind, first) if first else None,
        waits=task_import.state is TaskImportState.CHECKED,
    )


def _content(storage: Storage, task_import: TaskImport) -> bytes:
    with storage.open(task_import.storage_key).stream as stream:
        return stream.read()


def _checked(task_import: TaskImport, data: bytes) -> service.Checked:
    return _looked(task_import, data, task_import.mapping).checked


def _looked(task_import: TaskImport, data: bytes, chosen: Mapping[str, str]) -> service.Looked:
    project = task_import.project
    return service.look_over(
        data, task_import.file_format, task_type=project.task_type, preset=project.options, chosen=chosen
    )


def _checker(project: Project, form: ImportForm) -> Callable[[], ResponseReturnValue]:
    """File first, then the row that points at it; the rows are judged outside of any transaction."""
    user_id, project_id, file_name = g.visitor.user.id, project.id, form.file_name
    data, storage = form.data_bytes, wired(Gateways).storage

    def call() -> ResponseReturnValue:
        file_format = service.format_of(file_name)
        looked = service.guess_over(data, file_format, task_type=project.task_type, preset=project.options)
        kept = storage.put(io.BytesIO(data), content_type=CONTENT_TYPES[file_format])
        with transaction(sessions()) as session:
            task_import = service.check_import(
                session,
                found(projects.project(session, project_id)),
                by=found(people.user(session, user_id)),
                file=service.KeptFile(file_name, kept.key, kept.sha256),
                looked=looked,
            )
        return see_other("imports.show", import_id=task_import.id)

    return call


def _upload_page(project: Project, form: ImportForm) -> str:
    kind = registry.get(project.task_type)
    return render_template(
        "workspace/queue/upload.html",
        project=project,
        form=form,
        kind=kind,
        sample=service.sample_line(kind),
        takes_tasks=project.state in service.TAKES_TASKS,
    )
