"""Where operations find final rejections that may be wrong, look at them and propose to pay them."""

import uuid
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.identity import service as identity
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found, see_other
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from workspace.reviews import policy, queries, service
from workspace.reviews.forms import OverturnForm
from workspace.reviews.views.context import drawn_work
from workspace.reviews.views.door import OPS, cover, me, signed_in, staff


@staff.get("")
@open_to(OPS)
def index() -> ResponseReturnValue:
    """Projects with final rejections."""
    page = queries.projects_with_rejections(db(), request.args.get("after"))
    return render_template("workspace/reviews/rejections.html", page=page)


@staff.get("/projects/<uuid:project_id>")
@open_to(OPS)
def choose(project_id: uuid.UUID) -> ResponseReturnValue:
    """The final rejections of a project, to be ticked."""
    project = found(projects.project(db(), project_id))
    require_proof("choose", project_id=project.id, **_chosen())
    return _page(project, OverturnForm(formdata=None))


@staff.post("/projects/<uuid:project_id>")
@open_to(OPS)
def propose(project_id: uuid.UUID) -> ResponseReturnValue:
    """Propose that what is ticked was wrong: somebody else decides."""
    project = found(projects.project(db(), project_id))
    require_proof("choose", project_id=project.id, **_chosen())
    form = OverturnForm()
    if form.validate_on_submit() and len(form.submissions.data or ()) > policy.OVERTURNED_AT_ONCE:
        form.submissions.errors = [f"Choose at most {policy.OVERTURNED_AT_ONCE} at once."]
    if form.errors:
        return _page(project, form), 422
    made = service.propose_overturn(
        db(), _finding(form), project_id=project.id, submission_ids=form.submissions.data or []
    )
    flash("Proposed. Somebody else of operations decides.", "ok")
    return see_other("overturns.show", overturn_id=made.id)


@staff.get("/submissions/<uuid:submission_id>")
@open_to(OPS)
def look(submission_id: uuid.UUID) -> ResponseReturnValue:
    """One final rejection: the task, the answer, and what the reviewer said."""
    review = found(queries.rejection(db(), submission_id))
    assignment = review.submission.assignment
    return cover(assignment.project, title="A rejection") or render_template(
        "workspace/reviews/rejection.html",
        review=review,
        submission=review.submission,
        assignment=assignment,
        project=assignment.project,
        clauses=projects.clauses(db(), assignment.guideline_id),
        reasons=policy.REASONS,
        proposed=queries.proposed_for(db(), submission_id),
        **drawn_work(review.submission),
    )


def require_proof(page: str, **values: Any) -> None:
    """The password was given lately, or the page that asks for it: before a form, so no text is lost."""
    identity.require_proof(db(), signed_in(), back=url_for(f"overturns.{page}", **values))


def _finding(form: OverturnForm) -> service.Finding:
    return service.Finding(
        by=me(),
        form_key=uuid.UUID(str(form.form_key.data)),
        code=str(form.code.data),
        reason=form.reason.data or "",
    )


def _chosen() -> dict[str, str]:
    """What narrows the list, as the address carries it along."""
    return {name: request.args[name] for name in ("reviewer", "after", "all") if request.args.get(name)}


def _page(project: Project, form: OverturnForm) -> str:
    reviewer = request.args.get("reviewer", "")
    page = queries.rejections(
        db(),
        project.id,
        mark=request.args.get("after"),
        size=policy.OVERTURNED_AT_ONCE,
        reviewer_id=_uuid(reviewer),
    )
    whole = bool(request.args.get("all")) and form.submissions.raw_data is None
    return render_template(
        "workspace/reviews/rejections_of.html",
        project=project,
        form=form,
        page=page,
        chosen=_chosen(),
        ticked={one.submission_id for one in page.rows} if whole else set(form.submissions.data or ()),
        reviewers={one.reviewer_id: one.reviewer.name for one in page.rows if one.reviewer is not None},
        reasons=policy.REASONS,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return uuid.UUID(int=0)  # nobody's: an address that was typed wrong shows nothing
