"""Signing again when the terms have a new version."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from config.terms import TERMS, TERMS_VERSION
from marketplace.applications import policy, queries, service
from marketplace.applications.forms import AcceptForm
from marketplace.applications.models import Engagement
from marketplace.applications.views.door import jobs, sees, visiting_expert
from marketplace.experts.models import Expert
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.projects import queries as projects
from marketplace.projects.models import GuidelineVersion, Project


@jobs.get("/jobs/<slug>/terms")
@open_to(role("expert"))
def terms(slug: str) -> ResponseReturnValue:
    """Today's terms for somebody who joined under older ones; the job's page when they are signed."""
    project, _, engagement = _joined(slug)
    if policy.has_signed(engagement):
        return see_other("jobs.job", slug=slug)
    version = found(projects.current_guideline(db(), project.id))
    return _page(project, version, AcceptForm(formdata=None, data={"version_id": version.id}))


@jobs.post("/jobs/<slug>/terms")
@open_to(role("expert"))
def sign(slug: str) -> ResponseReturnValue:
    """Sign and go on."""
    project, expert, engagement = _joined(slug)
    version, form = found(projects.current_guideline(db(), project.id)), AcceptForm()
    if not form.validate_on_submit() or not form.is_about(version.id):
        return _page(project, version, form), 422
    service.sign_again(
        db(), engagement, expert=expert, version_id=version.id, signature=str(form.signature.data)
    )
    flash("Signed. You can start.", "ok")
    return see_other("jobs.job", slug=slug)


def _joined(slug: str) -> tuple[Project, Expert, Engagement]:
    """The job, the visitor and their right to work on it, or NotFound (404)."""
    project, expert = found(projects.by_slug_public(db(), slug)), found(visiting_expert())
    return project, expert, found(queries.active_engagement(db(), expert.id, project.id))


def _page(project: Project, version: GuidelineVersion, form: AcceptForm) -> str:
    return render_template(
        "marketplace/applications/terms.html",
        project=project,
        version=version,
        clauses=projects.clauses(db(), version.id),
        sees=sees(project),
        terms=TERMS,
        terms_version=TERMS_VERSION,
        form=form,
    )
