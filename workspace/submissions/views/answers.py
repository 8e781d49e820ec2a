"""What the workspace sends: drafts, heartbeats, answers, and the wish to have one back."""

import uuid
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit.access import open_to
from marketplace.kit.filters import iso, when
from marketplace.kit.markdown import render_markdown
from marketplace.kit.money import shown
from marketplace.kit.web import db, found, read_body, see_other, wants_json
from marketplace.payouts import queries as payouts
from workspace.queue import policy as queue_policy
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import policy, queries, service
from workspace.submissions.errors import StaleDraft
from workspace.submissions.forms import PreviewBody, SaveBody, Sent, sent
from workspace.submissions.models import Submission, SubmissionState
from workspace.submissions.policy import Problems
from workspace.submissions.service import HandedIn
from workspace.submissions.views.context import work_page
from workspace.submissions.views.door import EXPERT, bp, mine, user
from workspace.task_types import registry
from workspace.task_types.base import Invalid


@bp.post("/tasks/<uuid:assignment_id>/save")
@open_to(EXPERT)
def save(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the draft: 200 with its new version, 409 with a newer one, 410 when the time is over."""
    assignment, body = mine(assignment_id), read_body(SaveBody)
    try:
        draft = service.save(
            db(),
            assignment,
            user=user(),
            rev=body.rev,
            answer=body.said(registry.get(assignment.task.task_type)),
            note=body.note,
            confidence=body.confidence,
            last=body.stop,
        )
    except StaleDraft as newer:
        return {"rev": newer.rev, "answer": newer.answer, "message": newer.message}, 409
    saved = {"rev": draft.rev, "saved_at": iso(draft.saved_at)}
    if not service.is_open(db(), assignment):
        return {**saved, **_time_is_over(assignment)}, 410
    return {**saved, "problems": _problems(assignment, draft.answer)}


@bp.post("/tasks/<uuid:assignment_id>/heartbeat")
@open_to(EXPERT)
def heartbeat(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Count active time; the deadline comes along, for another tab may have moved it; 410 when withdrawn."""
    assignment = mine(assignment_id)
    seconds = service.beat(db(), assignment, user=user())
    if assignment.state is AssignmentState.CANCELLED:
        return {"active_seconds": seconds, **_withdrawn(assignment)}, 410
    if assignment.state is not AssignmentState.ACTIVE:
        return {"active_seconds": seconds}
    terms = service.stop_terms(db(), assignment)
    return {
        "active_seconds": seconds,
        "expires_at": iso(queue_policy.shown_deadline(assignment)),
        "paused_until": iso(assignment.paused_until),
        "stop_minor": 0 if terms.refusal else terms.pay_minor,
        "stop_shown": shown(terms.pay_minor, assignment.project.currency),
        "stop_refused": terms.refusal,
    }


@bp.post("/tasks/<uuid:assignment_id>/preview")
@open_to(EXPERT)
def preview(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Written text as it will be shown."""
    mine(assignment_id)
    return {"html": str(render_markdown(read_body(PreviewBody).text))}


@bp.post("/tasks/<uuid:assignment_id>/submit")
@open_to(EXPERT)
def submit(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Hand in the answer; what is missing comes back with the text kept."""
    assignment = mine(assignment_id)
    given = sent(registry.get(assignment.task.task_type))
    if (newer := _newer(assignment, given)) is not None:
        return newer
    outcome = service.submit_and_go_on(
        db(),
        assignment,
        user=user(),
        answer=given.answer,
        note=given.note,
        confidence=given.confidence,
        confirmed=given.confirmed,
        last=given.stop,
    )
    if isinstance(outcome, Problems):
        return _not_taken(assignment, outcome)
    return _taken(outcome)


@bp.post("/tasks/<uuid:assignment_id>/take-back")
@open_to(EXPERT)
def take_back(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with an answer nobody has opened."""
    service.take_back(db(), mine(assignment_id), user=user())
    flash("You have it back. Submit it again when you are done.")
    return _onwards("submissions.work", assignment_id=assignment_id)


@bp.post("/submissions/<uuid:submission_id>/decline")
@open_to(EXPERT)
def decline(submission_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the answer as it is, although changes were asked for."""
    submission = found(queries.submission_of(db(), user().id, submission_id))
    service.decline_changes(db(), submission, user=user())
    flash("Your answer stays as it is and gets a last look.")
    return see_other("submissions.show", submission_id=submission_id)


def _newer(assignment: Assignment, given: Sent) -> ResponseReturnValue | None:
    """A tab whose text is older than the saved one does not hand it in unseen."""
    draft = queries.draft_of(db(), assignment.id)
    if not request.is_json or draft is None or given.rev is None or given.rev >= draft.rev:
        return None
    if (draft.answer, draft.note) == (given.answer, given.note):
        return None
    newer = StaleDraft(draft.rev, draft.answer)
    return {"rev": newer.rev, "answer": newer.answer, "message": newer.message}, 409


def _not_taken(assignment: Assignment, problems: Problems) -> ResponseReturnValue:
    ended = assignment.state in {AssignmentState.EXPIRED, AssignmentState.CANCELLED}
    if wants_json() or request.is_json:
        if ended:
            return _time_is_over(assignment), 410
        return {"errors": dict(problems.errors), "warnings": dict(problems.warnings)}, 422
    if ended or isinstance(policy.blinded(assignment.task, assignment.display_seed), Invalid):
        return see_other("submissions.work", assignment_id=assignment.id)
    changing = queries.live_submission(db(), assignment.id)
    page = work_page(assignment, errors=problems.errors, warnings=problems.warnings, changing=changing)
    return render_template("workspace/work.html", **page), 422


def _taken(done: HandedIn) -> ResponseReturnValue:
    flash(_received(done.submission), "ok")
    if done.following is not None:
        return _onwards("submissions.work", assignment_id=done.following.id)
    return _onwards("submissions.mine")


def _received(submission: Submission) -> str:
    price = shown(submission.assignment.price_minor, submission.assignment.project.currency)
    said = "Submitted again." if submission.state is SubmissionState.RESUBMITTED else "Submitted."
    by = when(submission.auto_approve_at)
    return f"{said} {price} is in review, approved by itself on {by} at the latest."


def _problems(assignment: Assignment, answer: dict[str, Any]) -> dict[str, str]:
    """What this answer still lacks, by place."""
    read = service.read_sent(db(), assignment, answer)
    return dict(read.errors) if isinstance(read, Problems) else {}


def _time_is_over(assignment: Assignment) -> dict[str, str]:
    if assignment.state is AssignmentState.SUBMITTED:
        return {
            "message": "Your time ran out. Your answer was complete, so we submitted it.",
            "next": url_for("submissions.mine"),
        }
    if assignment.state is AssignmentState.CANCELLED:
        return _withdrawn(assignment)
    return {
        "message": "Your time ran out and the task went back to the queue. "
        f"Your draft is kept for {WORK.draft_kept_days} days.",
        "again": url_for("queue.again", assignment_id=assignment.id),
        "next": url_for("submissions.work", assignment_id=assignment.id),
    }


def _withdrawn(assignment: Assignment) -> dict[str, str]:
    earning = payouts.earning_by_key(db(), f"claim:{assignment.id}:cancel")
    said = f"{earning.reason}. " if earning else "The company withdrew this task. "
    return {
        "message": f"{said}Your text is kept.",
        "next": url_for("submissions.work", assignment_id=assignment.id),
    }


def _onwards(endpoint: str, **values: Any) -> ResponseReturnValue:
    """The next page: followed by browsers, named for scripts."""
    if wants_json() or request.is_json:
        return {"next": url_for(endpoint, **values)}
    return see_other(endpoint, **values)
