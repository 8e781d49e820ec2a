"""The audit log, for admins."""

import uuid

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.audit import queries
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db

bp = Blueprint("audit", __name__, url_prefix="/staff/audit")


@bp.get("")
@open_to(role("admin"))
def index() -> ResponseReturnValue:
    """Who did what to what, the newest first; `about` is the id of a subject or of whoever acted."""
    wanted = request.args.get("about", "").strip()
    about = _id(wanted)
    page = queries.records(db(), about=about, mark=request.args.get("after")) if about or not wanted else None
    return render_template("marketplace/audit/index.html", page=page, wanted=wanted)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
