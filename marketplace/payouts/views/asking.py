"""A payout before payday, once a day."""

import uuid

from flask import flash, g, url_for
from flask.typing import ResponseReturnValue

from marketplace.identity import service as identity
from marketplace.kit.access import open_to
from marketplace.kit.money import shown
from marketplace.kit.web import db, see_other
from marketplace.payouts import service
from marketplace.payouts.views.door import PAID, bp


@bp.post("/payouts")
@open_to(PAID)
def ask() -> ResponseReturnValue:
    """Ask for everything available; somebody of finance lets it go."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("payouts.earnings"))
    run = service.ask(db(), by=g.visitor.user)
    flash(f"You have asked for {shown(run.total_minor)}. It is sent as soon as finance has agreed.", "ok")
    return see_other("payouts.earnings")


@bp.post("/payouts/<uuid:run_id>/take-back")
@open_to(PAID)
def take_back(run_id: uuid.UUID) -> ResponseReturnValue:
    """Not now after all: the money is available again and goes with the next run."""
    service.take_back(db(), run_id, by=g.visitor.user)
    flash("Taken back. The money is available again.", "ok")
    return see_other("payouts.earnings")
