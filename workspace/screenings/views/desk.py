"""One desk for whoever writes a screening: the terms, the items, what it costs, how many pass."""

import io
import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from config.fields import SPECIALTIES, TIERS
from config.policy import WORK
from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import ScreeningItem, ScreeningPlan, ScreeningVersion
from marketplace.applications.service import Settings
from marketplace.kit.forms import options
from marketplace.kit.money import BASIS, shown
from marketplace.kit.web import attachment, db, found
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation
from workspace.queue import queries as queue
from workspace.queue import service as tasks
from workspace.screenings import policy
from workspace.screenings.forms import AskForm, ItemsForm, PickForm, TermsForm, WriteForm
from workspace.screenings.views.door import user
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

NOBODY_ASKED = "none"  # the choice of no screening
MAY_NOT = "Your role in the company does not allow this. Ask an owner."
NOTHING_WRITTEN = "No version is being written. Write a new one to change what candidates get."
FIRST_MINUTES = 15
PERCENT = BASIS // 100
LINE = 120
GENERAL = "general"
BY_HAND = (
    "This project chooses by hand. A screening takes the place of that: whoever meets every rule and passes "
    "it has an offer at once. Whoever waits for you already keeps waiting for your answer."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose screening is written: of a project, or (without one) of a specialty."""

    title: str
    hourly_minor: int
    project: Project | None = None
    specialty: str = ""
    may_write: bool = True

    @property
    def plan(self) -> ScreeningPlan | None:
        """The plan, if there is one."""
        if self.project is not None:
            return screenings.plan_of_project(db(), self.project.id)
        return screenings.plan_of_specialty(db(), self.specialty)

    @property
    def task_type(self) -> str:
        """The type of an item that names none."""
        return self.project.task_type if self.project else "response_ranking"

    def url(self, act: str, **values: Any) -> str:
        """Where a button of this desk leads."""
        if self.project is not None:
            return url_for(f"screening_plans.{act}", project_id=self.project.id, **values)
        return url_for(f"screening_staff.{act}_field", specialty=self.specialty, **values)

    @property
    def written(self) -> ScreeningVersion | None:
        """The version being written, if there is one."""
        plan = self.plan
        return screenings.draft_version(db(), plan.id) if plan else None

    def draft(self) -> ScreeningVersion:
        """The version being written, begun now if there is none."""
        plan = applications.plan_for(
            db(), project=self.project, specialty=self.specialty if self.project is None else None
        )
        pay = project_policy.price(self.hourly_minor, FIRST_MINUTES)
        return applications.draft_of_plan(
            db(), plan, Settings(pay_minor=max(pay, rules.PAY_MINIMUM), limit_minutes=2 * FIRST_MINUTES)
        )


def company_desk(project_id: uuid.UUID, *, writing: bool = True) -> Desk:
    member = found(projects.member_for(db(), user().id, project_id))
    if writing and not project_policy.may_edit(member):
        raise NotYours(MAY_NOT)
    project = found(projects.project(db(), project_id))
    return Desk(project.title, project.hourly_minor, project, may_write=project_policy.may_edit(member))


def field_desk(specialty: str) -> Desk:
    known = found(SPECIALTIES.get(specialty))
    return Desk(known.title, TIERS[GENERAL].low_minor, specialty=known.slug)


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


def write_form(desk: Desk, *, sent: bool) -> WriteForm:
    """The form of one item: of the project's type, or of the one in the address."""
    asked = request.args.get("kind", "") if desk.project is None else ""
    kind = asked if asked in registry.ALL else desk.task_type
    form = WriteForm(prefix="item-") if sent else WriteForm(formdata=None, prefix="item-")
    return form.of(kind, desk.project.options if desk.project else {})


def write_item(desk: Desk) -> ResponseReturnValue:
    """Add one item that was written in the form."""
    form = write_form(desk, sent=True)
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


def choices(desk: Desk) -> list[tuple[str, str]]:
    """The newest tasks of the project one may pick from."""
    if desk.project is None:
        return []
    rows = queue.tasks_of(db(), desk.project.id, state=None, mark=None).rows
    return [(str(task.id), tasks.summary(task)[:LINE]) for task in rows]


def ask_form(desk: Desk, *, sent: bool) -> AskForm:
    """The screenings this project may ask for."""
    form = AskForm() if sent else AskForm(formdata=None)
    listed = []
    if desk.project is not None:
        unscreened = rules.chooser(by_hand=desk.project.by_hand, is_screened=False)
        listed = [(NOBODY_ASKED, "No screening", unscreened.words)]
        if desk.project.by_hand:
            form.plan.description = BY_HAND
        plans = [*([desk.plan] if desk.plan else []), *screenings.specialty_plans(db())]
        current = screenings.current_versions(db(), [plan.id for plan in plans])
        for plan in plans:
            if plan.id in current and applications.may_ask_for(desk.project, plan):
                field = SPECIALTIES.get(plan.specialty or "")
                title = (
                    f"Whoever passed the screening in {field.title}"
                    if field
                    else "Whoever passed your screening"
                )
                version = current[plan.id]
                listed.append(
                    (str(plan.id), title, f"{shown(version.pay_minor)}, {version.limit_minutes} minutes")
                )
        if not sent:
            form.plan.data = str(reputation.required_plan(db(), desk.project.id) or NOBODY_ASKED)
    form.plan.choices = options(listed)
    form.plan.validators = [InputRequired("Choose one.")]
    return form


def page(
    desk: Desk,
    *,
    terms: TermsForm | None = None,
    items: ItemsForm | None = None,
    pick: PickForm | None = None,
    write: WriteForm | None = None,
) -> str:
    """Everything about one plan; a form that was sent and cannot be taken stands in its place."""
    plan = desk.plan
    draft = screenings.draft_version(db(), plan.id) if plan else None
    current = screenings.current_version(db(), plan.id) if plan else None
    written = screenings.items(db(), draft.id) if draft else []
    return render_template(
        "workspace/screenings/plan.html",
        desk=desk,
        project=desk.project,
        draft=draft,
        current=current,
        current_lines=[_line(item) for item in screenings.items(db(), current.id)] if current else [],
        lines=[_line(item) for item in written],
        draft_costs=_costs(draft, written),
        current_costs=_costs(current, screenings.items(db(), current.id)) if current else None,
        estimate=_estimate(desk, written),
        figures=_figures(plan) if plan else None,
        hidden_below=WORK.screening_hidden_below,
        terms=terms or _terms_form(draft),
        items_form=items or ItemsForm(formdata=None),
        pick=pick or PickForm(formdata=None).offer(choices(desk)),
        ask=ask_form(desk, sent=False) if desk.project else None,
        may_write=desk.may_write,
        examples=[(kind.title, kind.slug) for kind in _types(desk)],
        is_asked=_is_asked(desk),
        rules=WORK,
        write=write or write_form(desk, sent=False),
        opened=terms or items or pick or write,
    )


def _types(desk: Desk) -> list[TaskType[Any, Any]]:
    """Every type, that of the project first."""
    return sorted(registry.ALL.values(), key=lambda kind: kind.slug != desk.task_type)


def _is_asked(desk: Desk) -> bool:
    """The project asks for its own screening already."""
    plan = desk.plan if desk.project else None
    return (
        plan is not None
        and desk.project is not None
        and reputation.required_plan(db(), desk.project.id) == plan.id
    )


def _asked_words(desk: Desk) -> str:
    """Whether the project asks for what was published, and what that means."""
    if desk.project is None:
        return ""
    if _is_asked(desk):
        return f"The project asks for it. {applications.chooser_of(db(), desk.project).words}"
    return "The project does not ask for it yet."


def _terms_form(draft: ScreeningVersion | None) -> TermsForm | None:
    if draft is None:
        return None
    return TermsForm(
        formdata=None,
        pay=draft.pay_minor,
        limit_minutes=draft.limit_minutes,
        pass_mark=draft.pass_mark_bps // PERCENT,
        valid_months=draft.valid_months,
    )


def _line(item: ScreeningItem) -> dict[str, Any]:
    kind, payload = registry.get(item.task_type), policy.blinded(item, 1)
    readable = not isinstance(payload, Invalid)
    return {
        "id": item.id,
        "position": item.position,
        "kind": kind,
        "summary": kind.summary(payload) if readable else "This release cannot read it any more",
        "is_keyed": item.is_keyed,
        "rubric": item.rubric,
        "explanation": item.explanation,
        "passing": item.passing_bps // PERCENT,
    }


def _costs(version: ScreeningVersion | None, items: Any) -> rules.ScreeningCosts | None:
    if version is None:
        return None
    return rules.screening_costs(version.pay_minor, is_graded=any(not item.is_keyed for item in items))


def _estimate(desk: Desk, items: Any) -> dict[str, int] | None:
    """What the items take and what that is worth at the rate, for whoever sets the pay."""
    if not items:
        return None
    minutes = max(1, round(sum(policy.estimate(item.task_type, item.payload) for item in items)))
    return {
        "minutes": minutes,
        "pay_minor": project_policy.price(desk.hourly_minor, minutes),
        "limit": rules.limit_for(minutes),
    }


def _figures(plan: ScreeningPlan) -> dict[str, int | None]:
    """How many took it and what share passed, which a few people are not enough for."""
    decided, passed, going = screenings.figures(db(), plan.id)
    enough = decided >= WORK.screening_hidden_below
    return {"decided": decided, "going": going, "passed_percent": 100 * passed // decided if enough else None}
