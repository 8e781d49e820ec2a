"""Finance's doors: runs prepared by one person and approved by another, holds that end early."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.kit.access import open_to, role
from marketplace.kit.money import shown
from marketplace.kit.web import db, found, see_other
from marketplace.payouts import queries, service
from marketplace.payouts.forms import ReleaseForm

bp = Blueprint("payout_runs", __name__, url_prefix="/staff/payouts")
FINANCE = role("finance", "admin")


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What could be paid now, and every run."""
    payable = queries.payable(db(), MONEY.payout_minimum_minor)
    return render_template(
        "marketplace/payouts/runs.html",
        people_count=len(payable),
        total_minor=sum(amount for _, amount in payable),
        without_account=queries.waiting_without_account(db(), MONEY.payout_minimum_minor),
        runs=queries.runs(db(), request.args.get("after")),
        rules=MONEY,
    )


@bp.post("")
@open_to(FINANCE)
def prepare() -> ResponseReturnValue:
    """Prepare a run of everything payable now."""
    run = service.prepare_run(db(), by=g.visitor.user)
    flash("The run is prepared. Somebody else must approve it before anything is sent.")
    return see_other("payout_runs.show", run_id=run.id)


@bp.get("/<uuid:run_id>")
@open_to(FINANCE)
def show(run_id: uuid.UUID) -> ResponseReturnValue:
    """One run with every payout in it."""
    run = found(queries.run(db(), run_id))
    return render_template(
        "marketplace/payouts/run.html",
        run=run,
        page=queries.run_page(db(), run.id, request.args.get("after")),
        own=run.prepared_by_id == g.visitor.user.id,
    )


@bp.post("/<uuid:run_id>/approve")
@open_to(FINANCE)
def approve(run_id: uuid.UUID) -> ResponseReturnValue:
    """Let the run go out; the worker sends it."""
    service.approve_run(db(), found(queries.run(db(), run_id)), by=g.visitor.user)
    flash("Approved. The payouts are being sent.")
    return see_other("payout_runs.show", run_id=run_id)


@bp.post("/<uuid:run_id>/cancel")
@open_to(FINANCE)
def cancel(run_id: uuid.UUID) -> ResponseReturnValue:
    """Drop a prepared run; the money is available again."""
    service.cancel_run(db(), found(queries.run(db(), run_id)), by=g.visitor.user)
    flash("The run is cancelled. The money is available again.")
    return see_other("payout_runs.show", run_id=run_id)


@bp.get("/holds")
@open_to(FINANCE)
def holds() -> ResponseReturnValue:
    """Who waits for the end of a hold."""
    page = queries.held(db(), request.args.get("after"))
    return render_template("marketplace/payouts/holds.html", page=page, form=ReleaseForm(), wrong=None)


@bp.post("/holds/<uuid:user_id>")
@open_to(FINANCE)
def release(user_id: uuid.UUID) -> ResponseReturnValue:
    """End a person's hold early, with a reason."""
    form = ReleaseForm()
    if not form.validate_on_submit():
        page = queries.held(db(), request.args.get("after"))
        answer = render_template("marketplace/payouts/holds.html", page=page, form=form, wrong=user_id)
        return answer, 422
    amount = service.release_hold(db(), user_id, by=g.visitor.user, reason=form.reason.data or "")
    flash(f"{shown(amount)} is available now." if amount else "Nothing was on hold any more.")
    return see_other("payout_runs.holds")
