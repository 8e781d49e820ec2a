"""Where ops look at a project before it opens."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.fields import SPECIALTIES, TIERS
from config.task_types import TASK_TYPES
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Invalid
from marketplace.kit.web import db, found, see_other
from marketplace.projects import policy, queries, service
from marketplace.projects.forms import RetagForm, SendBackForm
from marketplace.projects.models import Project

bp = Blueprint("project_checks", __name__, url_prefix="/staff/projects")


@bp.get("")
@open_to(role("ops", "admin"))
def index() -> ResponseReturnValue:
    """Projects that wait for a check, the longest waiting first."""
    page = queries.in_check(db(), mark=request.args.get("after"))
    return render_template(
        "marketplace/projects/staff_index.html", page=page, reported=queries.reported(db())
    )


@bp.get("/<uuid:project_id>")
@open_to(role("ops", "admin"))
def show(project_id: uuid.UUID) -> ResponseReturnValue:
    """One project as experts would see it, its price against its tier."""
    return _page(found(queries.for_check(db(), project_id)), SendBackForm(formdata=None))


@bp.post("/<uuid:project_id>/pass")
@open_to(role("ops", "admin"))
def pass_check(project_id: uuid.UUID) -> ResponseReturnValue:
    """Nothing against it."""
    project = found(queries.for_check(db(), project_id))
    service.pass_check(db(), project, by=g.visitor.user)
    flash("Passed. It opens once it is funded.", "ok")
    return see_other("project_checks.index")


@bp.post("/<uuid:project_id>/send-back")
@open_to(role("ops", "admin"))
def send_back(project_id: uuid.UUID) -> ResponseReturnValue:
    """Something has to change first."""
    project = found(queries.for_check(db(), project_id))
    form = SendBackForm()
    if not form.validate_on_submit():
        return _page(project, form), 422
    service.send_back(db(), project, by=g.visitor.user, reason=str(form.reason.data))
    flash("Sent back with your reason.", "ok")
    return see_other("project_checks.index")


@bp.post("/<uuid:project_id>/content")
@open_to(role("ops", "admin"))
def retag(project_id: uuid.UUID) -> ResponseReturnValue:
    """Declare the content anew, with the reason, and close the reports."""
    project = found(queries.for_check(db(), project_id))
    form = RetagForm()
    if not form.validate_on_submit():
        return _page(project, SendBackForm(formdata=None), form), 422
    classes, reason = form.content_classes.data or [], str(form.content_reason.data)
    try:
        service.retag(db(), project, by=g.visitor.user, classes=classes, reason=reason)
    except Invalid as refusal:  # nothing is written yet; what was typed stays on the page
        form.content_reason.errors = [refusal.message]
        return _page(project, SendBackForm(formdata=None), form), refusal.status_code
    flash("Declared anew. The reports are closed.", "ok")
    return see_other("project_checks.show", project_id=project.id)


def _page(project: Project, form: SendBackForm, retag_form: RetagForm | None = None) -> str:
    version = queries.current_guideline(db(), project.id)
    return render_template(
        "marketplace/projects/staff_show.html",
        project=project,
        form=form,
        retag_form=retag_form or RetagForm(formdata=None, data={"content_classes": list(project.classes)}),
        reports=queries.open_reports(db(), project.id),
        reportable=policy.REPORTABLE,
        tier=TIERS[project.tier],
        field=SPECIALTIES[project.specialty],
        kind=TASK_TYPES[project.task_type],
        clauses=queries.clauses(db(), version.id) if version else [],
        opened_before=queries.is_known_company(db(), project.company_id, besides=project.id),
    )
