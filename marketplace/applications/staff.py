"""Where ops look at certificates and take one back."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.applications import policy, queries, service
from marketplace.applications.forms import RevokeForm
from marketplace.applications.models import Certificate
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other

bp = Blueprint("certificate_checks", __name__, url_prefix="/staff/certificates")
WORDS = 100


@bp.get("")
@open_to(role("ops", "admin"))
def index() -> ResponseReturnValue:
    """Certificates, newest first, found by code or title."""
    words = request.args.get("q", "").strip()[:WORDS]
    return render_template(
        "marketplace/applications/staff_certificates.html",
        page=queries.all_certificates(db(), words=words, mark=request.args.get("after")),
        q=words,
        now=clock.database_now(db()),
        state_of=policy.certificate_state,
    )


@bp.get("/<uuid:certificate_id>")
@open_to(role("ops", "admin"))
def show(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """One certificate, and the way to revoke it."""
    return _page(_certificate(certificate_id), RevokeForm(formdata=None))


@bp.post("/<uuid:certificate_id>/revoke")
@open_to(role("ops", "admin"))
def revoke(certificate_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    certificate, form = _certificate(certificate_id), RevokeForm()
    if not form.validate_on_submit():
        return _page(certificate, form), 422
    service.revoke_certificate(db(), certificate, by=g.visitor.user, reason=str(form.reason.data))
    flash("Withdrawn. Its page says so from now on.", "ok")
    return see_other("certificate_checks.show", certificate_id=certificate_id)


def _certificate(certificate_id: uuid.UUID) -> Certificate:
    return found(queries.certificate(db(), certificate_id))


def _page(certificate: Certificate, form: RevokeForm) -> str:
    return render_template(
        "marketplace/applications/staff_certificate.html",
        certificate=certificate,
        state=policy.certificate_state(certificate, clock.database_now(db())),
        form=form,
    )
