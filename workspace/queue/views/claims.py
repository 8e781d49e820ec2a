"""An expert's doors: start, skip, more time, the next one."""

import uuid
from functools import partial
from typing import NoReturn

from flask import Blueprint, flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.applications import queries as applications
from marketplace.experts import queries as experts
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Refusal
from marketplace.kit.filters import iso
from marketplace.kit.web import after_commit, db, found, see_other, wants_json
from marketplace.projects import queries as projects
from marketplace.projects import service as projects_service
from workspace.queue import policy, queries, service
from workspace.queue.errors import NotEligible, PauseFirst
from workspace.queue.forms import ReportForm, SkipForm
from workspace.queue.models import Assignment

bp = Blueprint("queue", __name__)
EXPERT = role("expert")


@bp.post("/jobs/<slug>/start")
@open_to(EXPERT)
def start(slug: str) -> ResponseReturnValue:
    """Claim a task of the job, or go on with the one in hand."""
    project = found(projects.by_slug_public(db(), slug))
    expert = experts.for_user(db(), g.visitor.user.id)
    if expert is None:
        raise NotEligible("Fill in your profile first.")
    try:
        outcome = service.start(
            db(),
            user=g.visitor.user,
            expert=expert,
            engagement=applications.engagement(db(), expert.id, project.id),
            project=project,
        )
    except PauseFirst:
        return see_other("care.pause")
    if isinstance(outcome, Refusal):  # after the commit: the pause it asked for must stay
        return after_commit(partial(_refuse, outcome))
    return see_other("submissions.work", assignment_id=outcome.id)


@bp.post("/tasks/<uuid:assignment_id>/skip")
@open_to(EXPERT)
def skip(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Give the task back with a reason, and go on to the next one."""
    assignment = _mine(assignment_id)
    form = SkipForm()
    if not form.validate_on_submit():
        flash(next(iter(form.errors.values()))[0], "warn")
        return see_other("submissions.work", assignment_id=assignment_id)
    if policy.ends_withdrawn(assignment):
        return see_other("submissions.work", assignment_id=assignment_id)  # which ends it, with its pay
    following = service.skip(
        db(), assignment, by=g.visitor.user, reason=form.reason.data, note=form.note.data or ""
    )
    if following is not None:
        flash("Skipped, without any effect on you. This is the next task.")
        return see_other("submissions.work", assignment_id=following.id)
    flash("Skipped, without any effect on you. No other task of this job is free for you right now.")
    return see_other("submissions.mine")


@bp.post("/tasks/<uuid:assignment_id>/extend")
@open_to(EXPERT)
def extend(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """One more stretch of time."""
    assignment = _mine(assignment_id)
    service.extend(db(), assignment)
    if wants_json():
        return {
            "expires_at": iso(policy.shown_deadline(assignment)),
            "extensions_left": policy.extensions_left(assignment),
        }
    flash(f"You have {WORK.extension_minutes} minutes more.", "ok")
    return see_other("submissions.work", assignment_id=assignment_id)


@bp.post("/tasks/<uuid:assignment_id>/open")
@open_to(EXPERT)
def open_next(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Begin the task held ahead."""
    try:
        service.open_held(db(), _mine(assignment_id))
    except PauseFirst:
        return see_other("care.pause")
    return see_other("submissions.work", assignment_id=assignment_id)


@bp.post("/tasks/<uuid:assignment_id>/leave")
@open_to(EXPERT)
def leave(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Give back the task held ahead beside this one."""
    service.leave(db(), _mine(assignment_id), user=g.visitor.user)
    return ("", 204) if wants_json() else see_other("submissions.mine")


@bp.post("/tasks/<uuid:assignment_id>/again")
@open_to(EXPERT)
def again(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Claim a task whose time ran out once more, with its draft."""
    ended = found(queries.assignment_of(db(), g.visitor.user.id, assignment_id))
    claimed = service.claim_again(db(), ended)
    flash("You have the task again, with your text in it.", "ok")
    return see_other("submissions.work", assignment_id=claimed.id)


@bp.post("/tasks/<uuid:assignment_id>/report")
@open_to(EXPERT)
def report(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the task holds content the project does not declare."""
    assignment, form = _mine(assignment_id), ReportForm()
    if not form.validate_on_submit():
        back = url_for("submissions.work", assignment_id=assignment_id)
        return render_template(
            "workspace/queue/report_page.html", form=form, project=assignment.project, back=back
        ), 422
    projects_service.report_content(
        db(),
        assignment.project,
        by=g.visitor.user,
        by_reviewer=False,
        task_id=assignment.task_id,
        content_class=form.content_class.data,
        note=str(form.note.data),
    )
    flash("Thank you. It is noted, without any effect on you. You can skip this task.")
    return see_other("submissions.work", assignment_id=assignment_id)


def _mine(assignment_id: uuid.UUID) -> Assignment:
    """The visitor's own assignment, locked; 404 for anybody else's."""
    return found(queries.lock_assignment_of(db(), g.visitor.user.id, assignment_id))


def _refuse(refusal: Refusal) -> NoReturn:
    raise refusal
