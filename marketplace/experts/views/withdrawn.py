"""What an expert can do about a credential that was withdrawn."""

import uuid
from typing import Any

from flask import flash, g, render_template
from flask.typing import ResponseReturnValue

from marketplace.experts import policy, queries, service
from marketplace.experts.forms import AppealForm
from marketplace.experts.models import Credential
from marketplace.experts.views.door import bp
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other


@bp.get("/credentials/<uuid:credential_id>/appeal")
@open_to(role("expert"))
def appeal_form(credential_id: uuid.UUID) -> ResponseReturnValue:
    """The form that asks for a second look."""
    known = found(queries.credential_of(db(), g.visitor.user.id, credential_id))
    about = withdrawal(known)
    found(about["withdrawn"])
    return _page(known, AppealForm(), about)


@bp.post("/credentials/<uuid:credential_id>/appeal")
@open_to(role("expert"))
def appeal(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a second look at the withdrawal."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    form = AppealForm()
    if not form.validate_on_submit():
        about = withdrawal(known)
        found(about["withdrawn"])
        return _page(known, form, about), 422
    service.appeal(db(), known, reason=form.reason.data or "")
    flash("Somebody else looks at it. You get a notice.", "ok")
    return see_other("experts.credential", credential_id=known.id)


def withdrawal(known: Credential) -> dict[str, Any]:
    """What the page of a credential needs to say about its withdrawal, and what can be done."""
    withdrawn = policy.withdrawn(queries.revocations_of(db(), known.id))
    seen = queries.appeal_of(db(), known.id) if withdrawn else None
    return {
        "withdrawn": withdrawn,
        "appeal": seen,
        "appeal_by": policy.appeal_by(withdrawn) if withdrawn else None,
        "decide_by": policy.decide_by(seen) if seen and seen.decided_at is None else None,
        "may_appeal": policy.may_appeal(known, withdrawn, seen, clock.database_now(db())),
    }


def _page(known: Credential, form: AppealForm, about: dict[str, Any]) -> str:
    return render_template("marketplace/experts/appeal_form.html", form=form, credential=known, **about)
