"""Links from e-mails: a GET shows a button, only the POST changes something."""

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import PEOPLE
from marketplace.identity import service
from marketplace.identity.forms import ForgotForm, ResetForm
from marketplace.identity.views import frame
from marketplace.identity.views.frame import bp
from marketplace.kit.access import anyone, open_to, signed_in
from marketplace.kit.signing import Signer
from marketplace.kit.web import db, local_path, see_other, wired


@bp.get("/confirm/<token>")
@open_to(anyone)
def confirm(token: str) -> ResponseReturnValue:
    """The button that confirms an address; programs that open every link press none."""
    user = service.read_confirmation(db(), wired(Signer), token)
    onward = local_path(request.args.get("next"), "")
    return render_template("marketplace/identity/confirm.html", token=token, email=user.email, onward=onward)


@bp.post("/confirm/<token>")
@open_to(anyone)
def do_confirm(token: str) -> ResponseReturnValue:
    """Confirm the address."""
    service.confirm_email(db(), service.read_confirmation(db(), wired(Signer), token))
    flash("Your e-mail address is confirmed.", "ok")
    onward = local_path(request.form.get("next"), "") or None
    if g.visitor.user is None:
        return see_other("identity.log_in", next=onward)
    return frame.onward(onward, g.visitor.acting)


@bp.post("/settings/resend-confirmation")
@open_to(signed_in)
def resend_confirmation() -> ResponseReturnValue:
    """Send the confirmation link again."""
    service.resend_confirmation(db(), g.visitor.user)
    flash(f"We sent a link to {g.visitor.user.email}. It can take a few minutes.", "info")
    return frame.onward(request.form.get("next"), g.visitor.acting)


@bp.route("/forgot", methods=["GET", "POST"])
@open_to(anyone)
def forgot() -> ResponseReturnValue:
    """Ask for a link; the answer is the same for known and unknown addresses."""
    form = ForgotForm()
    if form.validate_on_submit():
        service.request_reset(db(), form.email.data or "")
        return see_other("identity.forgot_sent")
    page = render_template("marketplace/identity/forgot.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/forgot/sent")
@open_to(anyone)
def forgot_sent() -> ResponseReturnValue:
    """Check your e-mail."""
    return render_template("marketplace/identity/forgot_sent.html", minutes=PEOPLE.reset_minutes)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@open_to(anyone)
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by the link; it works once, and signs nobody in."""
    user = service.read_reset(db(), wired(Signer), token, hold=request.method == "POST")
    form = ResetForm(user)
    if form.validate_on_submit():
        service.reset_password(db(), user, form.password.data or "")
        flash("Your new password is set. Log in with it.", "ok")
        return see_other("identity.log_in")
    page = render_template("marketplace/identity/reset.html", form=form, token=token)
    return page, 422 if form.errors else 200
