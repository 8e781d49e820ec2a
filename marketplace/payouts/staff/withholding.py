"""Finance's doors to tax that a law withholds: who is on it, and what was handed to the authority."""

import uuid

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.tax import withholding_rate_bps
from marketplace.identity import queries as identity
from marketplace.identity import service as proofs
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.forms import BaseForm
from marketplace.kit.money import shown
from marketplace.kit.web import db, found, see_other
from marketplace.payouts import queries, service
from marketplace.payouts.forms import LiftForm, RefuseForm, RemittanceForm, WithholdingForm
from marketplace.payouts.models import Withholding
from marketplace.payouts.staff.door import FINANCE, bp


@bp.get("/withholding")
@open_to(FINANCE)
def withholding() -> ResponseReturnValue:
    """Everybody who is or was on it, and what waits for the authority."""
    return _index(RemittanceForm(formdata=None))


@bp.get("/withholding/<uuid:user_id>")
@open_to(FINANCE)
def withholding_of(user_id: uuid.UUID) -> ResponseReturnValue:
    """One person."""
    return _person(user_id)


@bp.post("/withholding/<uuid:user_id>")
@open_to(FINANCE)
def propose_withholding(user_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a law withholds a part of their payouts; somebody else decides."""
    form = WithholdingForm()
    if not form.validate_on_submit():
        return _person(user_id, form), 422
    reason, letter_on = form.reason.data or "", found(form.letter_on.data)
    service.propose_withholding(db(), user_id, by=g.visitor.user, reason=reason, letter_on=letter_on)
    flash("Proposed. Somebody else of finance decides.", "ok")
    return see_other("payout_runs.withholding_of", user_id=user_id)


@bp.post("/withholding/rows/<uuid:withholding_id>/approve")
@open_to(FINANCE)
def approve_withholding(withholding_id: uuid.UUID) -> ResponseReturnValue:
    """From now on each payout of theirs withholds."""
    row = _proven(withholding_id)
    service.approve_withholding(db(), withholding_id, by=g.visitor.user)
    flash("In force. The person was told why, and how it ends.", "ok")
    return see_other("payout_runs.withholding_of", user_id=row.user_id)


@bp.post("/withholding/rows/<uuid:withholding_id>/refuse")
@open_to(FINANCE)
def refuse_withholding(withholding_id: uuid.UUID) -> ResponseReturnValue:
    """Nothing is withheld."""
    row, form = found(queries.withholding(db(), withholding_id)), RefuseForm()
    if not form.validate_on_submit():
        return _person(row.user_id, form), 422
    service.refuse_withholding(db(), withholding_id, by=g.visitor.user, reason=form.why.data or "")
    flash("Refused. Nothing is withheld.", "ok")
    return see_other("payout_runs.withholding_of", user_id=row.user_id)


@bp.post("/withholding/rows/<uuid:withholding_id>/withdraw")
@open_to(FINANCE)
def withdraw_withholding(withholding_id: uuid.UUID) -> ResponseReturnValue:
    """Its own person leaves it."""
    row = service.withdraw_withholding(db(), withholding_id, by=g.visitor.user)
    flash("Withdrawn. Nothing is withheld.", "ok")
    return see_other("payout_runs.withholding_of", user_id=row.user_id)


@bp.post("/withholding/rows/<uuid:withholding_id>/lift")
@open_to(FINANCE)
def lift_withholding(withholding_id: uuid.UUID) -> ResponseReturnValue:
    """Its reason has ended."""
    row, form = _proven(withholding_id), LiftForm()
    if not form.validate_on_submit():
        return _person(row.user_id, form), 422
    service.lift_withholding(db(), withholding_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("It has ended. The next payout is whole.", "ok")
    return see_other("payout_runs.withholding_of", user_id=row.user_id)


@bp.post("/remittances")
@open_to(FINANCE)
def record_remittance() -> ResponseReturnValue:
    """Our bank has sent the authority what was withheld; somebody else confirms."""
    form = RemittanceForm()
    if not form.validate_on_submit():
        return _index(form), 422
    row = service.record_remittance(
        db(),
        by=g.visitor.user,
        bank_reference=form.bank_reference.data or "",
        paid_on=found(form.paid_on.data),
    )
    flash(f"{shown(row.amount_minor)} is written down. Somebody else confirms it.", "ok")
    return see_other("payout_runs.withholding")


@bp.post("/remittances/<uuid:remittance_id>/confirm")
@open_to(FINANCE)
def confirm_remittance(remittance_id: uuid.UUID) -> ResponseReturnValue:
    """It is on the bank statement."""
    proofs.require_proof(db(), g.visitor.sign_in, back=url_for("payout_runs.withholding"))
    row = service.confirm_remittance(db(), remittance_id, by=g.visitor.user)
    flash(f"{shown(row.amount_minor)} was handed to the authority.", "ok")
    return see_other("payout_runs.withholding")


@bp.post("/remittances/<uuid:remittance_id>/drop")
@open_to(FINANCE)
def drop_remittance(remittance_id: uuid.UUID) -> ResponseReturnValue:
    """It was a mistake."""
    service.drop_remittance(db(), remittance_id, by=g.visitor.user)
    flash("Dropped. It can be written down anew.", "ok")
    return see_other("payout_runs.withholding")


def _proven(withholding_id: uuid.UUID) -> Withholding:
    """The row, and the password was given lately, or is asked for."""
    row = found(queries.withholding(db(), withholding_id))
    back = url_for("payout_runs.withholding_of", user_id=row.user_id)
    proofs.require_proof(db(), g.visitor.sign_in, back=back)
    return row


def _index(form: RemittanceForm) -> str:
    return render_template(
        "marketplace/payouts/withholdings.html",
        page=queries.withholdings(db(), request.args.get("after")),
        owed=queries.owed_to_authority(db()),
        remittances=queries.remittances(db()),
        form=form,
        me=g.visitor.user.id,
    )


def _person(user_id: uuid.UUID, form: BaseForm | None = None) -> str:
    """`form`: what somebody sent, with what is wrong with it."""
    person = found(identity.user(db(), user_id))
    forms = {
        kind: form if isinstance(form, kind) else kind(formdata=None)
        for kind in (WithholdingForm, RefuseForm, LiftForm)
    }
    rows = queries.withholdings_of(db(), user_id)
    return render_template(
        "marketplace/payouts/withholding.html",
        person=person,
        rows=rows,
        standing=rows[0] if rows and rows[0].state in queries.STANDING_TAX else None,
        propose=forms[WithholdingForm],
        refuse=forms[RefuseForm],
        lift=forms[LiftForm],
        percent=withholding_rate_bps(clock.database_now(db()).date()) / 100,
        me=g.visitor.user.id,
    )
