"""The played provider's page where a payer's bank takes a payment back, and decides; for finance."""

from collections.abc import Callable, Mapping
from typing import Any

import wtforms
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.gateways.stripe.emulator import disputes
from marketplace.gateways.stripe.emulator.disputes import NotPossible
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator_pages import LATEST, emulator, tell_us
from marketplace.kit.access import open_to, role
from marketplace.kit.filters import words
from marketplace.kit.forms import BaseForm, MoneyField, maybe, options
from marketplace.kit.money import shown
from marketplace.kit.web import after_commit, found

bp = Blueprint("provider_disputes", __name__, url_prefix="/gateway/disputes")
FINANCE = role("finance", "admin")
ENDS: Mapping[str, tuple[Callable[[Books, str], Body], str]] = {
    "win": (disputes.win, "The bank decided for the platform."),
    "lose": (disputes.lose, "The bank decided against the platform."),
    "escalate": (disputes.escalate, "The question became a dispute."),
}


class TakeBackForm(BaseForm):
    """What the payer's bank says."""

    charge = wtforms.RadioField("Payment", choices=[], validate_choice=True)
    amount = MoneyField("Amount", [maybe()], minimum=1, description="Leave it empty for all of it.")
    reason = wtforms.SelectField(
        "Reason", choices=options((one, words(one).capitalize()) for one in disputes.REASONS)
    )
    inquiry = wtforms.BooleanField("The bank only asks: no money moves yet")


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """Payments that can be taken back, and disputes with what can become of them."""
    return _page(_form())


@bp.post("")
@open_to(FINANCE)
def take_back() -> ResponseReturnValue:
    """The payer's bank takes a payment back."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with emulator().books() as books:
            disputes.open_on(
                books,
                str(form.charge.data),
                amount=form.amount.data,
                reason=form.reason.data,
                inquiry=bool(form.inquiry.data),
            )
    except NotPossible as refusal:
        form.amount.errors = [str(refusal)]
        return _page(form), 422
    return _told("The payer's bank has taken the payment back.")


@bp.post("/<dispute_id>/<what>")
@open_to(FINANCE)
def decide(dispute_id: str, what: str) -> ResponseReturnValue:
    """The bank decides."""
    verb, said = found(ENDS.get(what))
    try:
        with emulator().books() as books:
            verb(books, dispute_id)
    except NotPossible as refusal:
        flash(str(refusal), "bad")
        return redirect(url_for("provider_disputes.index"), 303)
    return _told(said)


def _told(said: str) -> ResponseReturnValue:
    def tell() -> ResponseReturnValue:
        tell_us()
        flash(said, "ok")
        return redirect(url_for("provider_disputes.index"), 303)

    return after_commit(tell)


def _form() -> TakeBackForm:
    form = TakeBackForm()
    with emulator().books() as books:
        charges = [one for one in books.newest("charge") if one["status"] == "succeeded"]
    form.charge.choices = options(
        (one["id"], f"{shown(one['amount'], one['currency'])}, {one['description']}", _how(one))
        for one in charges[:LATEST]
        if not one["disputed"]
    )
    return form


def _how(charge: Mapping[str, Any]) -> str:
    return (
        "By card." if charge["payment_method_details"]["type"] == "card" else "By bank debit: lost at once."
    )


def _page(form: TakeBackForm) -> str:
    with emulator().books() as books:
        rows = [*books.newest("dispute")][:LATEST]
    return render_template(
        "marketplace/gateways/disputes.html", form=form, disputes=rows, waiting=disputes.OPEN
    )
