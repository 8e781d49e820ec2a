"""What whoever writes a screening can do, for a company and for ops alike."""

import io
import json
import uuid
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from marketplace.applications import service as applications
from marketplace.kit.web import attachment, db, found
from workspace.screenings import policy
from workspace.screenings.forms import ItemsForm, TermsForm
from workspace.screenings.views.door import user
from workspace.screenings.views.plan_page import page, write_form
from workspace.screenings.views.whose import Desk
from workspace.task_types.base import TaskType

NOTHING_WRITTEN = "No version is being written. Write a new one to change what candidates get."


def open_draft(desk: Desk) -> ResponseReturnValue:
    """Begin a version, or go on with the one there is."""
    desk.draft()
    return redirect(desk.url("show"), 303)


def set_terms(desk: Desk) -> ResponseReturnValue:
    """Keep the terms of the version being written."""
    form = TermsForm()
    if not form.validate_on_submit():
        return page(desk, terms=form), 422
    applications.set_terms(db(), desk.draft(), form.settings)
    flash("Saved.", "ok")
    return redirect(desk.url("show"), 303)


def add_items(desk: Desk) -> ResponseReturnValue:
    """Add the items of a file to the version being written."""
    form = ItemsForm()
    form.task_type = desk.task_type
    form.type_options = desk.project.options if desk.project else {}
    if not form.validate_on_submit():
        return page(desk, items=form), 422
    applications.add_items(db(), desk.draft(), form.found)
    flash(f"Added {len(form.found)}.", "ok")
    return redirect(desk.url("show"), 303)


def write_item(desk: Desk) -> ResponseReturnValue:
    """Add one item that was written in the form."""
    form = found(write_form(desk, sent=True))
    item = form.read() if form.validate_on_submit() else None
    if item is None:
        return page(desk, write=form), 422
    applications.add_items(db(), desk.draft(), [item])
    flash("Added.", "ok")
    return redirect(desk.url("show"), 303)


def remove_item(desk: Desk, item_id: uuid.UUID) -> ResponseReturnValue:
    """Take an item out of the version being written; one that is published stays as it is."""
    draft = desk.written
    if draft is None:
        flash(NOTHING_WRITTEN, "info")
    else:
        applications.remove_item(db(), draft, item_id)
    return redirect(desk.url("show"), 303)


def publish(desk: Desk) -> ResponseReturnValue:
    """Let candidates get the version being written; pressed twice, it is published once."""
    draft = desk.written
    if draft is None:
        flash(NOTHING_WRITTEN, "info")
    else:
        only = desk.project is None or bool(request.form.get("only"))
        applications.publish_plan(db(), draft, by=user(), asks=not only)
        flash(
            f"Version {draft.number} is published. Whoever has started keeps theirs. {_asked_words(desk)}",
            "ok",
        )
    return redirect(desk.url("show"), 303)


def example_file(kind: TaskType[Any, Any]) -> ResponseReturnValue:
    """Items of a type as a file that can be sent as it is; their texts are to be written over."""
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in policy.example_rows(kind)) + "\n"
    name = f"screening-{kind.slug.replace('_', '-')}.jsonl"
    return attachment(io.BytesIO(lines.encode()), content_type="application/jsonl", name=name)


def _asked_words(desk: Desk) -> str:
    """Whether the project asks for what was published, and what that means."""
    if desk.project is None:
        return ""
    if desk.is_asked:
        return f"The project asks for it. {applications.chooser_of(db(), desk.project).words}"
    return "The project does not ask for it yet."
