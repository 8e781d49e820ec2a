"""Positions and studies of the expert."""

import uuid

from flask import flash, g, render_template
from flask.typing import ResponseReturnValue

from marketplace.experts import queries, service
from marketplace.experts.forms import HistoryForm, NewHistoryForm, filled
from marketplace.experts.models import HistoryEntry, HistoryKind
from marketplace.experts.views.door import bp, expert
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other

KINDS = {kind.value: kind for kind in HistoryKind}


@bp.get("/history/new/<kind>")
@open_to(role("expert"))
def new_history(kind: str) -> ResponseReturnValue:
    """The form of a position (`work`) or a study (`study`)."""
    return _form(NewHistoryForm(found(KINDS.get(kind))))


@bp.post("/history/new/<kind>")
@open_to(role("expert"))
def add_history(kind: str) -> ResponseReturnValue:
    """Write it into the profile."""
    form = NewHistoryForm(found(KINDS.get(kind)))
    form.name_of_user = g.visitor.user.name
    if not form.validate_on_submit():
        return _form(form), 422
    service.add_history(db(), expert(), told=form.told(), form_key=form.form_key.data)
    flash("It stands in your profile.", "ok")
    return see_other("experts.profile")


@bp.get("/history/<uuid:entry_id>")
@open_to(role("expert"))
def edit_history(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The form as the entry stands."""
    entry = found(queries.history_entry_of(db(), g.visitor.user.id, entry_id))
    return _form(filled(entry), entry)


@bp.post("/history/<uuid:entry_id>")
@open_to(role("expert"))
def change_history(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Replace what the entry says."""
    entry = found(queries.lock_history_entry_of(db(), g.visitor.user.id, entry_id))
    form = HistoryForm(entry.kind)
    form.name_of_user = g.visitor.user.name
    if not form.validate_on_submit():
        return _form(form, entry), 422
    service.change_history(db(), entry, told=form.told())
    flash("Saved.", "ok")
    return see_other("experts.profile")


@bp.post("/history/<uuid:entry_id>/remove")
@open_to(role("expert"))
def remove_history(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take it out of the profile."""
    service.remove_history(db(), found(queries.lock_history_entry_of(db(), g.visitor.user.id, entry_id)))
    flash("Removed from your profile.", "ok")
    return see_other("experts.profile")


def _form(form: HistoryForm, entry: HistoryEntry | None = None) -> str:
    return render_template("marketplace/experts/history_form.html", form=form, entry=entry)
