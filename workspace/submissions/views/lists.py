"""My work: what is reserved, to be changed, in review, done; and one submission with its verdict."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found
from marketplace.projects import queries as projects
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.submissions import policy, queries
from workspace.submissions.models import SubmissionState
from workspace.submissions.views.door import EXPERT, bp, settled_first, user
from workspace.task_types import registry
from workspace.task_types.base import Invalid

TABS = {"reserved": "Reserved", "changes": "Changes asked", "review": "In review", "done": "Done"}


@bp.get("/tasks")
@open_to(EXPERT)
def mine() -> ResponseReturnValue:
    """Everything this expert works on or has handed in, one tab at a time."""
    overdue = settled_first("submissions.mine")
    if overdue is not None:
        return overdue
    tab = request.args.get("tab", "reserved")
    tab = tab if tab in TABS else "reserved"
    return render_template(
        "workspace/submissions/mine.html",
        tab=tab,
        title=TABS[tab],
        tab_items=_tabs(tab),
        changes_hours=WORK.changes_due_hours,
        **(_reserved() if tab == "reserved" else _handed_in(tab)),
    )


@bp.get("/submissions/<uuid:submission_id>")
@open_to(EXPERT)
def show(submission_id: uuid.UUID) -> ResponseReturnValue:
    """One's own answer, what was decided about it and what that does to the pay."""
    submission = found(queries.submission_of(db(), user().id, submission_id))
    assignment = submission.assignment
    kind = registry.get(assignment.task.task_type)
    payload = policy.blinded(assignment.task, assignment.display_seed)
    return render_template(
        "workspace/submissions/show.html",
        submission=submission,
        assignment=assignment,
        project=assignment.project,
        kind=kind,
        screen=None if isinstance(payload, Invalid) else kind.screen(payload, submission.answer),
        clauses=projects.clauses(db(), assignment.guideline_id),
        may_take_back=policy.may_take_back(submission, assignment, clock.database_now(db())),
        wants_changes=submission.state is SubmissionState.CHANGES_REQUESTED,
    )


def _tabs(chosen: str) -> list[tuple[str, str, bool, int | None]]:
    counted = {"changes": {SubmissionState.CHANGES_REQUESTED}, "review": policy.IN_REVIEW}
    return [
        (
            title,
            url_for("submissions.mine", tab=tab),
            tab == chosen,
            queries.count_in(db(), user().id, counted[tab]) if tab in counted else None,
        )
        for tab, title in TABS.items()
    ]


def _reserved() -> dict[str, object]:
    now = clock.database_now(db())
    return {
        "live": assignments.live_of(db(), user().id),
        "kept": queries.out_of_time(db(), user().id, since=now - policy.DRAFT_KEPT),
        "deadline": queue_policy.shown_deadline,
        "summary": queue.summary,
    }


def _handed_in(tab: str) -> dict[str, object]:
    states = {
        "changes": {SubmissionState.CHANGES_REQUESTED},
        "review": policy.IN_REVIEW,
        "done": policy.DECIDED,
    }[tab]
    now = clock.database_now(db())
    return {
        "page": queries.of_user(db(), user().id, states, mark=request.args.get("after")),
        "summary": queue.summary,
        "may_take_back": lambda row: policy.may_take_back(row, row.assignment, now),
    }
