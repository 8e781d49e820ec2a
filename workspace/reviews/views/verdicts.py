"""The review in hand: read, judge, take back, step aside."""

import uuid

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other, wants_json
from marketplace.projects import queries as projects
from marketplace.projects import service as projects_service
from workspace.reviews import service
from workspace.reviews.errors import AlreadyDecided, NoMoreChanges, RejectingPaused
from workspace.reviews.forms import ReportForm, StepAsideForm, VerdictForm, picks
from workspace.reviews.models import Review, ReviewState
from workspace.reviews.views.context import review_page
from workspace.reviews.views.door import REVIEWER, bp, cover, me, mine, onwards

TEMPLATE = "workspace/reviews/show.html"


@bp.get("/<uuid:review_id>")
@open_to(REVIEWER)
def show(review_id: uuid.UUID) -> ResponseReturnValue:
    """The submission beside its guideline, and the verdict to give."""
    review = mine(review_id)
    ways = {"aside": url_for("reviews.step_aside", review_id=review_id)} if _is_open(review) else {}
    covered = cover(
        review.submission.assignment.project,
        title="A review",
        report=url_for("reviews.report", review_id=review_id),
        **ways,
    )
    return covered or render_template(TEMPLATE, **review_page(review, me()))


@bp.post("/<uuid:review_id>/verdict")
@open_to(REVIEWER)
def verdict(review_id: uuid.UUID) -> ResponseReturnValue:
    """Record the verdict; it acts in eight seconds, and the next review opens."""
    review = mine(review_id)
    assignment = review.submission.assignment
    form = VerdictForm().offer(projects.clauses(db(), assignment.guideline_id), assignment.task.task_type)
    if not form.complete():
        return render_template(TEMPLATE, **review_page(review, me(), form)), 422
    try:
        _give(review, form)
    except (NoMoreChanges, RejectingPaused) as refusal:
        form.form_errors.append(refusal.message)
        return render_template(TEMPLATE, **review_page(mine(review_id), me(), form)), refusal.status_code
    return onwards() or see_other("reviews.queue", project=picks())


@bp.post("/<uuid:review_id>/undo")
@open_to(REVIEWER)
def undo(review_id: uuid.UUID) -> ResponseReturnValue:
    """Take the verdict back before it acts."""
    try:
        service.undo(db(), mine(review_id), reviewer=me())
    except AlreadyDecided:
        flash("It was too late: your verdict has acted.", "warn")
    else:
        flash("Your verdict is taken back. Decide again.")
    return see_other("reviews.show", review_id=review_id, project=picks())


@bp.post("/<uuid:review_id>/step-aside")
@open_to(REVIEWER)
def step_aside(review_id: uuid.UUID) -> ResponseReturnValue:
    """Give the review back to the queue, with a reason."""
    review, form = mine(review_id), StepAsideForm()
    if not form.validate_on_submit():
        return render_template(TEMPLATE, **review_page(review, me(), aside=form)), 422
    service.step_aside(db(), review, reviewer=me(), reason=form.reason.data)
    flash("The submission went back to the queue. Somebody else will judge it.")
    return see_other("reviews.queue", project=picks())


@bp.post("/<uuid:review_id>/report")
@open_to(REVIEWER)
def report(review_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it holds content the project does not declare: no new work until ops have looked."""
    review, form = mine(review_id), ReportForm()
    if not form.validate_on_submit():
        project = review.submission.assignment.project
        back = url_for("reviews.show", review_id=review_id, project=picks())
        return render_template("workspace/queue/report_page.html", form=form, project=project, back=back), 422
    projects_service.report_content(
        db(),
        review.submission.assignment.project,
        by=me(),
        by_reviewer=True,
        task_id=review.submission.task_id,
        content_class=form.content_class.data,
        note=str(form.note.data),
    )
    flash("Thank you. The project takes no new work until somebody has looked. You can step aside.")
    return see_other("reviews.show", review_id=review_id, project=picks())


@bp.post("/<uuid:review_id>/renew")
@open_to(REVIEWER)
def renew(review_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the review while the reviewer reads and writes."""
    service.renew(db(), mine(review_id), reviewer=me())
    return ("", 204) if wants_json() else see_other("reviews.show", review_id=review_id)


def _is_open(review: Review) -> bool:
    return review.state is ReviewState.OPEN


def _give(review: Review, form: VerdictForm) -> None:
    service.give(
        db(),
        review,
        reviewer=me(),
        verdict=form.chosen,
        reason_code=form.reason_code.data or None,
        clauses=form.numbers,
        note=form.note.data or "",
    )
