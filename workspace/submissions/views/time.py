"""The two clocks of a task: what was counted, what the expert says it was, what is never looked at."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other
from workspace.queue import policy as queue_policy
from workspace.queue.models import Assignment
from workspace.submissions import policy, queries, service
from workspace.submissions.forms import TimeForm
from workspace.submissions.views.door import EXPERT, bp, mine


@bp.get("/tasks/<uuid:assignment_id>/time")
@open_to(EXPERT)
def time(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Every counted stretch, the sum, and the way to correct it."""
    return _page(mine(assignment_id), None)


@bp.post("/tasks/<uuid:assignment_id>/time")
@open_to(EXPERT)
def correct_time(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Keep another active time beside the counted one, with a note."""
    assignment, form = mine(assignment_id), TimeForm()
    form.most = _most(assignment)
    if not form.validate_on_submit():
        return _page(assignment, form), 422
    service.correct_time(db(), assignment, minutes=form.minutes.data, note=form.note.data or "")
    flash("Kept beside what was counted. Both go with your answer.", "ok")
    return see_other("submissions.time", assignment_id=assignment_id)


@bp.post("/tasks/<uuid:assignment_id>/time/as-counted")
@open_to(EXPERT)
def as_counted(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Take the correction back."""
    service.correct_time(db(), mine(assignment_id), minutes=None, note="")
    flash("The counted time stands.", "ok")
    return see_other("submissions.time", assignment_id=assignment_id)


def _page(assignment: Assignment, form: TimeForm | None) -> str:
    draft = queries.draft_of(db(), assignment.id)
    is_open = service.is_open(db(), assignment)
    if form is None and is_open:
        form = TimeForm(formdata=None, note=draft.correction_note if draft else "")
    return render_template(
        "workspace/submissions/time.html",
        assignment=assignment,
        project=assignment.project,
        draft=draft,
        is_open=is_open,
        deadline=queue_policy.shown_deadline(assignment),
        form=form if is_open else None,
        most=_most(assignment),
        page=queries.time_entries(db(), assignment.id, mark=request.args.get("after")),
        rules=WORK,
    )


def _most(assignment: Assignment) -> int:
    return policy.wall_minutes(assignment.claimed_at, clock.database_now(db()))
