"""What the review screen draws."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from config.fields import SPECIALTIES
from config.policy import WORK
from marketplace.care import policy as care_policy
from marketplace.care import queries as care_queries
from marketplace.care.errors import NotOptedIn
from marketplace.experts import queries as experts
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.web import db
from marketplace.projects import queries as projects
from marketplace.projects.policy import REPORTABLE
from workspace.queue.models import Assignment
from workspace.reviews import policy, queries, service
from workspace.reviews.forms import StepAsideForm, VerdictForm, blank, picks
from workspace.reviews.models import Review, ReviewState
from workspace.submissions import policy as submissions_policy
from workspace.submissions import queries as submissions
from workspace.submissions.models import Submission
from workspace.task_types import registry
from workspace.task_types.base import Invalid

ENOUGH = 5  # submissions before a median says something
JUDGING = "judging"


def review_page(
    review: Review, reviewer: User, form: VerdictForm | None = None, *, aside: StepAsideForm | None = None
) -> dict[str, Any]:
    """Everything about one review; `form` and `aside` are what was sent and cannot be taken as it is."""
    project = review.submission.assignment.project
    if closed := care_policy.closed(project.classes, care_queries.opted_in(db(), reviewer.id)):
        raise NotOptedIn(closed)
    submission, now = review.submission, clock.database_now(db())
    held = review.state is ReviewState.OPEN and policy.is_held(review, now)
    waiting = queries.waiting_by_project(db(), reviewer.id, now)
    return {
        **drawing(waiting),
        "now": now,
        "reportable": REPORTABLE,
        "review": review,
        "submission": submission,
        "assignment": submission.assignment,
        "project": submission.assignment.project,
        "earlier": [past for past in queries.decided_of(db(), submission.id) if past.id != review.id],
        "is_open": held,
        "is_pending": review.state is ReviewState.PENDING and review.acts_at and review.acts_at > now,
        "is_gone": not held and review.state in {ReviewState.OPEN, ReviewState.QUEUED},
        "undoable": queries.pending_of(db(), reviewer.id, now),
        "given": queries.given_by(db(), reviewer.id, None).rows[:8],
        "today": queries.fees_today(db(), reviewer.id, now),
        "aside": aside or StepAsideForm(formdata=None),
        "form": form if form is not None else aside,
        "verdict_form": form,
        **drawn_work(submission),
        **_facts(submission),
        **_verdicts(review),
    }


def drawing(waiting: Sequence[Any]) -> dict[str, Any]:
    """What waits, and what of it this person wants to draw from; everything ticked is no narrowing."""
    chosen = set(picks())
    narrowed = [row.project_id for row in waiting if row.project_id in chosen]
    if len(narrowed) == len(waiting):
        narrowed = []
    return {"waiting": waiting, "picks": narrowed, "drawn_from": [("project", each) for each in narrowed]}


def drawn_work(submission: Submission) -> Mapping[str, Any]:
    """The task as the expert saw it, the answer in it, and the other opinions with the same letters."""
    assignment = submission.assignment
    kind = registry.get(assignment.task.task_type)
    payload = submissions_policy.blinded(assignment.task, assignment.display_seed)
    if isinstance(payload, Invalid):
        return {"kind": kind, "screen": None, "opinions": []}
    rounds = queries.answers_of(db(), submission.id)
    opinions = [(f"Round {each.round + 1}", kind.screen(payload, each.answer)) for each in rounds]
    if kind.kind(payload) == JUDGING:
        peers = queries.peers_of(db(), submission)
        opinions += [
            (f"Other expert {number}", kind.screen(payload, peer.answer))
            for number, peer in enumerate(peers, 1)
        ]
    opinions = opinions if len(opinions) > 1 else []
    return {"kind": kind, "screen": kind.screen(payload, submission.answer), "opinions": opinions}


def _facts(submission: Submission) -> Mapping[str, Any]:
    """What is known of the work and, without a name, of the person."""
    assignment = submission.assignment
    kind = registry.get(assignment.task.task_type)
    times = submissions.active_times(db(), submission.project_id)
    warnings = submission.confirmed.get("warnings", [])
    return {
        "expert_code": expert_code(assignment),
        "credentials": experts.verified_of(db(), assignment.expert_id),
        "specialties": SPECIALTIES,
        "record": _record(queries.outcomes(db(), submission.user_id)),
        "median_seconds": int(statistics.median(times)) if len(times) >= ENOUGH else None,
        "confirmed": [kind.warnings.get(code, code) for code in warnings],
    }


def _verdicts(review: Review) -> Mapping[str, Any]:
    """The guideline the expert worked with, and a form for each verdict that needs words."""
    assignment = review.submission.assignment
    clauses = projects.clauses(db(), assignment.guideline_id)
    forms = {
        name: blank(review).offer(clauses, assignment.task.task_type).called(name)
        for name in ("ask_for_changes", "reject")
    }
    return {
        "guideline": assignment.guideline,
        "clauses": clauses,
        "forms": forms,
        "why_no_changes": service.why_no_changes(db(), review.submission),
        "rejecting_is_paused": service.rejecting_is_paused(db(), review.submission),
        "reasons": policy.REASONS,
        "minimum_words": WORK.rejection_minimum_words,
        "changes_hours": WORK.changes_due_hours,
        "appeal_days": WORK.appeal_days,
    }


def expert_code(assignment: Assignment) -> str:
    """A name for the expert that says nothing outside this project."""
    hidden = ids.derived(assignment.project_id, f"expert:{assignment.user_id}")
    return ids.code("X", hidden).partition("-")[2][:4]


def _record(outcomes: Sequence[tuple[bool, int]]) -> Mapping[str, int] | None:
    """Whole percent of what was decided; None while there is too little."""
    if len(outcomes) < ENOUGH:
        return None
    first = sum(approved and number == 0 for approved, number in outcomes)
    rejected = sum(not approved for approved, _ in outcomes)
    shares = {"first": first, "changed": len(outcomes) - first - rejected, "rejected": rejected}
    return {"count": len(outcomes), **{name: round(100 * n / len(outcomes)) for name, n in shares.items()}}
