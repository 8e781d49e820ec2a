"""A person's own settings, and the browsers they are signed in with."""

import uuid
from typing import cast

from flask import Response, flash, g, render_template
from flask.typing import ResponseReturnValue

from config.policy import PEOPLE
from config.settings import Settings
from marketplace.identity import queries, service
from marketplace.identity.forms import ActAsForm, PasswordForm, ProfileForm, ThemeForm
from marketplace.identity.views import frame
from marketplace.identity.views.frame import bp
from marketplace.kit.access import anyone, open_to, signed_in
from marketplace.kit.errors import Invalid
from marketplace.kit.web import db, found, see_other, wired

YEAR_SECONDS = 365 * 86400
WRONG = "This is not your current password."


@bp.get("/settings")
@open_to(signed_in)
def settings() -> ResponseReturnValue:
    """Name, time zone, theme, password, SignIns."""
    return _page(ProfileForm(obj=g.visitor.user), PasswordForm(g.visitor.user))


@bp.post("/settings")
@open_to(signed_in)
def save_settings() -> ResponseReturnValue:
    """Change name, time zone and theme."""
    user, form = g.visitor.user, ProfileForm()
    if not form.validate_on_submit():
        return _page(form, PasswordForm(user)), 422
    service.change_settings(
        db(), user, name=form.name.data or "", time_zone=form.time_zone.data, theme=form.theme.data
    )
    flash("Saved.", "ok")
    return see_other("identity.settings")


@bp.post("/settings/password")
@open_to(signed_in)
def change_password() -> ResponseReturnValue:
    """Change the password by the old one; every other browser is signed out."""
    user, form = g.visitor.user, PasswordForm(g.visitor.user)
    if form.validate_on_submit() and _changed(form):
        flash("Your password is changed. Every other browser is logged out.", "ok")
        return see_other("identity.settings")
    return _page(ProfileForm(formdata=None, obj=user), form), 422


@bp.post("/settings/theme")
@open_to(anyone)
def theme() -> ResponseReturnValue:
    """Choose the theme, kept in a cookie and with the User; visitors may choose too."""
    form = ThemeForm()
    chosen = form.theme.data if form.validate_on_submit() else "system"
    if g.visitor.user is not None:
        service.change_theme(db(), g.visitor.user, chosen)
    answer = frame.onward(form.next.data, g.visitor.acting)
    cast("Response", answer).set_cookie(
        "theme",
        chosen,
        max_age=YEAR_SECONDS,
        secure=wired(Settings).secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


@bp.post("/settings/act-as")
@open_to(signed_in)
def act_as() -> ResponseReturnValue:
    """Choose what this browser acts as."""
    form = ActAsForm()
    if not form.validate_on_submit():
        raise Invalid("Choose one of your roles.")
    service.act_as(db(), g.visitor.sign_in, form.role.data)
    return frame.onward(form.next.data, form.role.data)


@bp.post("/settings/sign-ins/<uuid:sign_in_id>/end")
@open_to(signed_in)
def end_sign_in(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    """Log one browser out."""
    other = found(queries.sign_in_of(db(), g.visitor.user.id, sign_in_id))
    service.end_sign_in(db(), other)
    flash("That browser is logged out.", "ok")
    return see_other("identity.settings")


@bp.post("/settings/sign-ins/end-others")
@open_to(signed_in)
def end_other_sign_ins() -> ResponseReturnValue:
    """Log every other browser out."""
    service.end_other_sign_ins(db(), g.visitor.sign_in)
    flash("Every other browser is logged out.", "ok")
    return see_other("identity.settings")


def _changed(form: PasswordForm) -> bool:
    changed = service.change_password(
        db(),
        g.visitor.user,
        old=form.old.data or "",
        new=form.password.data or "",
        sign_in=g.visitor.sign_in,
        address=frame.address(),
    )
    if not changed:
        form.old.errors = [WRONG]
    return changed


def _page(form: ProfileForm, password_form: PasswordForm) -> str:
    return render_template(
        "marketplace/identity/settings.html",
        form=form,
        password_form=password_form,
        idle_hours=PEOPLE.sign_in_idle_hours,
        sign_ins=service.live_sign_ins(db(), g.visitor.user),
    )
