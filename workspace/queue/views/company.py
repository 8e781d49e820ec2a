"""A company's doors to its tasks: the list, one task, the batches."""

import uuid
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project
from workspace.queue import policy, queries, service
from workspace.queue.models import TaskState
from workspace.task_types import registry

bp = Blueprint("tasks", __name__, url_prefix="/company")
MEMBER = role("member")
MAY_NOT = "Your role in the company does not allow this. Ask an owner."
TABS = (
    ("All", None),
    ("Open", TaskState.AVAILABLE),
    ("Being worked on", TaskState.SATURATED),
    ("Done", TaskState.DONE),
    ("Not released", TaskState.STAGED),
    ("Set aside", TaskState.QUARANTINED),
    ("Withdrawn", TaskState.WITHDRAWN),
)


@bp.get("/projects/<uuid:project_id>/tasks")
@open_to(MEMBER)
def index(project_id: uuid.UUID) -> ResponseReturnValue:
    """The tasks of a project, in one state or all, and its batches and files."""
    project, may_write = _opened(project_id)
    chosen = next((state for _, state in TABS if state and state.value == request.args.get("state")), None)
    progress = queries.progress(db(), project.id)
    page = queries.tasks_of(db(), project.id, state=chosen, mark=request.args.get("after"))
    return render_template(
        "workspace/queue/tasks.html",
        project=project,
        page=page,
        tab_items=_tabs(project_id, chosen, progress.tasks),
        progress=progress,
        batches=queries.batches_of(db(), project.id),
        imports=queries.imports_of(db(), project.id),
        exits=_exits(queries.exit_reasons(db(), project.id)),
        summary=service.summary,
        takes_tasks=project.state in service.TAKES_TASKS,
        may_write=may_write,
    )


@bp.get("/projects/<uuid:project_id>/tasks/<uuid:task_id>")
@open_to(MEMBER)
def show(project_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """One task as it was imported."""
    project, may_write = _opened(project_id)
    task = found(queries.task_of(db(), project.id, task_id))
    return render_template(
        "workspace/queue/task.html",
        project=project,
        task=task,
        kind=registry.get(task.task_type),
        summary=service.summary(task),
        screen=service.screen(task),
        exits=_exits(queries.exit_reasons(db(), project.id, task_id=task.id)),
        set_aside=task.state is TaskState.QUARANTINED,
        may_write=may_write,
        may_withdraw=may_write and task.state in queries.OPEN,
        is_over=project.state in service.OVER,
    )


@bp.post("/projects/<uuid:project_id>/tasks/<uuid:task_id>/put-back")
@open_to(MEMBER)
def put_back(project_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """Open a task again that people called broken."""
    project = my_project(project_id, writing=True)
    service.put_back(db(), found(queries.task_of(db(), project.id, task_id)), by=g.visitor.user)
    flash("Put back. Experts can claim this task again.", "ok")
    return see_other("tasks.show", project_id=project_id, task_id=task_id)


@bp.post("/batches/<uuid:batch_id>/start")
@open_to(MEMBER)
def start(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Open the tasks of a batch to experts."""
    batch = found(queries.batch_for(db(), g.visitor.user.id, batch_id))
    my_project(batch.project_id, writing=True)
    service.start_batch(db(), batch, by=g.visitor.user)
    flash("Released. Experts can claim these tasks as long as the project is open.", "ok")
    return see_other("tasks.index", project_id=batch.project_id)


def _exits(counted: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Reasons in words with how often a task was skipped and stopped half way for them."""
    return [(policy.SKIP_REASONS.get(code, code), skipped, stopped) for code, skipped, stopped in counted]


def _tabs(
    project_id: uuid.UUID, chosen: TaskState | None, counted: Mapping[TaskState, int]
) -> list[tuple[str, str, bool, int | None]]:
    """Title, address, whether it is the chosen one, and how many tasks it holds."""
    return [
        (
            title,
            _address(project_id, state),
            state is chosen,
            None if state is None else counted.get(state),
        )
        for title, state in TABS
    ]


def _address(project_id: uuid.UUID, state: TaskState | None) -> str:
    return url_for("tasks.index", project_id=project_id, state=state.value if state else None)


def my_project(project_id: uuid.UUID, *, writing: bool = False) -> Project:
    """The project of the visitor's company; 404 for others, 403 when writing needs a larger role."""
    project, may_write = _opened(project_id)
    if writing and not may_write:
        raise NotYours(MAY_NOT)
    return project


def _opened(project_id: uuid.UUID) -> tuple[Project, bool]:
    """The same, and whether the visitor's role may change anything of it."""
    member = found(projects.member_for(db(), g.visitor.user.id, project_id))
    return found(projects.project(db(), project_id)), project_policy.may_edit(member)
