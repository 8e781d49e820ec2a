"""The inbox."""

import uuid

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to, signed_in
from marketplace.kit.web import db, found, local_path, see_other
from marketplace.notifications import queries, service

bp = Blueprint("notifications", __name__, url_prefix="/inbox")


@bp.get("")
@open_to(signed_in)
def inbox() -> ResponseReturnValue:
    """What the person was told, the newest first."""
    page = queries.of_user(db(), g.visitor.user.id, request.args.get("after"))
    unread = queries.unread_count(db(), g.visitor.user.id)
    return render_template("marketplace/notifications/inbox.html", page=page, unread=unread)


@bp.post("/<uuid:notice_id>/open")
@open_to(signed_in)
def open_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Mark a Notice as read and go to what it is about."""
    notice = found(queries.for_user(db(), g.visitor.user.id, notice_id))
    service.open_notice(db(), notice)
    return redirect(local_path(notice.path, url_for("notifications.inbox")), 303)


@bp.post("/read-all")
@open_to(signed_in)
def read_all() -> ResponseReturnValue:
    """Mark every Notice as read."""
    service.read_all(db(), g.visitor.user.id)
    return see_other("notifications.inbox")
