"""What the worker has given up on, for the house: why, and once more."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.outbox import queries
from marketplace.outbox import service as outbox

bp = Blueprint("messages", __name__, url_prefix="/staff/messages")
OPERATORS = role("ops", "finance", "admin")


@bp.get("")
@open_to(OPERATORS)
def index() -> ResponseReturnValue:
    """Messages that failed at every try, the newest first, each with what it was about."""
    page = queries.given_up(db(), request.args.get("after"))
    return render_template(
        "marketplace/outbox/index.html", page=page, facts=queries.facts_behind(db(), page.rows)
    )


@bp.post("/<uuid:message_id>/again")
@open_to(OPERATORS)
def again(message_id: uuid.UUID) -> ResponseReturnValue:
    """Let it be tried again, with all its tries."""
    outbox.revive(db(), found(queries.lock_message(db(), message_id)), by_id=g.visitor.user.id)
    flash("It is tried again within a minute.", "ok")
    return see_other("messages.index")
