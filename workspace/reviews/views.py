"""The reviewer's doors: what waits, the review in hand, the verdict."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other, wants_json
from marketplace.projects import queries as projects
from workspace.reviews import policy, queries, service
from workspace.reviews.forms import VerdictForm
from workspace.reviews.models import Review, ReviewState
from workspace.task_types import registry

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
REVIEWER = role("reviewer")


@bp.get("")
@open_to(REVIEWER)
def queue() -> ResponseReturnValue:
    """What waits for this reviewer, and what they decided."""
    me: User = g.visitor.user
    return render_template(
        "workspace/reviews/queue.html",
        waiting=queries.waiting_by_project(db(), me.id, clock.database_now(db())),
        in_hand=queries.open_of(db(), me.id),
        given=queries.given_by(db(), me.id, request.args.get("after")),
        today=queries.fees_today(db(), me.id, clock.database_now(db())),
        reasons=policy.REASONS,
    )


@bp.post("/next")
@open_to(REVIEWER)
def next_one() -> ResponseReturnValue:
    """Open the next review the system serves."""
    review = service.open_next(db(), reviewer=g.visitor.user)
    if review is None:
        flash("Queue is clear. New work appears here as experts submit it.")
        return see_other("reviews.queue")
    return see_other("reviews.show", review_id=review.id)


@bp.get("/<uuid:review_id>")
@open_to(REVIEWER)
def show(review_id: uuid.UUID) -> ResponseReturnValue:
    """The submission beside its guideline, and the verdict to give."""
    review = found(queries.for_reviewer(db(), g.visitor.user.id, review_id))
    return _page(review, VerdictForm())


@bp.post("/<uuid:review_id>/verdict")
@open_to(REVIEWER)
def verdict(review_id: uuid.UUID) -> ResponseReturnValue:
    """Record the verdict; it acts in eight seconds, and the next review opens."""
    review = found(queries.for_reviewer(db(), g.visitor.user.id, review_id))
    form = VerdictForm().offer(projects.clauses(db(), review.submission.assignment.guideline_id))
    if not form.complete():
        return _page(review, form), 422
    service.give(
        db(),
        review,
        reviewer=g.visitor.user,
        verdict=form.chosen,
        reason_code=form.reason_code.data or None,
        clauses=form.numbers,
        note=form.note.data or "",
    )
    flash(str(review.id), "undo")
    return _onwards()


@bp.post("/<uuid:review_id>/undo")
@open_to(REVIEWER)
def undo(review_id: uuid.UUID) -> ResponseReturnValue:
    """Take the verdict back before it acts."""
    review = found(queries.for_reviewer(db(), g.visitor.user.id, review_id))
    service.undo(db(), review, reviewer=g.visitor.user)
    flash("Your verdict is taken back. Decide again.")
    return see_other("reviews.show", review_id=review_id)


@bp.post("/<uuid:review_id>/step-aside")
@open_to(REVIEWER)
def step_aside(review_id: uuid.UUID) -> ResponseReturnValue:
    """Give the review back to the queue."""
    review = found(queries.for_reviewer(db(), g.visitor.user.id, review_id))
    service.step_aside(db(), review, reviewer=g.visitor.user)
    flash("The review went back to the queue. Somebody else will judge it.")
    return see_other("reviews.queue")


@bp.post("/<uuid:review_id>/renew")
@open_to(REVIEWER)
def renew(review_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the review while the reviewer reads and writes."""
    review = found(queries.for_reviewer(db(), g.visitor.user.id, review_id))
    service.renew(db(), review, reviewer=g.visitor.user)
    return ("", 204) if wants_json() else see_other("reviews.show", review_id=review_id)


def _onwards() -> ResponseReturnValue:
    following = service.open_next(db(), reviewer=g.visitor.user)
    if following is None:
        return see_other("reviews.queue")
    return see_other("reviews.show", review_id=following.id)


def _page(review: Review, form: VerdictForm) -> str:
    submission, assignment = review.submission, review.submission.assignment
    clauses = projects.clauses(db(), assignment.guideline_id)
    kind = registry.get(assignment.task.task_type)
    return render_template(
        "workspace/reviews/show.html",
        review=review,
        submission=submission,
        assignment=assignment,
        project=assignment.project,
        guideline=assignment.guideline,
        clauses=clauses,
        kind=kind,
        screen=_screen(kind, assignment, submission.answer),
        form=form.offer(clauses),
        earlier=[past for past in queries.decided_of(db(), submission.id) if past.id != review.id],
        rounds=queries.answers_of(db(), submission.id),
        minimum_words=WORK.rejection_minimum_words,
        may_ask=submission.changes_left > 0,
        is_open=review.state is ReviewState.OPEN,
        is_pending=review.state is ReviewState.PENDING,
        reasons=policy.REASONS,
    )


def _screen(kind: Any, assignment: Any, answer: Any) -> Any:
    """The payload as the expert saw it, with the answer in it."""
    payload = kind.read_payload(kind.preset(assignment.task.payload, assignment.project.options))
    return kind.screen(kind.blind(payload, assignment.display_seed), answer)
