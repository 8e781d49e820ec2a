"""The desk where staff check credentials: the queue, the claim beside its proof, the decision."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.countries import COUNTRIES
from config.fields import SPECIALTIES
from marketplace.experts import policy, queries, service
from marketplace.experts.forms import RefuseForm, VerifyForm
from marketplace.experts.models import Credential, CredentialState, Verification
from marketplace.gateways import Gateways
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import AfterCommit, attachment, db, found, see_other, wired

bp = Blueprint("credential_checks", __name__, url_prefix="/staff/credentials")


@bp.context_processor
def _names() -> dict[str, Any]:
    return {"specialties": SPECIALTIES, "countries": COUNTRIES}


@bp.get("")
@open_to(role("ops", "admin"))
def index() -> ResponseReturnValue:
    """What waits for a check, the longest waiting first."""
    return render_template(
        "marketplace/experts/staff_credentials.html",
        page=queries.to_check(db(), request.args.get("after")),
        two_people=policy.TWO_PEOPLE,
    )


@bp.get("/<uuid:credential_id>")
@open_to(role("ops", "admin"))
def show(credential_id: uuid.UUID) -> ResponseReturnValue:
    """One claim, its proof, earlier checks, and what this person may do."""
    credential = found(queries.credential_for_check(db(), credential_id))
    return _page(credential)


@bp.post("/<uuid:credential_id>/open")
@open_to(role("ops", "admin"))
def open_check(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Take it out of the queue."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    service.open_check(db(), credential, by=g.visitor.user)
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/verify")
@open_to(role("ops", "admin"))
def verify(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Accept the claim, as the last or the first of two."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = VerifyForm()
    if not form.validate_on_submit():
        return _page(credential, verify_form=form), 422
    service.verify(db(), credential, by=g.visitor.user, method=form.method.data or "")
    done = credential.state is CredentialState.VERIFIED
    flash("Verified." if done else "Your check is noted. A second person has to check it too.", "ok")
    return see_other("credential_checks.index")


@bp.post("/<uuid:credential_id>/refuse")
@open_to(role("ops", "admin"))
def refuse(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse the claim, with the reason and what would make it pass."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = RefuseForm()
    if not form.validate_on_submit():
        return _page(credential, refuse_form=form), 422
    service.reject(
        db(), credential, by=g.visitor.user, reason=form.reason.data or "", fix=form.fix.data or ""
    )
    flash("Not accepted. The expert is told why and what would make it pass.", "ok")
    return see_other("credential_checks.index")


@bp.post("/<uuid:credential_id>/evidence")
@open_to(role("ops", "admin"))
def evidence(credential_id: uuid.UUID) -> ResponseReturnValue:
    """The file as a download; a POST, because every look at it is written down."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    key, name = service.note_evidence_seen(db(), credential, by=g.visitor.user), credential.evidence_name

    def call() -> ResponseReturnValue:
        opened = wired(Gateways).storage.open(key)
        return attachment(opened.stream, content_type=opened.content_type, name=name)

    return AfterCommit(call)  # type: ignore[return-value]


def _page(
    credential: Credential, *, verify_form: VerifyForm | None = None, refuse_form: RefuseForm | None = None
) -> str:
    checks = queries.checks_of(db(), credential.id)
    today = clock.database_now(db()).date()
    return render_template(
        "marketplace/experts/staff_credential.html",
        row=policy.shown(credential, today),
        credential=credential,
        checks=checks,
        needed=policy.checks_needed(credential.kind),
        is_over=policy.is_over(credential, today),
        verify_form=verify_form or VerifyForm(formdata=None),
        refuse_form=refuse_form or RefuseForm(formdata=None),
        form=verify_form or refuse_form,
        **_my_part(credential, checks),
    )


def _my_part(credential: Credential, checks: Sequence[Verification]) -> dict[str, Any]:
    me, this_round = g.visitor.user.id, policy.this_round(credential, checks)
    opened = credential.state is CredentialState.IN_REVIEW
    return {
        "this_round": this_round,
        "is_own": policy.is_own(credential, me),
        "has_checked": policy.has_checked(this_round, me),
        "is_mine": opened and credential.opened_by_id == me,
    }
