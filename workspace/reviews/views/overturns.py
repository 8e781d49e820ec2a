"""Where a second person of operations decides that final rejections were wrong."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to
from marketplace.kit.web import db, found, see_other
from workspace.reviews import policy, queries, service
from workspace.reviews.forms import RefuseOverturnForm
from workspace.reviews.models import Overturn
from workspace.reviews.views.door import OPS, me, staff
from workspace.reviews.views.rejections import require_proof


@staff.get("/proposals")
@open_to(OPS)
def proposals() -> ResponseReturnValue:
    """Every proposal, the newest first."""
    page = queries.overturns(db(), request.args.get("after"))
    return render_template("workspace/reviews/overturns.html", page=page, me=me().id)


@staff.get("/proposals/<uuid:overturn_id>")
@open_to(OPS)
def show(overturn_id: uuid.UUID) -> ResponseReturnValue:
    """One proposal: which rejections, why, who decides."""
    return _page(found(queries.overturn(db(), overturn_id)), RefuseOverturnForm(formdata=None))


@staff.post("/proposals/<uuid:overturn_id>/approve")
@open_to(OPS)
def approve(overturn_id: uuid.UUID) -> ResponseReturnValue:
    """The work is paid."""
    require_proof("show", overturn_id=overturn_id)
    service.approve_overturn(db(), overturn_id, by=me())
    flash("Approved. The work is paid, and everybody it is about was told.", "ok")
    return see_other("overturns.show", overturn_id=overturn_id)


@staff.post("/proposals/<uuid:overturn_id>/refuse")
@open_to(OPS)
def refuse(overturn_id: uuid.UUID) -> ResponseReturnValue:
    """The rejections stand."""
    require_proof("show", overturn_id=overturn_id)
    overturn, form = found(queries.overturn(db(), overturn_id)), RefuseOverturnForm()
    if not form.validate_on_submit():
        return _page(overturn, form), 422
    service.refuse_overturn(db(), overturn_id, by=me(), reason=form.why.data or "")
    flash("Refused. The rejections stand, and nothing has moved.", "ok")
    return see_other("overturns.show", overturn_id=overturn_id)


@staff.post("/proposals/<uuid:overturn_id>/withdraw")
@open_to(OPS)
def withdraw(overturn_id: uuid.UUID) -> ResponseReturnValue:
    """Its own person takes it back."""
    service.withdraw_overturn(db(), overturn_id, by=me())
    flash("Withdrawn. The rejections stand.", "ok")
    return see_other("overturns.show", overturn_id=overturn_id)


def _page(overturn: Overturn, form: RefuseOverturnForm) -> str:
    lines = queries.lines_of(db(), overturn.id)
    claims = [line.submission.assignment for line in lines]
    pay, fees = sum(claim.price_minor for claim in claims), sum(claim.fee_minor for claim in claims)
    return render_template(
        "workspace/reviews/overturn.html",
        overturn=overturn,
        lines=lines,
        verdicts=queries.verdicts_behind(db(), [line.submission_id for line in lines]),
        form=form,
        own=overturn.by_id == me().id,
        pay_minor=pay,
        fees_minor=fees,
        budget_minor=service.budget_left(db(), overturn.project),
        reasons=policy.REASONS,
        wrong=policy.OVERTURN_REASONS.get(overturn.code, overturn.code),
    )
