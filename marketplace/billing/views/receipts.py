"""Receipts: what arrived, from whom, how, and where it stands in the books."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.billing import queries
from marketplace.billing.models import DepositState
from marketplace.billing.views.door import MEMBER, bp, own_deposit
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found


@bp.get("/deposits/<uuid:deposit_id>/receipt")
@open_to(MEMBER)
def receipt(deposit_id: uuid.UUID) -> ResponseReturnValue:
    """A page to print or keep; only money that has arrived has one."""
    deposit = own_deposit(deposit_id)
    found(deposit if deposit.state is DepositState.SUCCEEDED else None)
    return render_template(
        "marketplace/billing/receipt.html",
        deposit=deposit,
        entries=queries.credits_of(db(), deposit_id),
        invoice=queries.invoice_of(db(), deposit_id),
        recorded=queries.recorded(db(), deposit_id),
        back=queries.given_back(db(), deposit_id),
    )
