"""An expert's or reviewer's money: the ledger read aloud, and where it is paid to."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.countries import COUNTRIES
from config.policy import MONEY
from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.errors import PaymentsDown, PaymentsRefused
from marketplace.identity import service as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.database import transaction
from marketplace.kit.web import after_commit, db, found, see_other, sessions, settled, wired
from marketplace.ledger import queries as ledger
from marketplace.payouts import policy, queries, service
from marketplace.payouts.forms import PayoutAccountForm
from marketplace.payouts.models import EarningState, PayoutAccountState, Rail
from marketplace.payouts.service import wording
from marketplace.payouts.views.door import PAID, bp

LATEST = 5
SHOWN: dict[
    str, tuple[EarningState, ...]
] = {  # the filters of the page; those of the work are no earnings yet
    "": (),
    "review": (),
    "hold": (EarningState.PENDING,),
    "available": (EarningState.AVAILABLE,),
    "way": (EarningState.IN_TRANSIT,),
    "paid": (EarningState.PAID,),
    "refused": (),
    "reversed": (EarningState.REVERSED,),
}


@bp.get("")
@open_to(PAID)
def earnings() -> ResponseReturnValue:
    """Four stations of money, and every earning with its reason and its next date."""
    me: User = g.visitor.user
    if queries.is_due(db(), me.id, clock.database_now(db())):
        return settled(partial(service.mature_of, user_id=me.id), "payouts.earnings")
    return render_template(
        "marketplace/payouts/earnings.html",
        money=_standing(me),
        **_listed(me, request.args.get("show", "")),
        payouts=queries.payouts_of(db(), me.id, None, size=LATEST).rows,
        arrives_by=policy.arrives_by,
        rules=MONEY,
    )


@bp.get("/payouts")
@open_to(PAID)
def payouts() -> ResponseReturnValue:
    """Every payout of the person, newest first."""
    page = queries.payouts_of(db(), g.visitor.user.id, request.args.get("after"))
    return render_template(
        "marketplace/payouts/payouts.html", page=page, refusal=wording.refusal, rules=MONEY
    )


@bp.get("/<uuid:earning_id>")
@open_to(PAID)
def earning(earning_id: uuid.UUID) -> ResponseReturnValue:
    """Why this amount: the thing it was paid for, the posting, the end of its hold."""
    earning = found(queries.earning_for(db(), g.visitor.user.id, earning_id))
    now = clock.database_now(db())
    return render_template(
        "marketplace/payouts/earning.html",
        earning=earning,
        undone=ledger.undone(db(), [earning.ledger_key]).get(earning.ledger_key),
        ended_early=policy.ended_early(earning, now),
        payday=policy.next_payday(now),
        arrives_by=policy.arrives_by,
        rules=MONEY,
    )


@bp.get("/bonuses/<uuid:bonus_id>")
@open_to(PAID)
def bonus(bonus_id: uuid.UUID) -> ResponseReturnValue:
    """Where a notice of a bonus leads, written before its earning was: on to the earning."""
    mine = queries.earning_by_key(db(), f"bonus:{bonus_id}")
    earned = found(mine if mine is not None and mine.user_id == g.visitor.user.id else None)
    return redirect(url_for("payouts.earning", earning_id=earned.id))


@bp.get("/account")
@open_to(PAID)
def account() -> ResponseReturnValue:
    """Where the person is paid; coming back from the payment service looks there first."""
    mine = queries.account_of(db(), g.visitor.user.id)
    stripe = mine is not None and mine.rail is Rail.STRIPE
    if request.args.get("returned") and stripe and mine is not None and mine.external_id is not None:
        external_id = mine.external_id
        return after_commit(lambda: _look(external_id))
    return _account_page(PayoutAccountForm())


@bp.post("/account")
@open_to(PAID)
def open_account() -> ResponseReturnValue:
    """Open a payout account; the payment service makes its part after the commit."""
    _require_proof()
    form = PayoutAccountForm()
    if not form.validate_on_submit():
        return _account_page(form), 422
    me: User = g.visitor.user
    mine = service.open_account(db(), user=me, country=form.country.data)
    if mine.external_id is not None:  # a second click
        return see_other("payouts.account")
    user_id, email, country = me.id, me.email, mine.country
    return after_commit(lambda: _make(user_id, email, country))


@bp.get("/account/continue")
@open_to(PAID)
def onboard() -> ResponseReturnValue:
    """A fresh link to the payment service's own form: it works once, for its owner, for minutes."""
    _require_proof()
    mine = queries.account_of(db(), g.visitor.user.id)
    if mine is None or mine.external_id is None or mine.rail is not Rail.STRIPE:
        return see_other("payouts.account")
    external_id = mine.external_id
    return after_commit(lambda: _answered(lambda: redirect(_form_of(external_id), 303)))


@bp.get("/account/dashboard")
@open_to(PAID)
def dashboard() -> ResponseReturnValue:
    """The person's own page at the payment service, once they are known there; the bank is changed there."""
    _require_proof()
    mine = queries.account_of(db(), g.visitor.user.id)
    if mine is None or mine.external_id is None or mine.rail is not Rail.STRIPE:
        return see_other("payouts.account")
    if mine.state is PayoutAccountState.ONBOARDING:
        return see_other("payouts.account")
    external_id = mine.external_id
    return after_commit(
        lambda: _answered(lambda: redirect(wired(Gateways).stripe.login_link(external_id), 303))
    )


def _standing(me: User) -> dict[str, Any]:
    """Where a person's money is, in minor units, and what happens to it next."""
    now = clock.database_now(db())
    return {
        "sums": {state.value: minor for state, minor in queries.sums_of(db(), me.id).items()},
        "counts": {state.value: count for state, count in queries.counts_of(db(), me.id).items()},
        "next_at": queries.next_available_at(db(), me.id),
        "sent_at": queries.last_sent_at(db(), me.id),
        "paid": queries.paid_since(db(), me.id, policy.year_start(now)),
        "year": policy.year_start(now).year,
        "account": queries.account_of(db(), me.id),
        "wait": service.may_ask(db(), me.id),
        "asked": queries.asked_run(db(), me.id),
        "payday": policy.next_payday(now),
        "weeks": policy.by_week(
            queries.earned_by_day(db(), me.id, policy.weeks_since(now)), policy.weeks_since(now)
        ),
    }


def _listed(me: User, show: str) -> dict[str, Any]:
    """The earnings of one filter, and why those were taken back that were."""
    show = show if show in SHOWN else ""
    page = queries.earnings_of(db(), me.id, request.args.get("after"), SHOWN[show])
    gone = [row.ledger_key for row in page.rows if row.state is EarningState.REVERSED]
    return {"show": show, "page": page, "undone": ledger.undone(db(), gone)}


def _account_page(form: PayoutAccountForm) -> str:
    mine = queries.account_of(db(), g.visitor.user.id)
    until = None
    if mine is not None and mine.changed_at is not None:
        until = mine.changed_at + timedelta(hours=MONEY.bank_change_hours)
        until = until if until > clock.database_now(db()) else None
    return render_template(
        "marketplace/payouts/account.html",
        account=mine,
        form=form,
        held_until=until,
        wanted=wording.wanted(mine.requirements.get("currently_due", [])) if mine else [],
        disabled=wording.disabled(mine.requirements.get("disabled_reason")) if mine else None,
        payday=policy.next_payday(clock.database_now(db())),
        countries=COUNTRIES,
        rules=MONEY,
    )


def _make(user_id: uuid.UUID, email: str, country: str) -> ResponseReturnValue:
    def call() -> ResponseReturnValue:
        external_id = wired(Gateways).stripe.create_account(
            owner_id=user_id,
            email=email,
            country=country,
            idempotency_key=service.account_key(user_id, country),
        )
        with transaction(sessions()) as session:
            service.remember_account(session, user_id, external_id)
        return see_other("payouts.account")

    return _answered(call)


def _form_of(external_id: str) -> str:
    site = wired(Settings).public_url.rstrip("/")
    return wired(Gateways).stripe.account_link(
        external_id,
        refresh_url=site + url_for("payouts.onboard"),
        return_url=site + url_for("payouts.account", returned=1),
    )


def _look(external_id: str) -> ResponseReturnValue:
    def call() -> ResponseReturnValue:
        state = wired(Gateways).stripe.read_account(external_id)
        with transaction(sessions()) as session:
            service.apply_account(session, state)
        return see_other("payouts.account")

    return _answered(call)


def _require_proof() -> None:
    """The password was given lately: whoever changes the place money goes to is its owner."""
    identity.require_proof(db(), g.visitor.sign_in, back=url_for("payouts.account"))


def _answered(call: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What the call answers, or the account's page with the reason why there is no answer."""
    try:
        return call()
    except (PaymentsDown, PaymentsRefused) as refusal:
        flash(refusal.message, "bad")
        return see_other("payouts.account")
