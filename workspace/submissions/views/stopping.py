"""Stopping half way: the sum before the click, the reason, and what it paid."""

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import service
from workspace.submissions.forms import StopForm
from workspace.submissions.views.door import EXPERT, bp, mine, settled_first, user


@bp.get("/tasks/<uuid:assignment_id>/stop")
@open_to(EXPERT)
def ask_stop(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """What stopping half way pays now, and the reason it asks for."""
    assignment = mine(assignment_id)
    overdue = settled_first("submissions.ask_stop", assignment_id=assignment_id)
    if overdue is not None:
        return overdue
    if assignment.state is not AssignmentState.ACTIVE:
        return see_other("submissions.work", assignment_id=assignment_id)
    return _page(assignment, StopForm())


@bp.post("/tasks/<uuid:assignment_id>/stop")
@open_to(EXPERT)
def stop(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Stop half way; what it pays stands in the answer."""
    assignment, form = mine(assignment_id), StopForm()
    if not form.validate_on_submit():
        if assignment.state is not AssignmentState.ACTIVE:
            return see_other("submissions.work", assignment_id=assignment_id)
        return _page(assignment, form), 422
    assignment = service.stop(
        db(),
        assignment,
        user=user(),
        reason=form.reason.data,
        note=form.note.data or "",
        agreed_minor=form.agreed,
    )
    if assignment.state not in {AssignmentState.STOPPED, AssignmentState.CANCELLED}:
        flash("The deadline was faster: it has decided about this task.", "warn")
    return see_other("submissions.work", assignment_id=assignment_id)


def _page(assignment: Assignment, form: StopForm) -> str:
    terms = service.stop_terms(db(), assignment)
    form.agreed_minor.data = str(terms.pay_minor)
    return render_template(
        "workspace/submissions/stop.html",
        assignment=assignment,
        project=assignment.project,
        form=form,
        terms=terms,
        hold_days=MONEY.hold_days,
    )
