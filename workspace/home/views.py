"""The door an expert comes in by."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, g, render_template
from flask.typing import ResponseReturnValue

from marketplace.applications import service as applications
from marketplace.experts import queries as experts
from marketplace.experts.policy import answer_by
from marketplace.identity.models import User
from marketplace.identity.service import Visitor
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other, settled
from marketplace.notifications import queries as notifications
from marketplace.payouts import queries as payouts
from workspace.home import policy, service
from workspace.home.policy import Step
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.submissions import policy as submission_policy
from workspace.submissions import queries as submissions
from workspace.submissions import service as work
from workspace.submissions.models import SubmissionState

bp = Blueprint("home", __name__)
EXPERT = role("expert")
NOTES = INVITATIONS = 3


@bp.get("/home")
@open_to(EXPERT)
def show() -> ResponseReturnValue:
    """What to go on with, what came in, which jobs fit; for beginners the next step."""
    user, now = _user(), clock.database_now(db())
    if assignments.overdue_of(db(), user.id, now):
        return settled(partial(work.settle_all, user_id=user.id), "home.show")
    expert = experts.for_user(db(), user.id)
    items = service.steps(db(), user, expert)
    return render_template(
        "workspace/home/home.html",
        items=items,
        is_beginner=not policy.is_over(items),
        skipped=sum(item.skipped for item in items),
        questions=[(one, answer_by(one)) for one in experts.questions_to(db(), expert.id)] if expert else [],
        invitations=applications.standing_for(db(), expert, at_most=INVITATIONS) if expert else [],
        jobs=service.best_jobs(db(), user, expert, now) if expert else [],
        notes=[one for one in notifications.of_user(db(), user.id, None).rows if one.read_at is None][:NOTES],
        **_work(user, now),
    )


@bp.post("/steps/<step>/skip")
@open_to(EXPERT)
def skip(step: str) -> ResponseReturnValue:
    """Put a step aside."""
    chosen = found(next((one for one in Step if one.value == step), None))
    service.skip(db(), _user().id, chosen)
    flash("Put aside. You can bring it back below the list.", "ok")
    return see_other("home.show")


@bp.post("/steps")
@open_to(EXPERT)
def bring_back() -> ResponseReturnValue:
    """Show every step again."""
    service.bring_back(db(), _user().id)
    return see_other("home.show")


def _user() -> User:
    visitor: Visitor = g.visitor
    return found(visitor.user)


def _work(user: User, now: datetime) -> Mapping[str, object]:
    """What is in hand, what waits, what was earned."""
    changes = frozenset({SubmissionState.CHANGES_REQUESTED})
    today, week = service.today_and_week(db(), user.id, now)
    return {
        "live": assignments.live_of(db(), user.id),
        "line": queue.line,
        "deadline": queue_policy.shown_deadline,
        "to_fix": submissions.count_in(db(), user.id, changes),
        "in_review": submissions.count_in(db(), user.id, submission_policy.IN_REVIEW),
        "today_minor": today,
        "week_minor": week,
        "sums": {state.value: minor for state, minor in payouts.sums_of(db(), user.id).items()},
    }
