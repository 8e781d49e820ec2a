"""Joining, logging in and out."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.identity import service
from marketplace.identity.forms import JoinForm, LogInForm
from marketplace.identity.models import Role
from marketplace.identity.service import SignedIn
from marketplace.identity.views import frame
from marketplace.identity.views.frame import bp
from marketplace.kit.access import anyone, open_to
from marketplace.kit.web import db, local_path, see_other

ROLES = {"expert": Role.EXPERT, "company": Role.MEMBER}
FIRST = {"expert": "/home", "company": "/company/new"}
WRONG = "The e-mail address or the password is wrong. Check both, or ask for a new password."


@bp.get("/join")
@open_to(anyone)
def join() -> ResponseReturnValue:
    """Two doors: expert, company."""
    return render_template("marketplace/identity/join.html", next=request.args.get("next", ""))


@bp.route("/join/<any(expert, company):kind>", methods=["GET", "POST"])
@open_to(anyone)
def join_as(kind: str) -> ResponseReturnValue:
    """Become a User; a known address gets the same answer, and its owner a mail."""
    form = JoinForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        page = render_template("marketplace/identity/join_as.html", form=form, kind=kind)
        return page, 422 if form.errors else 200
    user = service.join(
        db(),
        name=form.name.data or "",
        email=form.email.data or "",
        password=form.password.data or "",
        role=ROLES[kind],
        form_key=form.form_key.data,
        arrival=service.Arrival(frame.address(), local_path(form.next.data, "")),
    )
    answer = see_other("identity.join_sent", kind=kind, next=form.next.data or None)
    return frame.admitted(answer, frame.open_sign_in(user)) if user else answer


@bp.get("/join/<any(expert, company):kind>/sent")
@open_to(anyone)
def join_sent(kind: str) -> ResponseReturnValue:
    """Check your e-mail; the same page whether the address was known or not."""
    onward = local_path(request.args.get("next"), FIRST[kind])
    return render_template("marketplace/identity/sent.html", kind=kind, onward=onward)


@bp.route("/login", methods=["GET", "POST"])
@open_to(anyone)
def log_in() -> ResponseReturnValue:
    """Sign in; somebody who is signed in already goes on to where they wanted."""
    form = LogInForm(next=request.args.get("next", ""))
    if request.method == "GET" and g.visitor.user is not None:
        return frame.onward(form.next.data, g.visitor.acting)
    signed = _try(form) if form.validate_on_submit() else None
    if signed:
        return frame.admitted(frame.onward(form.next.data, frame.acting_of(signed)), signed)
    page = render_template("marketplace/identity/log_in.html", form=form, left="left" in request.args)
    return page, 422 if form.errors else 200


def _try(form: LogInForm) -> SignedIn | None:
    """A wrong try is counted, so it is an answer and no exception, which would roll the count back."""
    signed = service.sign_in(
        db(),
        email=form.email.data or "",
        password=form.password.data or "",
        address=frame.address(),
        device=frame.device(),
        replaces=g.visitor.sign_in,
    )
    if signed is None:
        form.form_errors.append(WRONG)
    return signed


@bp.post("/logout")
@open_to(anyone)
def log_out() -> ResponseReturnValue:
    """End this SignIn; its cookie is worthless from now on, copies too."""
    if g.visitor.sign_in is not None:
        service.sign_out(db(), g.visitor.sign_in)
    return frame.dismissed(see_other("identity.log_in", left=1))
