"""The model that experts of a project talk to: one form, a test, and a way out."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from marketplace.companies.models import Member
from marketplace.gateways import Gateways
from marketplace.gateways.language_models.protocol import Address, Message, ModelFailed
from marketplace.kit.access import open_to, role
from marketplace.kit.database import transaction
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import after_commit, db, found, see_other, sessions, wired
from marketplace.projects import policy, queries, service
from marketplace.projects.forms import ModelForm
from marketplace.projects.models import ModelEndpoint, Project
from marketplace.projects.views.door import bp, mine, user

HELLO = "Say hello in one short sentence."
SOON = f"It was tested a moment ago. Wait {service.TEST_REST.seconds} seconds, then test it again."
CHANGED = "The model was changed while it was tested. Test it again."


@bp.get("/<uuid:project_id>/model")
@open_to(role("member"))
def model(project_id: uuid.UUID) -> ResponseReturnValue:
    """Where the model answers, and how its last test went."""
    project, _ = _talking(project_id)
    endpoint = queries.model_endpoint(db(), project.id)
    values = ModelForm.values_of(endpoint) if endpoint else {}
    return _page(project, ModelForm(formdata=None, data=values))


@bp.post("/<uuid:project_id>/model")
@open_to(role("member"))
def set_model(project_id: uuid.UUID) -> ResponseReturnValue:
    """Write it."""
    project, _ = _talking(project_id)
    form = ModelForm()
    valid = form.validate_on_submit()
    if not _callable(project, form) or not valid:
        return _page(project, form), 422
    service.set_model(db(), project, by=user(), setup=form.setup(), sealer=wired(Sealer))
    flash("Saved. Test it before experts start.", "ok")
    return see_other("projects.model", project_id=project.id)


@bp.post("/<uuid:project_id>/model/test")
@open_to(role("member"))
def try_model(project_id: uuid.UUID) -> ResponseReturnValue:
    """Say hello to it, after the commit; what it says is kept for the page."""
    project, _ = _talking(project_id)
    endpoint = found(queries.model_endpoint(db(), project.id, locked=True))
    if not service.begin_test(db(), endpoint):
        flash(SOON, "warn")
        return see_other("projects.model", project_id=project.id)
    address, as_of, by_id = service.model_address(endpoint, wired(Sealer)), endpoint.updated_at, user().id
    messages = [Message("system", endpoint.system_prompt)] if endpoint.system_prompt else []
    messages.append(Message("user", HELLO))
    return after_commit(lambda: _try(project_id, by_id, as_of, address, messages))


@bp.post("/<uuid:project_id>/model/remove")
@open_to(role("member"))
def remove_model(project_id: uuid.UUID) -> ResponseReturnValue:
    """Forget it and its key."""
    project, _ = _talking(project_id)
    service.remove_model(db(), project, by=user())
    flash("Removed, and its key with it.", "ok")
    return see_other("projects.model", project_id=project.id)


def _talking(project_id: uuid.UUID) -> tuple[Project, Member]:
    """A project of the visitor's company in which experts talk to a model; 404 for any other kind of work."""
    project, member = mine(project_id, policy.may_edit)
    return found(project if policy.has_model(project) else None), member


def _callable(project: Project, form: ModelForm) -> bool:
    """The address is one we call, and no key that is kept goes to another host."""
    if form.url.errors:
        return False
    setup = form.setup()
    problem = wired(Gateways).language_models.problem(setup.url)
    if problem:
        form.url.errors = [problem]
    elif policy.key_would_move(queries.model_endpoint(db(), project.id), setup):
        form.key.errors = [policy.KEY_MOVES]
    else:
        return True
    return False


def _try(
    project_id: uuid.UUID, by_id: uuid.UUID, as_of: datetime, address: Address, messages: Sequence[Message]
) -> ResponseReturnValue:
    passed, said = _said(address, messages)
    with transaction(sessions()) as session:
        kept = service.note_test(session, project_id, by_id=by_id, as_of=as_of, passed=passed, said=said)
    if not kept:
        flash(CHANGED, "warn")
    return see_other("projects.model", project_id=project_id)


def _said(address: Address, messages: Sequence[Message]) -> tuple[bool, str]:
    """Whether the model answers, and the beginning of what it says or why it does not."""
    reply = ""
    try:
        with closing(wired(Gateways).language_models.answer(address, messages)) as pieces:
            for piece in pieces:
                reply += piece
                if len(reply) > service.TEST_CHARACTERS:
                    break  # it answers; the rest is not waited for
    except ModelFailed as failed:
        return False, failed.sentence
    return True, reply


def _page(project: Project, form: ModelForm) -> str:
    endpoint: ModelEndpoint | None = queries.model_endpoint_shown(db(), project.id)
    ending = service.key_ending(endpoint, wired(Sealer)) if endpoint else ""
    form.say_of_key(is_set=endpoint is not None and bool(endpoint.sealed_key))
    return render_template(
        "marketplace/projects/model.html", project=project, form=form, endpoint=endpoint, ending=ending
    )
