"""The workspace page, and what it becomes when the work is out of the expert's hands."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import policy, queries
from workspace.submissions.models import SubmissionState
from workspace.submissions.views.context import work_page
from workspace.submissions.views.door import EXPERT, bp, mine, settled_first
from workspace.task_types import registry
from workspace.task_types.base import Invalid


@bp.get("/tasks/<uuid:assignment_id>")
@open_to(EXPERT)
def work(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """The task to work on; what was handed in has a page of its own."""
    assignment = mine(assignment_id)
    overdue = settled_first("submissions.work", assignment_id=assignment_id)
    if overdue is not None:
        return overdue
    if assignment.state is AssignmentState.ACTIVE:
        return _open(assignment)
    if assignment.state is AssignmentState.SUBMITTED:
        return _handed_in(assignment)
    if assignment.state is AssignmentState.EXPIRED:
        return _out_of_time(assignment)
    return see_other("submissions.mine")


def _open(assignment: Assignment) -> ResponseReturnValue:
    if isinstance(policy.blinded(assignment.task, assignment.display_seed), Invalid):
        return _unreadable(assignment)
    return render_template("workspace/work.html", **work_page(assignment))


def _handed_in(assignment: Assignment) -> ResponseReturnValue:
    submission = queries.live_submission(db(), assignment.id)
    if submission is None:
        return see_other("submissions.mine")
    if submission.state is SubmissionState.CHANGES_REQUESTED:
        return render_template("workspace/work.html", **work_page(assignment, changing=submission))
    return see_other("submissions.show", submission_id=submission.id)


def _out_of_time(assignment: Assignment) -> ResponseReturnValue:
    """The text is kept: show it, and the way to take the task again."""
    kind = registry.get(assignment.task.task_type)
    payload = policy.blinded(assignment.task, assignment.display_seed)
    draft = queries.draft_of(db(), assignment.id)
    return render_template(
        "workspace/submissions/out_of_time.html",
        assignment=assignment,
        project=assignment.project,
        kind=kind,
        draft=draft,
        screen=None if isinstance(payload, Invalid) or not draft else kind.screen(payload, draft.answer),
        kept_days=WORK.draft_kept_days,
    )


def _unreadable(assignment: Assignment) -> ResponseReturnValue:
    """A payload this release cannot read any more: the only way on is to give it back."""
    return render_template(
        "workspace/submissions/unreadable.html", assignment=assignment, project=assignment.project
    )
