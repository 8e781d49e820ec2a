"""Finance's doors: runs prepared by one person and approved by another, holds that end early."""

import uuid
from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.errors import PaymentsDown, PaymentsRefused
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.forms import BaseForm
from marketplace.kit.money import shown
from marketplace.kit.pages import Page
from marketplace.kit.web import after_commit, db, found, see_other, wired
from marketplace.payouts import policy, queries, service
from marketplace.payouts.forms import AlarmForm, ReleaseForm
from marketplace.payouts.models import PayoutRun, PayoutState
from marketplace.payouts.staff.door import FINANCE, bp, require_proof


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What could be paid now, the next payday, and every run."""
    now = clock.database_now(db())
    return render_template(
        "marketplace/payouts/runs.html",
        figures=queries.shares(db(), service.limits(now, preparer_id=g.visitor.user.id)),
        payday=policy.next_payday(now),
        alarms=queries.alarms(db()),
        reversals=queries.reversals_to_look_at(db()),
        runs=queries.runs(db(), request.args.get("after")),
        rules=MONEY,
    )


@bp.post("")
@open_to(FINANCE)
def prepare() -> ResponseReturnValue:
    """Prepare a run of everything payable now."""
    require_proof()
    run = service.prepare_run(db(), by=g.visitor.user)
    flash("The run is prepared. Somebody else must approve it before anything is sent.", "ok")
    return see_other("payout_runs.show", run_id=run.id)


@bp.get("/<uuid:run_id>")
@open_to(FINANCE)
def show(run_id: uuid.UUID) -> ResponseReturnValue:
    """One run with every payout in it."""
    return run_page(found(queries.run(db(), run_id)), AlarmForm(), wrong=None)


@bp.post("/<uuid:run_id>/approve")
@open_to(FINANCE)
def approve(run_id: uuid.UUID) -> ResponseReturnValue:
    """Let the run go out; the worker sends it."""
    require_proof(run_id)
    service.approve_run(db(), found(queries.run(db(), run_id)), by=g.visitor.user)
    flash("Approved. The payouts are being sent.", "ok")
    return see_other("payout_runs.show", run_id=run_id)


@bp.post("/<uuid:run_id>/cancel")
@open_to(FINANCE)
def cancel(run_id: uuid.UUID) -> ResponseReturnValue:
    """Drop a prepared run; the money is available again."""
    service.cancel_run(db(), found(queries.run(db(), run_id)), by=g.visitor.user)
    flash("The run is cancelled. The money is available again.", "ok")
    return see_other("payout_runs.show", run_id=run_id)


@bp.post("/<uuid:run_id>/check")
@open_to(FINANCE)
def check(run_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the payment service whether what it holds for us covers the run."""
    needed = sum(queries.run_counts(db(), found(queries.run(db(), run_id)).id)[state][1] for state in UNPAID)
    return after_commit(lambda: _compare(run_id, needed))


@bp.post("/<uuid:run_id>/payouts/<uuid:payout_id>/look-again")
@open_to(FINANCE)
def look_again(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """An alarm was put right at the payment service: search once more."""
    require_proof(run_id)
    run, form = found(queries.run(db(), run_id)), AlarmForm()
    if not form.validate_on_submit():
        return run_page(run, form, wrong=payout_id), 422
    service.look_again(db(), payout_id, by=g.visitor.user, reason=form.reason.data or "")
    flash("It is kept. The run goes on if everything is right now.", "ok")
    return see_other("payout_runs.show", run_id=run_id)


@bp.get("/holds")
@open_to(FINANCE)
def holds() -> ResponseReturnValue:
    """Who waits for the end of a hold."""
    return _holds_page(ReleaseForm(), wrong=None)


@bp.post("/holds/<uuid:user_id>")
@open_to(FINANCE)
def release(user_id: uuid.UUID) -> ResponseReturnValue:
    """End a person's hold early, with a reason."""
    require_proof()
    form = ReleaseForm()
    if not form.validate_on_submit():
        return _holds_page(form, wrong=user_id), 422
    amount = service.release_hold(db(), user_id, by=g.visitor.user, reason=form.reason.data or "")
    if amount:
        flash(f"{shown(amount)} is available now.", "ok")
    else:
        flash("Nothing was on hold any more.")
    return see_other("payout_runs.holds")


UNPAID = (PayoutState.SCHEDULED, PayoutState.APPROVED, PayoutState.SENT)


def _compare(run_id: uuid.UUID, needed: int) -> ResponseReturnValue:
    try:
        held = wired(Gateways).stripe.read_balance().available.get("usd", 0)
    except (PaymentsDown, PaymentsRefused) as refusal:
        flash(refusal.message, "bad")
        return see_other("payout_runs.show", run_id=run_id)
    if held >= needed:
        flash(f"The payment service holds {shown(held)} for us. That covers this run.", "ok")
    else:
        flash(
            f"The payment service holds {shown(held)} for us, {shown(needed - held)} too little for this run."
            " What is not covered waits and is sent as money arrives.",
            "warn",
        )
    return see_other("payout_runs.show", run_id=run_id)


def run_page(run: PayoutRun, form: BaseForm, *, wrong: uuid.UUID | None) -> str:
    """One run; `form` is the reason somebody gave for the payout `wrong`, with what is wrong with it."""
    page = queries.run_page(db(), run.id, request.args.get("after"))
    return render_template(
        "marketplace/payouts/run.html",
        run=run,
        page=page,
        withheld_minor=queries.withheld_in_run(db(), run.id),
        flags=_flags(run, page),
        counts={state.value: found_ for state, found_ in queries.run_counts(db(), run.id).items()},
        ready_count=queries.ready_count(db(), run.id),
        twice_count=queries.twice_count(db(), run.id),
        own=run.prepared_by_id == g.visitor.user.id,
        bank_counts=queries.bank_counts(db(), run.id),
        me=g.visitor.user.id,
        form=form,
        wrong=wrong,
        rules=MONEY,
    )


def _flags(run: PayoutRun, page: Page[Any]) -> dict[uuid.UUID, tuple[str, int]]:
    """By payout: why to look at it first (or nothing), and what the person was usually paid before."""
    usual = queries.usual(db(), [payout.user_id for payout, _ in page.rows], run.created_at)
    flags = {}
    for payout, _ in page.rows:
        count, minor = usual.get(payout.user_id, (0, 0))
        flags[payout.id] = policy.flag(payout.amount_minor, paid_count=count, usual_minor=minor), minor
    return flags


def _holds_page(form: ReleaseForm, *, wrong: uuid.UUID | None) -> str:
    page = queries.held(db(), request.args.get("after"))
    return render_template(
        "marketplace/payouts/holds.html", page=page, form=form, wrong=wrong, me=g.visitor.user.id, rules=MONEY
    )
