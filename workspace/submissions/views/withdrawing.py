"""A company's doors to withdrawing: what it costs and who is at work, the reason, and what became of it."""

import uuid

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project, ProjectState
from workspace.queue import queries as tasks
from workspace.queue.queries import Scope
from workspace.submissions import queries, service
from workspace.submissions.errors import CostsMore
from workspace.submissions.forms import WithdrawForm

company = Blueprint("withdrawals", __name__, url_prefix="/company")
MEMBER = role("member")
MAY_NOT = "Your role in the company does not allow this. Ask an owner."


@company.get("/projects/<uuid:project_id>/withdraw")
@open_to(MEMBER)
def ask_project(project_id: uuid.UUID) -> ResponseReturnValue:
    """What withdrawing all that is not handed in costs."""
    project = _mine(project_id)
    if project.state not in {ProjectState.OPEN, ProjectState.PAUSED}:
        return see_other("projects.show", project_id=project_id)
    return _page(project, Scope(project.id), WithdrawForm(formdata=None))


@company.post("/projects/<uuid:project_id>/withdraw")
@open_to(MEMBER)
def withdraw_project(project_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw it; the project finishes."""
    project = _mine(project_id)
    return _done(project, Scope(project.id))


@company.get("/projects/<uuid:project_id>/tasks/<uuid:task_id>/withdraw")
@open_to(MEMBER)
def ask_one(project_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """What withdrawing one task costs."""
    project = _mine(project_id)
    return _page(project, _of_task(project, task_id), WithdrawForm(formdata=None))


@company.post("/projects/<uuid:project_id>/tasks/<uuid:task_id>/withdraw")
@open_to(MEMBER)
def withdraw_one(project_id: uuid.UUID, task_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw it."""
    project = _mine(project_id)
    return _done(project, _of_task(project, task_id))


@company.get("/projects/<uuid:project_id>/batches/<uuid:batch_id>/withdraw")
@open_to(MEMBER)
def ask_batch(project_id: uuid.UUID, batch_id: uuid.UUID) -> ResponseReturnValue:
    """What withdrawing a batch costs."""
    project = _mine(project_id)
    return _page(project, _of_batch(project, batch_id), WithdrawForm(formdata=None))


@company.post("/projects/<uuid:project_id>/batches/<uuid:batch_id>/withdraw")
@open_to(MEMBER)
def withdraw_batch(project_id: uuid.UUID, batch_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw it."""
    project = _mine(project_id)
    return _done(project, _of_batch(project, batch_id))


def _mine(project_id: uuid.UUID) -> Project:
    """The project of the visitor's company; 404 for others, 403 without the role."""
    member = found(projects.member_for(db(), g.visitor.user.id, project_id))
    if not project_policy.may_edit(member):
        raise NotYours(MAY_NOT)
    return found(projects.project(db(), project_id))


def _of_task(project: Project, task_id: uuid.UUID) -> Scope:
    return Scope(project.id, task_id=found(tasks.task_of(db(), project.id, task_id)).id)


def _of_batch(project: Project, batch_id: uuid.UUID) -> Scope:
    return Scope(project.id, batch_id=found(tasks.batch_of(db(), project.id, batch_id)).id)


def _done(project: Project, scope: Scope) -> ResponseReturnValue:
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _page(project, scope, form), 422
    try:
        row = service.withdraw(
            db(),
            scope,
            by=g.visitor.user,
            reason=str(form.reason.data).strip(),
            form_key=form.form_key.data,
            agreed_minor=form.agreed,
        )
    except CostsMore as more:
        return _page(project, scope, form, said=more.message), more.status_code
    flash(f"Withdrawn. Nobody starts on it any more.{_paid(row.people_count)}", "ok")
    return redirect(_back(scope), 303)


def _paid(people: int) -> str:
    if not people:
        return ""
    return f" {people:,} people at work are paid." if people > 1 else " One person at work is paid."


def _page(project: Project, scope: Scope, form: WithdrawForm, *, said: str = "") -> str:
    """The sums before the click; the form agrees to the most it can cost."""
    costs = service.costs(db(), scope)
    form.agreed_minor.data = str(costs.most_minor)
    return render_template(
        "workspace/submissions/withdraw.html",
        project=project,
        scope=scope,
        form=form,
        costs=costs,
        said=said,
        task_count=tasks.count_open(db(), scope),
        waiting_count=queries.count_waiting(db(), scope),
        least_share=f"{WORK.cancel_share_bps // 100} %",
        back=_back(scope),
    )


def _back(scope: Scope) -> str:
    """The page one came from."""
    if scope.task_id is not None:
        return url_for("tasks.show", project_id=scope.project_id, task_id=scope.task_id)
    return url_for("projects.show" if scope.batch_id is None else "tasks.index", project_id=scope.project_id)
