"""An expert asks the company about the task in hand."""

import uuid

from flask import Blueprint, flash, g, render_template
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.care import queries as care
from marketplace.care.policy import lacking
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Conflict
from marketplace.kit.web import db, found, see_other
from marketplace.projects import queries as projects
from workspace.queue import queries, service
from workspace.queue.forms import AskForm
from workspace.queue.models import Assignment

bp = Blueprint("questions", __name__)
EXPERT = role("expert")


@bp.get("/tasks/<uuid:assignment_id>/ask")
@open_to(EXPERT)
def ask(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """What to ask, about which clause, and what was asked before."""
    return _page(found(queries.assignment_of(db(), g.visitor.user.id, assignment_id)), None)


@bp.post("/tasks/<uuid:assignment_id>/ask")
@open_to(EXPERT)
def send(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask; the first question about a task rests its deadline."""
    assignment = found(queries.lock_assignment_of(db(), g.visitor.user.id, assignment_id))
    form = _form(assignment)
    if not form.validate_on_submit():
        return _page(assignment, form), 422
    first = assignment.paused_at is None
    try:
        service.ask(
            db(), assignment, by=g.visitor.user, text=form.text.data or "", clause_number=form.clause_number
        )
    except Conflict as refusal:  # nothing is written yet; what was typed stays on the page
        form.text.errors = [refusal.message]
        return _page(assignment, form), 409
    rests = f" Your deadline rests until the answer, {WORK.question_pause_hours} hours at most." * first
    flash(f"Asked. You are told when the company answers.{rests}", "ok")
    return see_other("submissions.work", assignment_id=assignment_id)


def _form(assignment: Assignment) -> AskForm:
    form = AskForm()
    form.offer(projects.clauses(db(), assignment.guideline_id))
    return form


def _page(assignment: Assignment, form: AskForm | None) -> str:
    closed = lacking(assignment.project.classes, care.opted_in(db(), assignment.user_id))
    return render_template(
        "workspace/queue/ask.html",
        assignment=assignment,
        project=assignment.project,
        form=form or _form(assignment),
        asked=[] if closed else projects.asked_by(db(), assignment.user_id, assignment.project_id),
        rules=WORK,
    )
