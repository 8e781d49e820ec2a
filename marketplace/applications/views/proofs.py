"""Certificates: one's own, and the page on which anybody checks one."""

import uuid

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.fields import SPECIALTIES
from marketplace.applications import policy, queries, service
from marketplace.applications.forms import ShowForm
from marketplace.applications.models import Certificate
from marketplace.applications.views.door import certificates, user
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to, role
from marketplace.kit.web import db, found, see_other


@certificates.get("")
@open_to(role("expert"))
def index() -> ResponseReturnValue:
    """Everything the visitor passed, with the links to share."""
    return render_template(
        "marketplace/applications/certificates.html",
        page=queries.certificates_of(db(), user().id, mark=request.args.get("after")),
        now=clock.database_now(db()),
        state_of=policy.certificate_state,
    )


@certificates.get("/<uuid:certificate_id>/edit")
@open_to(role("expert"))
def edit(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """The name it shows, and whether the profile lists it."""
    mine = _mine(certificate_id)
    return _page(mine, ShowForm(formdata=None, holder=mine.holder, on_profile=not mine.is_hidden))


@certificates.post("/<uuid:certificate_id>/edit")
@open_to(role("expert"))
def change(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the choice."""
    mine, form = _mine(certificate_id), ShowForm()
    if not form.validate_on_submit():
        return _page(mine, form), 422
    service.show_certificate(mine, holder=str(form.holder.data), hidden=not form.on_profile.data)
    flash("Saved.", "ok")
    return see_other("certificates.index")


@certificates.get("/<code>")
@open_to(anyone)
def show(code: str) -> ResponseReturnValue:
    """What a code proves; a code nobody has is said to be not valid (404)."""
    certificate = queries.by_code(db(), code)
    if certificate is None:
        return render_template("marketplace/applications/no_certificate.html"), 404
    field = SPECIALTIES.get(certificate.specialty)
    return render_template(
        "marketplace/applications/certificate.html",
        certificate=certificate,
        state=policy.certificate_state(certificate, clock.database_now(db())),
        specialty=field.title if field else certificate.specialty,
        company=queries.set_by(db(), certificate),
        is_mine=g.visitor.user is not None and g.visitor.user.id == certificate.user_id,
        link=url_for("certificates.show", code=code, _external=True),
    )


def _mine(certificate_id: uuid.UUID) -> Certificate:
    return found(queries.certificate_of(db(), user().id, certificate_id))


def _page(certificate: Certificate, form: ShowForm) -> str:
    return render_template(
        "marketplace/applications/certificate_edit.html", certificate=certificate, form=form
    )
