"""Finance's doors to refunds: what waits for a second person, what went wrong, what became of the others."""

import uuid

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.billing import policy, queries, service
from marketplace.billing.forms import AlarmForm, DeclineForm, SentForm
from marketplace.companies import queries as companies
from marketplace.identity import service as identity
from marketplace.kit.access import open_to, role
from marketplace.kit.money import shown
from marketplace.kit.web import asked_id, db, found, see_other

bp = Blueprint("refunds", __name__, url_prefix="/staff/refunds")
FINANCE = role("finance", "admin")
LISTS = {
    "waiting": ("Waiting", queries.to_decide),
    "way": ("Under way", queries.under_way),
    "ended": ("Ended", queries.ended),
}


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What waits for somebody of the house; `show` what is under way or ended, `only` one of them."""
    return _page(DeclineForm(formdata=None), AlarmForm(formdata=None))


@bp.post("/<uuid:refund_id>/approve")
@open_to(FINANCE)
def approve(refund_id: uuid.UUID) -> ResponseReturnValue:
    """Let it go; the password was given lately, or is asked for."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("refunds.index"))
    refund = service.approve(db(), refund_id, by=g.visitor.user)
    flash(f"{shown(refund.amount_minor)} goes back the way it came.", "ok")
    return see_other("refunds.index")


@bp.post("/<uuid:refund_id>/sent")
@open_to(FINANCE)
def sent(refund_id: uuid.UUID) -> ResponseReturnValue:
    """Our own bank has sent it; the password was given lately, or is asked for."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("refunds.index"))
    form = SentForm()
    if not form.validate_on_submit():
        return _page(DeclineForm(formdata=None), AlarmForm(formdata=None), wrong=refund_id, sent=form), 422
    refund = service.send_by_hand(db(), refund_id, by=g.visitor.user, bank_reference=form.reference)
    flash(f"{shown(refund.amount_minor)} has left our bank. The company is told.", "ok")
    return see_other("refunds.index")


@bp.post("/<uuid:refund_id>/decline")
@open_to(FINANCE)
def decline(refund_id: uuid.UUID) -> ResponseReturnValue:
    """Say why it cannot go; the money is in the company's wallet again."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(form, AlarmForm(formdata=None), wrong=refund_id), 422
    service.decline(db(), refund_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("Declined. The money is in the company's wallet again.", "ok")
    return see_other("refunds.index")


@bp.post("/<uuid:refund_id>/look")
@open_to(FINANCE)
def look_again(refund_id: uuid.UUID) -> ResponseReturnValue:
    """What was wrong at the payment service is put right: search again."""
    form = AlarmForm()
    if not form.validate_on_submit():
        return _page(DeclineForm(formdata=None), form, wrong=refund_id), 422
    service.look_again(db(), refund_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("We look at the payment service again.", "ok")
    return see_other("refunds.index")


def _page(
    decline: DeclineForm, alarm: AlarmForm, *, wrong: uuid.UUID | None = None, sent: SentForm | None = None
) -> str:
    only = asked_id("only")
    show = "" if only else _show()
    page = queries.only_refund(db(), only) if only else LISTS[show][1](db(), request.args.get("after"))
    me = g.visitor.user.id
    mine = companies.worked_at(db(), me)
    own = {one.id for one in page.rows if one.by_id == me or one.company_id in mine}
    return render_template(
        "marketplace/billing/staff_refunds.html",
        page=page,
        tab_items=_tabs(show),
        show=show,
        as_cards=show == "waiting" or (not show and any(map(policy.waits, page.rows))),
        own=own,
        decline=decline,
        alarm=alarm,
        sent=sent or SentForm(formdata=None),
        wrong=wrong,
    )


def _tabs(show: str) -> list[tuple[str, str, bool, None]]:
    return [(name, url_for("refunds.index", show=key), key == show, None) for key, (name, _) in LISTS.items()]


def _show() -> str:
    """The list that was asked for; 404 for none of ours."""
    show = request.args.get("show", "waiting")
    return show if show in LISTS else found(None)
