"""Holds on single payouts, each with a reason its owner reads."""

import uuid
from collections.abc import Callable

from flask import flash, g
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to
from marketplace.kit.web import db, found, see_other
from marketplace.payouts import queries, service
from marketplace.payouts.forms import HoldForm
from marketplace.payouts.models import Payout
from marketplace.payouts.staff.door import FINANCE, bp, require_proof
from marketplace.payouts.staff.runs import run_page


@bp.post("/<uuid:run_id>/payouts/<uuid:payout_id>/hold")
@open_to(FINANCE)
def hold(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """Keep one payout of a prepared run back."""
    return _with_reason(run_id, payout_id, service.hold, "On hold. The person was told why and until when.")


@bp.post("/<uuid:run_id>/payouts/<uuid:payout_id>/let-go")
@open_to(FINANCE)
def let_go(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """End the hold of one payout."""
    require_proof(run_id)
    return _with_reason(run_id, payout_id, service.let_go, "The hold has ended.")


@bp.post("/<uuid:run_id>/payouts/<uuid:payout_id>/not-taken")
@open_to(FINANCE)
def not_taken(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """Our bank did not take a line of the file: the money is available again."""
    require_proof(run_id)
    return _with_reason(run_id, payout_id, service.not_taken, "It has ended. The money is available again.")


def _with_reason(
    run_id: uuid.UUID, payout_id: uuid.UUID, verb: Callable[..., Payout], said: str
) -> ResponseReturnValue:
    run, form = found(queries.run(db(), run_id)), HoldForm()
    if not form.validate_on_submit():
        return run_page(run, form, wrong=payout_id), 422
    verb(db(), payout_id, by=g.visitor.user, reason=form.reason.data or "")
    flash(said, "ok")
    return see_other("payout_runs.show", run_id=run_id)
