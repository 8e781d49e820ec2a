"""Files of the expert's credentials, and answers to what staff ask about one."""

import io
import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, g, render_template
from flask.typing import ResponseReturnValue

from marketplace.experts import policy, queries, service
from marketplace.experts.forms import AnswerForm, Chosen, EvidenceForm
from marketplace.experts.models import Credential, EvidenceState
from marketplace.experts.views.door import bp
from marketplace.gateways import Gateways
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.database import transaction
from marketplace.kit.errors import Refusal
from marketplace.kit.web import after_commit, attachment, db, found, see_other, sessions, wired

ANSWERED = "Your answer is with the person who asked."


@bp.post("/credentials/<uuid:credential_id>/files")
@open_to(role("expert"))
def add_files(credential_id: uuid.UUID) -> ResponseReturnValue:
    """More files for a credential that can be changed, or about which staff have asked."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    form = EvidenceForm()
    if not form.validate_on_submit():
        return render_template("marketplace/experts/files_form.html", form=form, credential=known), 422
    service.takes_files(db(), known, count=len(form.evidence.chosen))
    return keep_files(known, form.evidence.chosen)


@bp.get("/credentials/<uuid:credential_id>/files")
@open_to(role("expert"))
def files(credential_id: uuid.UUID) -> ResponseReturnValue:
    """The form for more files."""
    known = found(queries.credential_of(db(), g.visitor.user.id, credential_id))
    service.takes_files(db(), known, count=1)
    return render_template("marketplace/experts/files_form.html", form=EvidenceForm(), credential=known)


@bp.post("/credentials/<uuid:credential_id>/files/<uuid:file_id>/remove")
@open_to(role("expert"))
def remove_file(credential_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """Take one file back."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    service.remove_evidence(db(), known, found(queries.file_of(db(), g.visitor.user.id, file_id)))
    flash("The file is removed.", "ok")
    return see_other("experts.credential", credential_id=known.id)


@bp.get("/credentials/<uuid:credential_id>/files/<uuid:file_id>")
@open_to(role("expert"))
def evidence(credential_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """The expert's own file as we keep it, as a download; only a clean one comes back."""
    file = found(queries.file_of(db(), g.visitor.user.id, file_id))
    found(file if file.credential_id == credential_id and file.state is EvidenceState.CLEAN else None)
    key, name = found(file.storage_key), file.name

    def call() -> ResponseReturnValue:
        opened = wired(Gateways).storage.open(key)
        return attachment(opened.stream, content_type=opened.content_type, name=name)

    return after_commit(call)


@bp.post("/credentials/<uuid:credential_id>/answer")
@open_to(role("expert"))
def answer_question(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Answer what staff ask, with files if they help."""
    known = found(queries.lock_credential_of(db(), g.visitor.user.id, credential_id))
    form = AnswerForm()
    if not form.validate_on_submit():
        question = found(queries.open_question(db(), known.id))
        return render_template(
            "marketplace/experts/answer_form.html", form=form, credential=known, question=question
        ), 422
    chosen, text = form.evidence.chosen, form.answer.data or ""
    if not chosen:
        service.answer(db(), known, text=text)
        flash(ANSWERED, "ok")
        return see_other("experts.credential", credential_id=known.id)
    service.takes_files(db(), known, count=len(chosen))
    return keep_files(known, chosen, answer=text)


def answering(known: Credential) -> dict[str, Any]:
    """What the page of a credential needs to show questions and take answers."""
    questions = queries.questions_of(db(), known.id)
    newest = questions[0] if questions else None
    today = clock.database_now(db()).date()
    return {
        "questions": questions,
        "answer_form": AnswerForm(formdata=None) if policy.may_answer(known, newest) else None,
        "takes_files": policy.takes_files(known, newest, today),
    }


def keep_files(known: Credential, chosen: Sequence[Chosen], *, answer: str = "") -> ResponseReturnValue:
    """Files first, then the rows that point at them; what a crash leaves in between goes within an hour.

    An `answer` to the staff comes last: it ends the time in which files are taken.
    """
    user_id, credential_id = g.visitor.user.id, known.id
    done = see_other("experts.credential", credential_id=credential_id)
    if not chosen:
        return done

    def call() -> ResponseReturnValue:
        for file in chosen:
            _put_and_attach(file, user_id, credential_id)
        if answer:
            with transaction(sessions()) as session:
                mine = found(queries.lock_credential_of(session, user_id, credential_id))
                service.answer(session, mine, text=answer)
            flash(ANSWERED, "ok")
        return done

    return after_commit(call)


def _put_and_attach(file: Chosen, user_id: uuid.UUID, credential_id: uuid.UUID) -> None:
    """Keep one file; it is forgotten again when meanwhile the credential went, or takes no more files."""
    storage = wired(Gateways).storage
    with transaction(sessions()) as session:
        place = service.promise_place(session)
    stored = storage.put(io.BytesIO(file.content), content_type=file.content_type, key=place.key)
    try:
        with transaction(sessions()) as session:
            credential = found(queries.lock_credential_of(session, user_id, credential_id))
            service.attach_evidence(session, credential, stored=stored, name=file.name, file_id=place.file_id)
    except Refusal:
        storage.delete(stored.key)
        raise
