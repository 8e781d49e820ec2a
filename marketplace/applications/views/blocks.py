"""A company's page about whom it gives no new work."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.applications import service
from marketplace.applications.forms import BlockForm
from marketplace.companies import policy
from marketplace.companies import queries as companies
from marketplace.companies import service as company_service
from marketplace.companies.errors import NoCompany, NotYours
from marketplace.companies.models import Member
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other

blocks = Blueprint("blocks", __name__, url_prefix="/company/blocks")
UNKNOWN = "Nobody with this code has joined a project of yours. Copy it from an export."


@blocks.get("")
@open_to(role("member"))
def index() -> ResponseReturnValue:
    """Who is blocked and why, and the form to block somebody."""
    return _page(_me(), BlockForm(data={"expert": request.args.get("expert", "")[:40]}))


@blocks.post("")
@open_to(role("member"))
def block() -> ResponseReturnValue:
    """Give somebody no new work of the company."""
    me, form = _me(), BlockForm()
    if not form.validate_on_submit():
        return _page(me, form), 422
    user_id = service.known_as(db(), me.company_id, form.expert.data or "")
    if user_id is None:
        form.expert.errors = [UNKNOWN]
        return _page(me, form), 422
    new = company_service.block(db(), me.company, by=me, user_id=user_id, reason=form.reason.data or "")
    told = "Blocked. They get no new work of yours and read your reason."
    flash(told if new else "They were blocked already; the first reason stands.", "ok" if new else "info")
    return see_other("blocks.index")


@blocks.post("/<uuid:block_id>/lift")
@open_to(role("member"))
def lift(block_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody work for the company again."""
    me = _me()
    one = found(companies.lock_block_of(db(), me.company_id, block_id))
    company_service.lift_block(db(), one, by=me)
    flash("Unblocked. The company’s jobs are open to them again.", "ok")
    return see_other("blocks.index")


def _me() -> Member:
    me = found(companies.membership(db(), g.visitor.user.id), NoCompany())
    if not policy.may_block(me):
        raise NotYours("Only an owner or a manager decides who gets no new work. Ask one of yours.")
    return me


def _page(me: Member, form: BlockForm) -> str:
    return render_template(
        "marketplace/applications/blocks.html",
        me=me,
        form=form,
        page=companies.blocks_of(db(), me.company_id, request.args.get("after")),
        known_as=lambda user_id: policy.pseudonym(me.company_id, user_id),
    )
