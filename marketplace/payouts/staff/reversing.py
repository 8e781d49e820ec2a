"""One payout on a page of its own, and taking it back when it was our mistake: propose, look, decide."""

import uuid

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.identity import service as identity
from marketplace.kit.access import open_to
from marketplace.kit.forms import BaseForm
from marketplace.kit.web import db, found, see_other
from marketplace.payouts import policy, queries, service
from marketplace.payouts.forms import AlarmForm, RefuseForm, ReversalForm
from marketplace.payouts.models import Payout, Reversal
from marketplace.payouts.service import wording
from marketplace.payouts.staff.door import FINANCE, bp


@bp.get("/<uuid:run_id>/payouts/<uuid:payout_id>")
@open_to(FINANCE)
def payout(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """One payout: where it went, and what was done about it since."""
    return _page(found(queries.payout_in(db(), run_id, payout_id)))


@bp.post("/<uuid:run_id>/payouts/<uuid:payout_id>/reversal")
@open_to(FINANCE)
def propose_reversal(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it was our mistake; somebody else decides."""
    mine, form = found(queries.payout_in(db(), run_id, payout_id)), ReversalForm()
    if not form.validate_on_submit():
        return _page(mine, form=form), 422
    service.propose_reversal(db(), payout_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("Proposed. Somebody else of finance decides.", "ok")
    return see_other("payout_runs.payout", run_id=run_id, payout_id=payout_id)


@bp.post("/reversals/<uuid:reversal_id>/approve")
@open_to(FINANCE)
def approve_reversal(reversal_id: uuid.UUID) -> ResponseReturnValue:
    """The worker asks the payment service for the money."""
    reversal = found(queries.reversal(db(), reversal_id))
    _require_proof(reversal.payout)
    service.approve_reversal(db(), reversal_id, by=g.visitor.user)
    flash("Approved. We ask the payment service for the money.", "ok")
    return _back(reversal)


@bp.post("/reversals/<uuid:reversal_id>/refuse")
@open_to(FINANCE)
def refuse_reversal(reversal_id: uuid.UUID) -> ResponseReturnValue:
    """The payout stays paid."""
    reversal, form = found(queries.reversal(db(), reversal_id)), RefuseForm()
    if not form.validate_on_submit():
        return _page(_payout_of(reversal), form=form), 422
    service.refuse_reversal(db(), reversal_id, by=g.visitor.user, reason=form.why.data or "")
    flash("Refused. The payout stays paid.", "ok")
    return _back(reversal)


@bp.post("/reversals/<uuid:reversal_id>/withdraw")
@open_to(FINANCE)
def withdraw_reversal(reversal_id: uuid.UUID) -> ResponseReturnValue:
    """Its own person leaves it."""
    reversal = found(queries.reversal(db(), reversal_id))
    service.withdraw_reversal(db(), reversal_id, by=g.visitor.user)
    flash("Withdrawn. The payout stays paid.", "ok")
    return _back(reversal)


@bp.post("/reversals/<uuid:reversal_id>/look-again")
@open_to(FINANCE)
def look_at_reversal(reversal_id: uuid.UUID) -> ResponseReturnValue:
    """An alarm was put right at the payment service: look once more."""
    reversal, form = found(queries.reversal(db(), reversal_id)), AlarmForm()
    _require_proof(reversal.payout)
    if not form.validate_on_submit():
        return _page(_payout_of(reversal), form=form), 422
    service.look_at_reversal(db(), reversal_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("We look at the payment service again.", "ok")
    return _back(reversal)


def _require_proof(mine: Payout) -> None:
    """The password was given lately, or the page that asks for it; afterwards back to the payout."""
    back = url_for("payout_runs.payout", run_id=mine.run_id, payout_id=mine.id)
    identity.require_proof(db(), g.visitor.sign_in, back=back)


def _payout_of(reversal: Reversal) -> Payout:
    run_id = reversal.payout.run_id
    return found(queries.payout_in(db(), run_id, reversal.payout_id) if run_id else None)


def _back(reversal: Reversal) -> ResponseReturnValue:
    return see_other("payout_runs.payout", run_id=reversal.payout.run_id, payout_id=reversal.payout_id)


def _page(mine: Payout, *, form: BaseForm | None = None) -> str:
    """`form`: what somebody sent, with what is wrong with it."""
    known = queries.reversals_of(db(), mine.id)
    standing = known[0] if known and known[0].state in queries.STANDING else None
    forms = {
        kind: form if isinstance(form, kind) else kind(formdata=None)
        for kind in (ReversalForm, RefuseForm, AlarmForm)
    }
    return render_template(
        "marketplace/payouts/payout.html",
        payout=mine,
        page=queries.earnings_in(db(), mine.id, request.args.get("after")),
        reversals=known,
        standing=standing,
        problem=policy.why_not_reversible(mine, is_standing=standing is not None),
        propose=forms[ReversalForm],
        refuse=forms[RefuseForm],
        alarm=forms[AlarmForm],
        me=g.visitor.user.id,
        not_taken_back=wording.not_taken_back,
        refusal=wording.refusal,
    )
