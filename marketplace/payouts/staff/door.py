"""What finance's doors share."""

import uuid

from flask import Blueprint, g, url_for

from marketplace.identity import service as identity
from marketplace.kit.access import role
from marketplace.kit.web import db

bp = Blueprint("payout_runs", __name__, url_prefix="/staff/payouts")
FINANCE = role("finance", "admin")


def require_proof(run_id: uuid.UUID | None = None) -> None:
    """The password was given lately, or the page that asks for it; afterwards back to the run or the list."""
    back = url_for("payout_runs.show", run_id=run_id) if run_id else url_for("payout_runs.index")
    identity.require_proof(db(), g.visitor.sign_in, back=back)
