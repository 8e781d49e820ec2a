"""Finance's doors to disputes: what is open and until when, the evidence, the one answer."""

import uuid

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.billing import queries, service
from marketplace.billing.forms import AcceptForm, AlarmForm, EvidenceForm
from marketplace.billing.models import Dispute
from marketplace.companies import queries as companies
from marketplace.identity import service as identity
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.ledger import queries as ledger

bp = Blueprint("disputes", __name__, url_prefix="/staff/disputes")
FINANCE = role("finance", "admin")


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """Every dispute, the newest first."""
    page = queries.disputes(db(), request.args.get("after"))
    return render_template("marketplace/billing/staff_disputes.html", page=page)


@bp.get("/<uuid:dispute_id>")
@open_to(FINANCE)
def show(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """One dispute: where the money is, what speaks for us, the answer."""
    return _page(found(queries.dispute(db(), dispute_id)), EvidenceForm(formdata=None))


@bp.post("/<uuid:dispute_id>/evidence")
@open_to(FINANCE)
def hand_in(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """Hand the evidence in, once."""
    dispute, form = found(queries.dispute(db(), dispute_id)), EvidenceForm()
    if not form.validate_on_submit():
        return _page(dispute, form), 422
    service.hand_in(db(), dispute_id, by=g.visitor.user, note=form.note.data or "")
    flash("The evidence is on its way to the bank.", "ok")
    return see_other("disputes.show", dispute_id=dispute_id)


@bp.post("/<uuid:dispute_id>/accept")
@open_to(FINANCE)
def give_in(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """The payer is right; the password was given lately, or is asked for."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("disputes.show", dispute_id=dispute_id))
    dispute, form = found(queries.dispute(db(), dispute_id)), AcceptForm()
    if not form.validate_on_submit():
        return _page(dispute, EvidenceForm(formdata=None), accept=form), 422
    service.give_in(db(), dispute_id, by=g.visitor.user)
    flash("Accepted. The payment service is being told.", "ok")
    return see_other("disputes.show", dispute_id=dispute_id)


@bp.post("/<uuid:dispute_id>/alarm")
@open_to(FINANCE)
def put_right(dispute_id: uuid.UUID) -> ResponseReturnValue:
    """What the payment service said otherwise has been dealt with."""
    dispute, form = found(queries.dispute(db(), dispute_id)), AlarmForm()
    if not form.validate_on_submit():
        return _page(dispute, EvidenceForm(formdata=None), alarm=form), 422
    service.put_right(db(), dispute_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("Noted.", "ok")
    return see_other("disputes.show", dispute_id=dispute_id)


def _page(
    dispute: Dispute,
    form: EvidenceForm,
    *,
    accept: AcceptForm | None = None,
    alarm: AlarmForm | None = None,
) -> str:
    return render_template(
        "marketplace/billing/staff_dispute.html",
        dispute=dispute,
        form=form,
        accept=accept or AcceptForm(formdata=None),
        alarm=alarm or AlarmForm(formdata=None),
        near=companies.was_member(db(), g.visitor.user.id, dispute.company_id),
        evidence=dispute.evidence or service.evidence_for(db(), dispute),
        entries=ledger.with_cause(db(), "dispute", dispute.id),
    )
