"""Bonuses as finance sees them: every promise and every gift, with the way to its entries.  Reading only."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.bonuses import policy, queries
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import asked_id, db

bp = Blueprint("bonus_books", __name__, url_prefix="/staff/bonuses")
FINANCE = role("finance", "admin")


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What companies promised, newest first; `only` one of them."""
    page = queries.every_rule(db(), only=asked_id("only"), mark=request.args.get("after"))
    return render_template(
        "marketplace/bonuses/staff_index.html",
        page=page,
        only=asked_id("only"),
        now=clock.database_now(db()),
        condition=policy.condition,
    )


@bp.get("/given")
@open_to(FINANCE)
def given() -> ResponseReturnValue:
    """What companies gave single people, newest first; `only` one of them."""
    page = queries.every_given(db(), only=asked_id("only"), mark=request.args.get("after"))
    return render_template("marketplace/bonuses/staff_given.html", page=page, only=asked_id("only"))
