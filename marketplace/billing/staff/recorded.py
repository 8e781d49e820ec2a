"""Transfers to our own bank, for finance: written down by one, confirmed by another."""

import uuid

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.billing import queries, service
from marketplace.billing.errors import ReferenceUsed, TooMuchBack
from marketplace.billing.forms import BackForm, RecordedForm
from marketplace.companies import queries as companies
from marketplace.identity import service as identity
from marketplace.kit.access import open_to, role
from marketplace.kit.money import shown
from marketplace.kit.web import db, found, see_other

bp = Blueprint("recorded_deposits", __name__, url_prefix="/staff/deposits")
FINANCE = role("finance", "admin")
_NOBODY = "No company, or more than one, has this name. Enter the one in the address of its page."


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What was written down, and the form to write down more."""
    return _page(RecordedForm())


@bp.post("")
@open_to(FINANCE)
def record() -> ResponseReturnValue:
    """Write down a transfer; no money moves yet."""
    form = RecordedForm()
    if not form.validate_on_submit():
        return _page(form), 422
    company = queries.company_called(db(), str(form.company.data))
    if company is None:
        form.company.errors = [_NOBODY]
        return _page(form), 422
    try:
        service.record(db(), company, by=g.visitor.user, **form.said())
    except ReferenceUsed as refusal:
        form.bank_reference.errors = [refusal.message]
        return _page(form), 409
    flash(f"Written down for {company.name}. Somebody else confirms it.", "ok")
    return see_other("recorded_deposits.index")


@bp.post("/<uuid:recorded_id>/confirm")
@open_to(FINANCE)
def confirm(recorded_id: uuid.UUID) -> ResponseReturnValue:
    """Credit the wallet; the password was given lately, or is asked for."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("recorded_deposits.index"))
    row = service.confirm(db(), recorded_id, by=g.visitor.user)
    flash(f"{shown(row.amount_minor)} is in the wallet of {row.company.name}.", "ok")
    return see_other("recorded_deposits.index")


@bp.get("/<uuid:recorded_id>/back")
@open_to(FINANCE)
def back(recorded_id: uuid.UUID) -> ResponseReturnValue:
    """How much of it goes back."""
    _require_proof(recorded_id)
    return _back(recorded_id, BackForm(formdata=None))


@bp.post("/<uuid:recorded_id>/back")
@open_to(FINANCE)
def send_back(recorded_id: uuid.UUID) -> ResponseReturnValue:
    """Set it aside; somebody else sends it."""
    _require_proof(recorded_id)
    form = BackForm()
    if not form.validate_on_submit():
        return _back(recorded_id, form), 422
    try:
        service.propose_by_hand(db(), recorded_id, by=g.visitor.user, **form.said())
    except TooMuchBack as refusal:
        form.amount.errors = [refusal.message]
        return _back(recorded_id, form), refusal.status_code
    flash("Set aside. Somebody else of finance makes the transfer and enters its reference.", "ok")
    return see_other("refunds.index")


@bp.post("/<uuid:recorded_id>/drop")
@open_to(FINANCE)
def drop(recorded_id: uuid.UUID) -> ResponseReturnValue:
    """It was a mistake."""
    service.drop(db(), recorded_id, by=g.visitor.user)
    flash("Dropped. No money has moved.", "ok")
    return see_other("recorded_deposits.index")


def _require_proof(recorded_id: uuid.UUID) -> None:
    """The password was given lately, or the page that asks for it: before a form, so no text is lost."""
    back = url_for("recorded_deposits.back", recorded_id=recorded_id)
    identity.require_proof(db(), g.visitor.sign_in, back=back)


def _back(recorded_id: uuid.UUID, form: BackForm) -> str:
    row, deposit = found(queries.recorded(db(), recorded_id)), found(queries.deposit(db(), recorded_id))
    return render_template(
        "marketplace/billing/staff_back.html",
        form=form,
        row=row,
        most=service.left_by_hand(db(), deposit),
        uncovered=queries.uncovered(db(), row.company_id),
    )


def _page(form: RecordedForm) -> str:
    me = g.visitor.user.id
    return render_template(
        "marketplace/billing/staff_recorded.html",
        form=form,
        page=queries.recorded_deposits(db(), request.args.get("after")),
        me=me,
        mine=companies.worked_at(db(), me),
    )
