"""Being paid by bank transfer, for those the payment service does not serve."""

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.identity import service as identity
from marketplace.kit.access import open_to
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import db, see_other, wired
from marketplace.payouts import queries, service
from marketplace.payouts.forms import BankForm
from marketplace.payouts.models import PayoutAccount
from marketplace.payouts.views.door import PAID, bp


@bp.route("/account/bank", methods=["GET", "POST"])
@open_to(PAID)
def give_bank() -> ResponseReturnValue:
    """Give bank details, or other ones; they are shown to nobody again."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("payouts.give_bank"))
    mine, form = queries.account_of(db(), g.visitor.user.id), BankForm()
    if request.method == "POST" and form.validate_on_submit():
        kept = service.give_bank(
            db(),
            user=g.visitor.user,
            country=form.country.data,
            details=form.details(),
            sealer=wired(Sealer),
        )
        flash(_said(kept), "ok")
        return see_other("payouts.account")
    page = render_template("marketplace/payouts/bank.html", form=form, account=mine, rules=MONEY)
    return page, 422 if form.errors else 200


def _said(account: PayoutAccount) -> str:
    if account.changed_at is None:
        return "Your bank details are kept. You are paid there from the next run on."
    return f"Your bank details are changed. Payouts to them begin {MONEY.bank_change_hours} hours later."
