"""What waits for a reviewer, and the way into it."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.care import service as care
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other
from workspace.reviews import policy, queries, service
from workspace.reviews.views.context import drawing
from workspace.reviews.views.door import REVIEWER, bp, me, onwards


@bp.get("")
@open_to(REVIEWER)
def queue() -> ResponseReturnValue:
    """What waits for this reviewer, and what they decided."""
    now = clock.database_now(db())
    held = queries.open_of(db(), me().id)
    may_judge = service.may_judge(db(), me(), frozenset({"reviewer"}))
    return render_template(
        "workspace/reviews/queue.html",
        now=now,
        **drawing(queries.waiting_by_project(db(), me().id, now)),
        in_hand=held if held is not None and policy.is_held(held, now) else None,
        undoable=queries.pending_of(db(), me().id, now),
        given=queries.given_by(db(), me().id, request.args.get("after")),
        today=queries.fees_today(db(), me().id, now),
        rejections=queries.rejections_by(db(), me().id),
        may_judge=may_judge,
        appeals=queries.appeals_for(db(), me().id, now)[0] if may_judge else 0,
    )


@bp.post("/next")
@open_to(REVIEWER)
def next_one() -> ResponseReturnValue:
    """Open the next review the system serves."""
    following = onwards()
    if following is None and care.standing(db(), me().id).until is not None:
        return see_other("care.pause")
    if following is None:
        flash("Nothing waits for you now. New work appears here as experts submit it.")
        return see_other("reviews.queue")
    return following
