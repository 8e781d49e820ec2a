"""An expert's or reviewer's money: the ledger read aloud, and where it is paid to."""

import uuid

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.identity.models import User
from marketplace.kit.access import open_to, role
from marketplace.kit.database import transaction
from marketplace.kit.web import AfterCommit, db, found, see_other, sessions, wired
from marketplace.payouts import queries, service
from marketplace.payouts.forms import PayoutAccountForm
from marketplace.payouts.models import PayoutAccountState

bp = Blueprint("payouts", __name__, url_prefix="/earnings")
PAID = role("expert", "reviewer")


@bp.get("")
@open_to(PAID)
def earnings() -> ResponseReturnValue:
    """Four stations of money, and every earning with its reason and its next date."""
    me: User = g.visitor.user
    return render_template(
        "marketplace/payouts/earnings.html",
        sums_by={state.value: amount for state, amount in queries.sums_of(db(), me.id).items()},
        next_at=queries.next_available_at(db(), me.id),
        page=queries.earnings_of(db(), me.id, request.args.get("after")),
        payouts=queries.payouts_of(db(), me.id),
        account=queries.account_of(db(), me.id),
        rules=MONEY,
    )


@bp.get("/<uuid:earning_id>")
@open_to(PAID)
def earning(earning_id: uuid.UUID) -> ResponseReturnValue:
    """Why this amount: the thing it was paid for, the posting, the end of its hold."""
    return render_template(
        "marketplace/payouts/earning.html",
        earning=found(queries.earning_for(db(), g.visitor.user.id, earning_id)),
        rules=MONEY,
    )


@bp.get("/account")
@open_to(PAID)
def account() -> ResponseReturnValue | AfterCommit:
    """Where the person is paid; coming back from the payment service looks there first."""
    mine = queries.account_of(db(), g.visitor.user.id)
    if request.args.get("returned") and mine is not None and mine.external_id is not None:
        external_id = mine.external_id
        return AfterCommit(lambda: _look(external_id))
    return _account_page(PayoutAccountForm())


@bp.post("/account")
@open_to(PAID)
def open_account() -> ResponseReturnValue | AfterCommit:
    """Open a payout account; the payment service makes its part after the commit."""
    form = PayoutAccountForm()
    if not form.validate_on_submit():
        return _account_page(form), 422
    me: User = g.visitor.user
    service.open_account(db(), user=me, country=form.country.data)
    user_id, email, country = me.id, me.email, form.country.data
    return AfterCommit(lambda: _make(user_id, email, country))


@bp.get("/account/continue")
@open_to(PAID)
def onboard() -> ResponseReturnValue | AfterCommit:
    """A fresh link to the payment service's own form: it works once, for its owner, for minutes."""
    mine = queries.account_of(db(), g.visitor.user.id)
    if mine is None or mine.external_id is None:
        return see_other("payouts.account")
    external_id = mine.external_id
    return AfterCommit(lambda: _to_provider(external_id))


@bp.get("/account/dashboard")
@open_to(PAID)
def dashboard() -> ResponseReturnValue | AfterCommit:
    """The person's own page at the payment service, once they are known there."""
    mine = queries.account_of(db(), g.visitor.user.id)
    if mine is None or mine.external_id is None or mine.state is PayoutAccountState.ONBOARDING:
        return see_other("payouts.account")
    external_id = mine.external_id
    return AfterCommit(lambda: redirect(wired(Gateways).stripe.login_link(external_id), 303))


def _account_page(form: PayoutAccountForm) -> str:
    mine = queries.account_of(db(), g.visitor.user.id)
    return render_template("marketplace/payouts/account.html", account=mine, form=form)


def _make(user_id: uuid.UUID, email: str, country: str) -> ResponseReturnValue:
    external_id = wired(Gateways).stripe.create_account(
        owner_id=user_id, email=email, country=country, idempotency_key=service.account_key(user_id)
    )
    with transaction(sessions()) as session:
        service.remember_account(session, user_id, external_id)
    return see_other("payouts.account")


def _to_provider(external_id: str) -> ResponseReturnValue:
    site = wired(Settings).public_url
    link = wired(Gateways).stripe.account_link(
        external_id,
        refresh_url=site + url_for("payouts.onboard"),
        return_url=site + url_for("payouts.account", returned=1),
    )
    return redirect(link, 303)


def _look(external_id: str) -> ResponseReturnValue:
    state = wired(Gateways).stripe.read_account(external_id)
    with transaction(sessions()) as session:
        service.apply_account(session, state)
    flash("We asked the payment service. This is how your payout account stands.")
    return see_other("payouts.account")
