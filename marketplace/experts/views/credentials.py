"""The expert's credentials and their files."""

import io
import uuid

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.experts import policy, queries, service
from marketplace.experts.forms import CredentialForm, EditCredentialForm, NewCredentialForm
from marketplace.experts.models import Credential
from marketplace.experts.views.door import bp, expert
from marketplace.gateways import Gateways
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.database import transaction
from marketplace.kit.errors import Conflict
from marketplace.kit.web import AfterCommit, attachment, db, found, see_other, sessions, wired


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
    credential = service.add_credential(db(), expert(), claim=form.claim(), form_key=form.form_key.data)
    return _keep_file(credential, form)


@bp.get("/credentials/<uuid:credential_id>")
@open_to(role("expert"))
def credential(credential_id: uuid.UUID) -> ResponseReturnValue:
    """One credential: where it stands, what it says, who checked it how."""
    known = found(queries.credential_of(db(), g.visitor.user.id, credential_id))
    today = clock.database_now(db()).date()
    checks = queries.checks_of(db(), known.id)
    return render_template(
        "marketplace/experts/credential.html",
        row=policy.shown(known, today, checks[0] if checks else None),
        credential=known,
        checks=checks,
        round=policy.this_round(known, checks),
        needed=policy.checks_needed(known.kind),
        may_edit=policy.may_edit(known, today),
        may_delete=policy.may_delete(known, today),
        missing=policy.missing(known, today),
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
    if not form.validate_on_submit():
        return render_template("marketplace/experts/credential_form.html", form=form, credential=known), 422
    service.change_credential(db(), known, claim=form.claim())
    return _keep_file(known, form)


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
    """Take the credential back, file and all."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    service.delete(db(), known)
    flash("The credential and its file are deleted.", "ok")
    return see_other("experts.profile")


@bp.get("/credentials/<uuid:credential_id>/evidence")
@open_to(role("expert"))
def evidence(credential_id: uuid.UUID) -> ResponseReturnValue:
    """The expert's own file, as a download."""
    known = found(queries.credential_of(db(), g.visitor.user.id, credential_id))
    key, name = found(known.evidence_key), known.evidence_name

    def call() -> ResponseReturnValue:
        opened = wired(Gateways).storage.open(key)
        return attachment(opened.stream, content_type=opened.content_type, name=name)

    return AfterCommit(call)  # type: ignore[return-value]


def _keep_file(known: Credential, form: CredentialForm) -> ResponseReturnValue:
    """File first, then the row that points at it: a crash in between leaves a file nobody points at."""
    user_id, credential_id = g.visitor.user.id, known.id
    answer = see_other("experts.credential", credential_id=credential_id)
    if not form.evidence.content or known.state in policy.WAITING:  # a form sent twice has been kept already
        return answer

    def call() -> ResponseReturnValue:
        _put_and_attach(form, user_id, credential_id)
        return answer

    return AfterCommit(call)  # type: ignore[return-value]


def _put_and_attach(form: CredentialForm, user_id: uuid.UUID, credential_id: uuid.UUID) -> None:
    chosen = form.evidence
    stored = wired(Gateways).storage.put(io.BytesIO(chosen.content), content_type=chosen.content_type)
    with transaction(sessions()) as session:
        service.attach_evidence(
            session,
            found(queries.lock_credential_of(session, user_id, credential_id)),
            key=stored.key,
            name=chosen.data.filename or "",
            content_type=stored.content_type,
            byte_count=stored.byte_count,
        )
