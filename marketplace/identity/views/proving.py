"""The password once more, before money or the place it goes to moves."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import PEOPLE
from marketplace.identity import service
from marketplace.identity.forms import ProofForm
from marketplace.identity.service import SignedIn
from marketplace.identity.views import frame
from marketplace.identity.views.frame import bp
from marketplace.kit.access import open_to, signed_in
from marketplace.kit.web import db


@bp.route("/prove", methods=["GET", "POST"])
@open_to(signed_in)
def prove() -> ResponseReturnValue:
    """Ask for the password; whoever gives it goes on to where they came from."""
    form = ProofForm(next=request.args.get("next", ""))
    signed = _try(form) if form.validate_on_submit() else None
    if signed:
        return frame.admitted(frame.onward(form.next.data, g.visitor.acting), signed)
    page = render_template("marketplace/identity/prove.html", form=form, minutes=PEOPLE.proof_minutes)
    return page, 422 if form.errors else 200


def _try(form: ProofForm) -> SignedIn | None:
    """A wrong try is counted, so it is an answer and no exception, which would roll the count back."""
    who = g.visitor
    signed = service.prove(
        db(), who.user, who.sign_in, password=form.password.data or "", address=frame.address()
    )
    if signed is None:
        form.password.errors = ["This is not your password. Check it, then try again."]
    return signed
