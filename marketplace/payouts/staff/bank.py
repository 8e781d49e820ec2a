"""The manual rail: the file our bank is given, and the statement it sends."""

import uuid

from flask import Response, flash, g, render_template
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.kit import ids
from marketplace.kit.access import open_to
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import db, found, see_other, wired
from marketplace.payouts import queries, service
from marketplace.payouts.errors import StatementRefused
from marketplace.payouts.forms import StatementForm
from marketplace.payouts.service import Taken
from marketplace.payouts.staff.door import FINANCE, bp, require_proof


@bp.post("/<uuid:run_id>/bank-file")
@open_to(FINANCE)
def bank_file(run_id: uuid.UUID) -> ResponseReturnValue:
    """The file for the bank; with it the payouts are sent."""
    require_proof(run_id)
    run = found(queries.run(db(), run_id))
    text = service.hand_over(db(), run, by=g.visitor.user, sealer=wired(Sealer))
    if not text:
        flash("No payout could go: the bank details are others by now or cannot be read.", "warn")
        return see_other("payout_runs.show", run_id=run_id)
    name = f"payouts-{ids.code('N', run.id)}.csv"
    return Response(
        text,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@bp.route("/bank", methods=["GET", "POST"])
@open_to(FINANCE)
def statement() -> ResponseReturnValue:
    """What the bank has; its statement closes payouts, one line one payout."""
    form, wrong = StatementForm(), list[str]()
    if form.validate_on_submit():
        require_proof()
        try:
            taken = service.take_statement(db(), form.data_of_file(), by=g.visitor.user)
        except StatementRefused as refusal:
            wrong = list(refusal.lines)
        else:
            flash(_said(taken), "ok")
            return see_other("payout_runs.statement")
    page = render_template(
        "marketplace/payouts/statement.html",
        form=form,
        wrong=wrong,
        waiting=queries.at_the_bank(db()),
        rules=MONEY,
    )
    return page, 422 if form.errors or wrong else 200


def _said(taken: Taken) -> str:
    parts = [f"{taken.paid} paid", f"{taken.returned} came back"]
    if taken.alarms:
        parts.append(f"{taken.alarms} had failed here and need you")
    if taken.known:
        parts.append(f"{taken.known} known before")
    if taken.others:
        parts.append(f"{taken.others} lines of other things left alone")
    return f"The statement is taken: {', '.join(parts)}."
