"""What the workspace page draws."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request, url_for

from config.content import SUPPORT
from config.policy import WORK
from marketplace.care import policy as care_policy
from marketplace.care import queries as care_queries
from marketplace.care import service as care
from marketplace.care.errors import NotOptedIn
from marketplace.kit import clock, ids
from marketplace.kit.web import db
from marketplace.projects import queries as projects
from marketplace.projects.policy import REPORTABLE
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment
from workspace.submissions import policy, queries, service
from workspace.submissions.models import Draft, Submission
from workspace.task_types import registry

START_DIGITS = 5
RULES = {
    "reportable": REPORTABLE,
    "extension_minutes": WORK.extension_minutes,
    "pause_hours": WORK.question_pause_hours,
    "question_characters": WORK.question_characters,
}


def work_page(
    assignment: Assignment,
    *,
    errors: Mapping[str, str] | None = None,
    warnings: Mapping[str, str] | None = None,
    changing: Submission | None = None,
    message: str = "",
) -> dict[str, Any]:
    """Everything about one assignment: what to read, the draft, the clock, the guideline it is bound to.

    `changing` is the submission whose answer is being changed.  `warnings` is code -> sentence.  `message` is
    what somebody wrote to a model and could not send.
    """
    classes = assignment.project.classes
    if classes and (closed := care_policy.closed(classes, care_queries.opted_in(db(), assignment.user_id))):
        raise NotOptedIn(closed)
    draft = queries.draft_of(db(), assignment.id)
    return {
        **_work(assignment, draft, message),
        **_flow(assignment, changing, draft),
        "assignment": _assignment(assignment, changing),
        "project": assignment.project,
        "company": assignment.project.company,
        "draft": _draft(draft),
        "guideline": _guideline(assignment),
        "active_seconds": draft.active_seconds if draft else 0,
        "exposure": _exposure(assignment) if classes else None,
        "errors": dict(errors or {}),
        "warnings": dict(warnings or {}),
        "urls": urls(assignment),
        **RULES,
    }


def _work(assignment: Assignment, draft: Draft | None, message: str) -> dict[str, Any]:
    """The task as its type draws it, with what is written so far."""
    kind = registry.get(assignment.task.task_type)
    payload = policy.blinded(assignment.task, assignment.display_seed)
    said = _said(assignment, draft, message)
    return {"kind": kind, "task": _task(assignment, payload), "screen": kind.screen(payload, said)}


def _flow(assignment: Assignment, changing: Submission | None, draft: Draft | None) -> dict[str, Any]:
    """What comes before and after: today's tasks, the next one, the ways out."""
    now = clock.database_now(db())
    today = now.replace(hour=0, minute=0, second=0)
    return {
        "now": now,
        "funded_left": projects.funded_now(db(), assignment.project_id),
        "done_today": queries.count_since(db(), assignment.user_id, today),
        "held": assignments.held_of(db(), assignment.user_id),
        "undo": _undo(assignment),
        "changing": changing,
        "skip_reasons": {} if changing else dict(queue_policy.SKIP_REASONS),
        "stop": None if changing else service.terms_of(db(), assignment, draft),
    }


def _exposure(assignment: Assignment) -> dict[str, Any]:
    """The meter of sensitive content, and whether the last answers ask for a pause."""
    last = queries.last_of(db(), assignment.user_id, assignment.project_id, newest=WORK.severe_items)
    return {
        "minutes": care.standing(db(), assignment.user_id).minutes,
        "of": WORK.exposure_day_minutes,
        "offer_pause": policy.asks_for_pause(last, clock.database_now(db())),
        "support": SUPPORT,
    }


def _said(assignment: Assignment, draft: Draft | None, message: str) -> Mapping[str, Any]:
    """The draft with the conversation of record, and where the next message goes."""
    raw = service.with_turns(db(), assignment, draft.answer if draft else {})
    if policy.conversation(assignment.task) is None:
        return raw
    start = request.args.get("start", "")
    place = int(start) if start.isascii() and start.isdigit() and len(start) < START_DIGITS else None
    talk = {"url": url_for("submissions.talk", assignment_id=assignment.id), "start": place}
    unsent = message or raw.get("message")
    return {**raw, "talk": {**talk, "message": unsent, "longest": WORK.message_maximum_characters}}


def urls(assignment: Assignment) -> dict[str, str]:
    """Where the page's buttons and scripts go."""
    endpoints = {
        "save": "submissions.save",
        "submit": "submissions.submit",
        "heartbeat": "submissions.heartbeat",
        "preview": "submissions.preview",
        "skip": "queue.skip",
        "stop": "submissions.stop",
        "time": "submissions.time",
        "ask": "questions.send",
        "report": "queue.report",
        "extend": "queue.extend",
        "leave": "queue.leave",
        "again": "queue.again",
    }
    return {
        **{name: url_for(endpoint, assignment_id=assignment.id) for name, endpoint in endpoints.items()},
        "next": url_for("queue.start", slug=assignment.project.slug),
        "back": url_for("submissions.mine"),
        "job": url_for("jobs.job", slug=assignment.project.slug),
    }


def _task(assignment: Assignment, payload: Any) -> dict[str, Any]:
    return {
        "id": assignment.task_id,
        "code": ids.code("T", assignment.task_id),
        "type": assignment.task.task_type,
        "payload": payload,
    }


def _guideline(assignment: Assignment) -> dict[str, Any]:
    return {
        "version": assignment.guideline.number,
        "published_at": assignment.guideline.published_at,
        "clauses": projects.clauses(db(), assignment.guideline_id),
        "newer": _newer(assignment),
        "answers": projects.answers(db(), assignment.project_id),
        "asked": projects.asked_by(db(), assignment.user_id, assignment.project_id),
    }


def _newer(assignment: Assignment) -> int | None:
    """The number of a version that binds later claims only; None: this task has the newest."""
    current = projects.current_guideline(db(), assignment.project_id)
    number = current.number if current else assignment.guideline.number
    return number if number > assignment.guideline.number else None


def _assignment(assignment: Assignment, changing: Submission | None) -> dict[str, Any]:
    """The deadline shown is the one that binds: of the assignment, or of the changes asked for."""
    return {
        "id": assignment.id,
        "state": assignment.state,
        "price_minor": assignment.price_minor,
        "minutes": assignment.minutes,
        "expires_at": changing.due_at if changing else queue_policy.shown_deadline(assignment),
        "paused_at": assignment.paused_at,
        "paused_until": None if changing else _paused_until(assignment),
        "extensions_left": 0 if changing else queue_policy.extensions_left(assignment),
    }


def _paused_until(assignment: Assignment) -> datetime | None:
    """Until when a question rests the deadline; None when it does not now."""
    resting = queue_policy.is_paused(assignment, clock.database_now(db()))
    return assignment.paused_until if resting else None


def _draft(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {"rev": 0, "answer": {}, "note": "", "confidence": None, "saved_at": None}
    return {
        "rev": draft.rev,
        "answer": draft.answer,
        "note": draft.note,
        "confidence": draft.confidence,
        "saved_at": draft.saved_at,
    }


def _undo(assignment: Assignment) -> dict[str, Any] | None:
    """The answer handed in just before, while it can be taken back."""
    before = queries.last_of(db(), assignment.user_id, assignment.project_id, newest=1)
    now = clock.database_now(db())
    if not before or before[0].assignment_id == assignment.id or now > before[0].submitted_at + policy.UNDO:
        return None
    past = before[0]
    if not policy.may_take_back(past, past.assignment, now):
        return None
    left = (past.submitted_at + policy.UNDO - now).total_seconds()
    return {
        "url": url_for("submissions.take_back", assignment_id=past.assignment_id),
        "seconds_left": max(int(left), 1),
        "price_minor": past.assignment.price_minor,
        "auto_approve_at": past.auto_approve_at,
    }
