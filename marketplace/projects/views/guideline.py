"""Reading and writing a project's guideline."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.projects import policy, queries, service
from marketplace.projects.forms import CLAUSES_MAXIMUM, GuidelineForm
from marketplace.projects.models import GuidelineVersion, Project, ProjectState
from marketplace.projects.views.door import bp, mine, user

SAVING = {"save", "publish"}


@bp.get("/<uuid:project_id>/guideline")
@open_to(role("member"))
def guideline(project_id: uuid.UUID) -> ResponseReturnValue:
    """The clauses: as a form for those who may write them."""
    project, member = mine(project_id)
    draft = queries.draft_guideline(db(), project.id)
    version = draft or queries.current_guideline(db(), project.id)
    if "guideline" not in policy.actions(project, member):
        return _reader(project, version)
    clauses = queries.clauses(db(), version.id) if version else []
    form = GuidelineForm(formdata=None, data={"clauses": GuidelineForm.rows_of(clauses) or [{}]})
    return _editor(project, form)


@bp.get("/<uuid:project_id>/guideline/<int:number>")
@open_to(role("member"))
def guideline_version(project_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """One published version as experts read it."""
    project, _ = mine(project_id)
    return _reader(project, found(queries.guideline(db(), project.id, number)))


@bp.post("/<uuid:project_id>/guideline")
@open_to(role("member"))
def write_guideline(project_id: uuid.UUID) -> ResponseReturnValue:
    """Save the clauses, publish them, or change the rows without saving."""
    project, _ = mine(project_id, policy.may_edit)
    form, action = GuidelineForm(), request.form.get("action", "save")
    if action not in SAVING:
        return _editor(project, form.changed_by(action))
    if not form.validate_on_submit():
        return _editor(project, form), 422
    service.save_guideline(db(), project, form.texts(), by=user(), publish_now=action == "publish")
    flash(
        "Published. It binds every task that is claimed from now on." if action == "publish" else "Saved.",
        "ok",
    )
    return see_other("projects.show", project_id=project.id)


def _reader(project: Project, version: GuidelineVersion | None) -> str:
    clauses = queries.clauses(db(), version.id) if version else []
    number = request.args.get("since", type=int)
    before = queries.guideline(db(), project.id, number) if version and number is not None else None
    older = queries.clauses(db(), before.id) if before else []
    return render_template(
        "marketplace/projects/guideline_read.html",
        project=project,
        version=version,
        clauses=clauses,
        versions=queries.guideline_versions(db(), project.id),
        since=before,
        changes=service.compare(older, clauses) if before else [],
    )


def _editor(project: Project, form: GuidelineForm) -> str:
    return render_template(
        "marketplace/projects/guideline.html",
        project=project,
        form=form,
        versions=queries.guideline_versions(db(), project.id),
        clauses_maximum=CLAUSES_MAXIMUM,
        is_draft=project.state is ProjectState.DRAFT,
    )
