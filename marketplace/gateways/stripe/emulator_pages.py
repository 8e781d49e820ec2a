"""Pages a person sees at the payment provider, played by the emulator.  Registered only while it is on.

Whoever holds the address may open the page, as at the real provider: the addresses cannot be guessed.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import wtforms
from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.test import create_environ, run_wsgi_app
from wtforms.validators import ValidationError

from marketplace.gateways import Gateways
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import accounts, balance
from marketplace.gateways.stripe.emulator.payment_bodies import GOOD_CARD
from marketplace.gateways.stripe.emulator.payments import DECLINES, PageClosed, PaidHow, pay
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.events import Endpoint
from marketplace.kit.access import anyone, open_to
from marketplace.kit.errors import Gone
from marketplace.kit.forms import BaseForm, needed, options
from marketplace.kit.web import after_commit, found, wired

bp = Blueprint("gateway", __name__, url_prefix="/gateway")
LATEST = 20
WEBHOOKS = "/webhooks/stripe"  # billing's door; /platform and /connect below it
WAYS = [
    (PaidHow.CARD.value, "Test card", "Arrives at once."),
    (PaidHow.BANK.value, "Test bank debit", "Arrives a minute later."),
    (PaidHow.BANK_RETURNED.value, "Test bank debit that bounces", "The bank sends it back a minute later."),
]


class PayForm(BaseForm):
    """How to pay.  Real card numbers are refused before anybody looks at them."""

    how = wtforms.RadioField("Pay with", choices=options(WAYS), default=PaidHow.CARD.value)
    number = wtforms.StringField(
        "Card number",
        default="4242 4242 4242 4242",
        description="Only test numbers work here. 4000 0000 0000 0002 is declined.",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    def validate_number(self, field: wtforms.Field) -> None:
        """A test number; one that is declined says so at the field."""
        if self.how.data != PaidHow.CARD.value:
            return
        digits = re.sub(r"[ -]", "", field.data or "")
        if digits in DECLINES:
            raise ValidationError(f"{DECLINES[digits]} Try another card or another way to pay.")
        if digits != GOOD_CARD:
            raise ValidationError("Use the test card 4242 4242 4242 4242. Never enter a real card here.")


def pay_form(*, card: bool) -> PayForm:
    """The ways to pay, with cards or without."""
    form = PayForm()
    if not card:
        form.how.choices = options([way for way in WAYS if way[0] != PaidHow.CARD.value])
        del form.number
        if not form.is_submitted():
            form.how.data = PaidHow.BANK.value
    return form


class OnboardingForm(BaseForm):
    """What the provider wants to know of a person who is paid."""

    name = wtforms.StringField("Name on the bank account", [needed("Enter the name on the account.")])
    bank = wtforms.StringField(
        "Account number",
        default="000123456789",
        description="Digits only. Use a made-up number: nothing is sent anywhere.",
        validators=[needed("Enter an account number.")],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    document = wtforms.BooleanField("Keep the account waiting for an identity document")

    def validate_bank(self, field: wtforms.Field) -> None:
        """Four to seventeen digits."""
        if not re.fullmatch(r"\d{4,17}", field.data or "", re.ASCII):
            raise ValidationError("Enter 4 to 17 digits, without spaces.")


@bp.get("/pay/<session_id>")
@open_to(anyone)
def pay_page(session_id: str) -> ResponseReturnValue:
    """The page on which a company pays a deposit."""
    return _pay_page(_session(session_id), PayForm())


@bp.post("/pay/<session_id>")
@open_to(anyone)
def pay_now(session_id: str) -> ResponseReturnValue:
    """Pay, tell the shop, go back to it."""
    session, form = _session(session_id), PayForm()
    if not form.validate_on_submit():
        return _pay_page(session, form), 422
    how = PaidHow(form.how.data)
    return after_commit(lambda: _pay(session, how))


def _pay(session: Mapping[str, Any], how: PaidHow) -> ResponseReturnValue:
    try:
        with emulator().books() as books:
            pay(books, session["id"], how)
    except PageClosed:
        raise Gone("This payment page is closed. Go back and start the deposit again.") from None
    tell_us()
    return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)


@bp.get("/onboarding/<token>")
@open_to(anyone)
def onboarding(token: str) -> ResponseReturnValue:
    """The form in which a person says who they are and where money goes."""
    try:
        with emulator().books() as books:
            _, account = accounts.follow(books, token, "onboarding")
    except accounts.LinkSpent as spent:
        return _elsewhere(spent)
    return render_template("marketplace/gateways/onboarding.html", form=OnboardingForm(), account=account)


@bp.post("/onboarding/<token>")
@open_to(anyone)
def onboard(token: str) -> ResponseReturnValue:
    """Send the form, tell the platform, go back to it."""
    form = OnboardingForm()
    try:
        with emulator().books() as books:
            _, account = accounts.follow(books, token, "onboarding")
    except accounts.LinkSpent as spent:
        return _elsewhere(spent)
    if not form.validate_on_submit():
        page = render_template("marketplace/gateways/onboarding.html", form=form, account=account)
        return page, 422
    return after_commit(lambda: _onboard(token, form))


def _onboard(token: str, form: OnboardingForm) -> ResponseReturnValue:
    name, bank = str(form.name.data), str(form.bank.data)
    try:
        with emulator().books() as books:
            back = accounts.submit(books, token, name=name, bank_number=bank, verified=not form.document.data)
    except accounts.LinkSpent as spent:
        return _elsewhere(spent)
    tell_us()
    return redirect(back, 303)


@bp.get("/express/<token>")
@open_to(anyone)
def express(token: str) -> ResponseReturnValue:
    """A person's own page: balance, what arrived, what is still wanted."""
    try:
        with emulator().books() as books:
            _, account = accounts.follow(books, token, "express")
            available, _ = balance.held(books, account["id"], balance.CURRENCY)
            sent = [row for row in books.newest("transfer") if row["destination"] == account["id"]]
    except accounts.LinkSpent:
        raise Gone("This link has run out. Open your page from your payout settings again.") from None
    return render_template(
        "marketplace/gateways/express.html",
        account=account,
        available=available,
        transfers=sent[:LATEST],
        older=len(sent) > LATEST,
    )


def tell_us() -> int:
    """Post the waiting events to our own webhook doors, through the front like any other request."""
    app = current_app.wsgi_app
    base = request.host_url
    secure = request.is_secure

    def post(endpoint: Endpoint, payload: bytes, signature: str) -> int:
        environ = create_environ(
            f"{WEBHOOKS}/{endpoint.value}",
            base,
            method="POST",
            data=payload,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        environ["wsgi.url_scheme"] = "https" if secure else "http"
        _, status, _ = run_wsgi_app(app, environ, buffered=True)
        return int(status.partition(" ")[0])

    return emulator().deliver(post)


def emulator() -> Emulator:
    """The payment provider that these pages play."""
    payments = wired(Gateways).stripe
    if not isinstance(payments, EmulatedPayments):
        raise TypeError("the emulator's pages are open without the emulator")
    return payments.emulator


def _session(session_id: str) -> Mapping[str, Any]:
    with emulator().books() as books:
        return found(books.get("checkout.session", session_id))


def _pay_page(session: Mapping[str, Any], form: PayForm) -> str:
    with emulator().books() as books:
        plan = books.get("emulator.plan", f"{session['id']}:plan") or {}
    return render_template(
        "marketplace/gateways/pay.html", session=session, form=form, what=plan.get("description") or "Deposit"
    )


def _elsewhere(spent: accounts.LinkSpent) -> ResponseReturnValue:
    """A spent link leads to the address where a new one is made."""
    if urlsplit(spent.refresh_url).netloc:
        return redirect(spent.refresh_url, 303)
    raise Gone("This link has run out. Start again from your payout settings.")
