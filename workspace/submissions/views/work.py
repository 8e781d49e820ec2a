"""The workspace page, and what it becomes when the work is out of the expert's hands."""

import uuid
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other
from marketplace.payouts import queries as payouts
from marketplace.projects.policy import platform_fee
from workspace.queue import policy as queue_policy
from workspace.queue.models import WITHDRAWN, Assignment, AssignmentState
from workspace.submissions import policy, queries, service
from workspace.submissions.models import Draft, SubmissionState
from workspace.submissions.views.context import work_page
from workspace.submissions.views.door import EXPERT, bp, cover, mine, settled_first
from workspace.task_types import registry
from workspace.task_types.base import Invalid

OUT_OF_HAND = frozenset(
    {
        AssignmentState.SUBMITTED,
        AssignmentState.EXPIRED,
        AssignmentState.STOPPED,
        AssignmentState.CANCELLED,
    }
)


@bp.get("/tasks/<uuid:assignment_id>")
@open_to(EXPERT)
def work(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """The task to work on; what was handed in has a page of its own."""
    assignment = mine(assignment_id)
    before = settled_first("submissions.work", assignment_id=assignment_id) or _covered(assignment)
    if before is not None:
        return before
    if assignment.state is AssignmentState.ACTIVE:
        return _open(assignment)
    if assignment.state is AssignmentState.SUBMITTED:
        return _handed_in(assignment)
    if assignment.state is AssignmentState.EXPIRED:
        return _out_of_time(assignment)
    return _ended(assignment)


def _covered(assignment: Assignment) -> ResponseReturnValue | None:
    """Sensitive content is covered until it is opened; the task can be put aside from there."""
    if assignment.state is AssignmentState.ACTIVE:
        return cover(
            assignment.project,
            title="Your task",
            deadline=queue_policy.shown_deadline(assignment),
            skip=url_for("queue.skip", assignment_id=assignment.id),
            report=url_for("queue.report", assignment_id=assignment.id),
        )
    if assignment.state in OUT_OF_HAND:
        return cover(assignment.project, title="Your answer")
    return None


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
    draft = queries.draft_of(db(), assignment.id)
    return render_template(
        "workspace/submissions/out_of_time.html",
        assignment=assignment,
        project=assignment.project,
        draft=draft,
        kept_days=WORK.draft_kept_days,
        **_kept(assignment, draft),
    )


def _ended(assignment: Assignment) -> ResponseReturnValue:
    """What was paid in part; nothing is left to see of a task given back."""
    if assignment.state is AssignmentState.STOPPED:
        return _stopped(assignment)
    if assignment.state is AssignmentState.CANCELLED and assignment.end_reason == WITHDRAWN:
        return _stopped(assignment, word="cancel")
    return see_other("submissions.mine")


def _stopped(assignment: Assignment, *, word: str = "stop") -> ResponseReturnValue:
    """What stopping half way, or the company's withdrawal, paid line by line, and the text that was kept."""
    draft = queries.draft_of(db(), assignment.id)
    earning = payouts.earning_by_key(db(), f"claim:{assignment.id}:{word}")
    paid_minor = earning.amount_minor if earning else 0
    return render_template(
        "workspace/submissions/stopped.html",
        assignment=assignment,
        project=assignment.project,
        earning=earning,
        fee_minor=platform_fee(paid_minor),
        reason=queue_policy.SKIP_REASONS.get(assignment.end_reason, assignment.end_reason),
        withdrawn=word == "cancel",
        least_share=f"{WORK.cancel_share_bps // 100} %",
        draft=draft,
        seconds=policy.paid_seconds(draft.active_seconds, draft.corrected_seconds) if draft else 0,
        **_kept(assignment, draft),
    )


def _kept(assignment: Assignment, draft: Draft | None) -> dict[str, Any]:
    """The kept text as its type draws it; no screen when there is none, or it cannot be read any more."""
    kind = registry.get(assignment.task.task_type)
    payload = policy.blinded(assignment.task, assignment.display_seed)
    shown = draft is not None and draft.saved_at is not None and not isinstance(payload, Invalid)
    if not shown or draft is None:
        return {"kind": kind, "screen": None}
    said = service.with_turns(db(), assignment, draft.answer)
    return {"kind": kind, "screen": kind.screen(payload, said)}


def _unreadable(assignment: Assignment) -> ResponseReturnValue:
    """A payload this release cannot read any more: the only way on is to give it back."""
    return render_template(
        "workspace/submissions/unreadable.html", assignment=assignment, project=assignment.project
    )
