"""Writing screenings: a company for its project, ops for a specialty."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from config.fields import SPECIALTIES
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found, see_other
from workspace.queue import queries as queue
from workspace.screenings.forms import PickForm
from workspace.screenings.views import desk
from workspace.screenings.views.door import MEMBER, OPS, WRITERS, plans_bp, staff, user
from workspace.screenings.views.plan_page import NOBODY_ASKED, ask_form, choices, page
from workspace.screenings.views.whose import company_desk, field_desk
from workspace.task_types import registry


@plans_bp.get("/company/projects/<uuid:project_id>/screening")
@open_to(MEMBER)
def show(project_id: uuid.UUID) -> ResponseReturnValue:
    """What candidates take, what it costs, how many pass, and the version being written."""
    return page(company_desk(project_id, writing=False))


@plans_bp.post("/company/projects/<uuid:project_id>/screening/draft")
@open_to(MEMBER)
def begin(project_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a version."""
    return desk.open_draft(company_desk(project_id))


@plans_bp.post("/company/projects/<uuid:project_id>/screening/terms")
@open_to(MEMBER)
def terms(project_id: uuid.UUID) -> ResponseReturnValue:
    """Change pay, time limit, pass mark."""
    return desk.set_terms(company_desk(project_id))


@plans_bp.post("/company/projects/<uuid:project_id>/screening/items")
@open_to(MEMBER)
def add(project_id: uuid.UUID) -> ResponseReturnValue:
    """Add the items of a file."""
    return desk.add_items(company_desk(project_id))


@plans_bp.post("/company/projects/<uuid:project_id>/screening/write")
@open_to(MEMBER)
def write(project_id: uuid.UUID) -> ResponseReturnValue:
    """Add an item written in the form."""
    return desk.write_item(company_desk(project_id))


@plans_bp.post("/company/projects/<uuid:project_id>/screening/pick")
@open_to(MEMBER)
def pick(project_id: uuid.UUID) -> ResponseReturnValue:
    """Add one of the project's own tasks."""
    here = company_desk(project_id)
    form = PickForm().offer(choices(here))
    if not form.validate_on_submit():
        return page(here, pick=form), 422
    task = found(queue.task_of(db(), project_id, uuid.UUID(form.chosen.data)))
    item = form.read(task)
    if item is None:
        return page(here, pick=form), 422
    applications.add_items(db(), here.draft(), [item])
    flash("Added.", "ok")
    return see_other("screening_plans.show", project_id=project_id)


@plans_bp.post("/company/projects/<uuid:project_id>/screening/items/<uuid:item_id>/remove")
@open_to(MEMBER)
def remove(project_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Take an item out of the version being written."""
    return desk.remove_item(company_desk(project_id), item_id)


@plans_bp.post("/company/projects/<uuid:project_id>/screening/publish")
@open_to(MEMBER)
def publish(project_id: uuid.UUID) -> ResponseReturnValue:
    """From now on candidates get this version."""
    return desk.publish(company_desk(project_id))


@plans_bp.post("/company/projects/<uuid:project_id>/screening/ask")
@open_to(MEMBER)
def ask(project_id: uuid.UUID) -> ResponseReturnValue:
    """Choose which screening the project asks for, or none."""
    here = company_desk(project_id)
    form = ask_form(here, sent=True)
    if not form.validate_on_submit():
        flash("Choose one of the options.", "warn")
        return see_other("screening_plans.show", project_id=project_id)
    plan = screenings.plan(db(), uuid.UUID(form.plan.data)) if form.plan.data != NOBODY_ASKED else None
    applications.ask_for(db(), found(here.project), plan, by=user())
    flash("Saved. People who work on the project already are not affected.", "ok")
    return see_other("screening_plans.show", project_id=project_id)


@plans_bp.get("/screening-examples/<kind>.jsonl")
@open_to(WRITERS)
def example(kind: str) -> ResponseReturnValue:
    """A file of example items of a type, to write one's own over."""
    return desk.example_file(found(registry.ALL.get(kind)))


@staff.get("")
@open_to(OPS)
def index() -> ResponseReturnValue:
    """The screenings of specialties."""
    plans = screenings.specialty_plans(db())
    current = screenings.current_versions(db(), [plan.id for plan in plans])
    return render_template(
        "workspace/screenings/plans.html",
        plans=[(plan, SPECIALTIES.get(plan.specialty or ""), current.get(plan.id)) for plan in plans],
        specialties=[(slug, one.title) for slug, one in SPECIALTIES.items()],
    )


@staff.get("/fields")
@open_to(OPS)
def choose() -> ResponseReturnValue:
    """To the screening of the specialty in the address."""
    return see_other(
        "screening_staff.show_field", specialty=found(SPECIALTIES.get(request.args.get("specialty", ""))).slug
    )


@staff.get("/fields/<specialty>")
@open_to(OPS)
def show_field(specialty: str) -> ResponseReturnValue:
    """The same for a specialty."""
    return page(field_desk(specialty))


@staff.post("/fields/<specialty>/draft")
@open_to(OPS)
def begin_field(specialty: str) -> ResponseReturnValue:
    """Begin a version."""
    return desk.open_draft(field_desk(specialty))


@staff.post("/fields/<specialty>/terms")
@open_to(OPS)
def terms_field(specialty: str) -> ResponseReturnValue:
    """Change pay, time limit, pass mark."""
    return desk.set_terms(field_desk(specialty))


@staff.post("/fields/<specialty>/items")
@open_to(OPS)
def add_field(specialty: str) -> ResponseReturnValue:
    """Add the items of a file."""
    return desk.add_items(field_desk(specialty))


@staff.post("/fields/<specialty>/write")
@open_to(OPS)
def write_field(specialty: str) -> ResponseReturnValue:
    """Add an item written in the form."""
    return desk.write_item(field_desk(specialty))


@staff.post("/fields/<specialty>/items/<uuid:item_id>/remove")
@open_to(OPS)
def remove_field(specialty: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Take an item out of the version being written."""
    return desk.remove_item(field_desk(specialty), item_id)


@staff.post("/fields/<specialty>/publish")
@open_to(OPS)
def publish_field(specialty: str) -> ResponseReturnValue:
    """From now on candidates get this version."""
    return desk.publish(field_desk(specialty))
