"""The expert's credentials."""

import uuid
from collections.abc import Sequence
from datetime import date

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.experts import policy, queries, service
from marketplace.experts.forms import CredentialForm, EditCredentialForm, NewCredentialForm
from marketplace.experts.models import Credential, EvidenceFile
from marketplace.experts.views.door import bp, expert
from marketplace.experts.views.evidence import answering, keep_files
from marketplace.experts.views.withdrawn import withdrawal
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Conflict
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import db, found, see_other, wired

LOST = "The number you gave cannot be read any more. Enter it again."


@bp.get("/credentials/new")
@open_to(role("expert"))
def new_credential() -> ResponseReturnValue:
    """The form of a credential; `renews` fills it from an older one, `kind` and `specialty` from a link."""
    renews = request.args.get("renews", type=uuid.UUID)
    known = queries.credential_of(db(), g.visitor.user.id, renews) if renews else None
    form = NewCredentialForm.like(known)
    if known is None:
        form.kind.data = request.args.get("kind") or None
        form.specialty.data = request.args.get("specialty", "")
    return render_template("marketplace/experts/credential_form.html", form=form, credential=None)


@bp.post("/credentials/new")
@open_to(role("expert"))
def add_credential() -> ResponseReturnValue:
    """Write the credential; its file goes to storage after the commit."""
    form = NewCredentialForm()
    if not form.validate_on_submit():
        return render_template("marketplace/experts/credential_form.html", form=form, credential=None), 422
    known = service.add_credential(db(), expert(), claim=form.claim(), form_key=form.form_key.data)
    if known.state not in policy.EDITABLE:  # the same form again, after it was sent for checking
        return see_other("experts.credential", credential_id=known.id)
    _keep_number(known, form)
    return keep_files(known, form.evidence.chosen)


@bp.get("/credentials/<uuid:credential_id>")
@open_to(role("expert"))
def credential(credential_id: uuid.UUID) -> ResponseReturnValue:
    """One credential: where it stands, what it says, who checked it how.

    Asked with `waiting`, the page answers 204 as long as so many of its files are still being read.
    """
    known = found(queries.credential_of(db(), g.visitor.user.id, credential_id))
    files, now = queries.files_of(db(), known.id), clock.database_now(db())
    reading = policy.being_read(files, now)
    if reading and request.args.get("waiting", type=int) == reading:
        return "", 204
    return _page(known, files, now.date(), reading)


def _page(known: Credential, files: Sequence[EvidenceFile], today: date, reading: int) -> str:
    checks = queries.checks_of(db(), known.id)
    asked = answering(known)
    question = asked["questions"][0] if asked["questions"] else None
    return render_template(
        "marketplace/experts/credential.html",
        **asked,
        files=files,
        reading=reading,
        **withdrawal(known),
        row=policy.shown(known, today, checks[0] if checks else None, question),
        credential=known,
        checks=checks,
        round=policy.this_round(known, checks),
        needed=policy.checks_needed(known.kind),
        may_edit=policy.may_edit(known, today),
        may_delete=policy.may_delete(known, today),
        missing=policy.missing(known, files, today),
    )


@bp.get("/credentials/<uuid:credential_id>/edit")
@open_to(role("expert"))
def edit_credential(credential_id: uuid.UUID) -> ResponseReturnValue:
    """The form of a credential nobody is checking."""
    known = found(queries.credential_of(db(), g.visitor.user.id, credential_id))
    if not policy.may_edit(known, clock.database_now(db()).date()):
        raise Conflict("This credential is being checked or counts already; it cannot be changed now.")
    form = EditCredentialForm.of(known)
    return render_template("marketplace/experts/credential_form.html", form=form, credential=known)


@bp.post("/credentials/<uuid:credential_id>/edit")
@open_to(role("expert"))
def change_credential(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Replace what the credential says, and its file when another one was chosen."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    form = EditCredentialForm()
    if not form.validate_on_submit() or _lacks_number(known, form):
        return render_template("marketplace/experts/credential_form.html", form=form, credential=known), 422
    service.change_credential(db(), known, claim=form.claim())
    _keep_number(known, form)
    service.redigest(known, wired(Sealer))
    if form.evidence.chosen:
        service.takes_files(db(), known, count=len(form.evidence.chosen))
    return keep_files(known, form.evidence.chosen)


@bp.post("/credentials/<uuid:credential_id>/send")
@open_to(role("expert"))
def send_credential(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Put the credential into the queue of the staff."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    service.send_for_checking(db(), known)
    flash("Sent. You get a notice as soon as it is checked.", "ok")
    return see_other("experts.credential", credential_id=known.id)


@bp.post("/credentials/<uuid:credential_id>/delete")
@open_to(role("expert"))
def delete_credential(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Take the credential back, number and files and all."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    service.delete(db(), known)
    flash("The credential, its number and its files are deleted.", "ok")
    return see_other("experts.profile")


def _lacks_number(known: Credential, form: CredentialForm) -> bool:
    """The number that was kept cannot be read any more, and no new one was given."""
    if form.number.data or not service.is_lost(known, wired(Sealer)):
        return False
    form.number.errors = [LOST]
    return True


def _keep_number(known: Credential, form: CredentialForm) -> None:
    number, scheme = form.number.data or "", form.scheme.data or ""
    service.keep_number(db(), known, scheme=scheme, number=number, sealer=wired(Sealer))
