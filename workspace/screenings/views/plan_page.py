"""The page of one screening plan: the terms, the items, what it costs, how many pass."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from wtforms.validators import InputRequired

from config.fields import SPECIALTIES
from config.policy import WORK
from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import ScreeningItem, ScreeningPlan, ScreeningVersion
from marketplace.kit.forms import options
from marketplace.kit.money import BASIS, shown
from marketplace.kit.web import db
from marketplace.projects import policy as project_policy
from marketplace.reputation import queries as reputation
from workspace.queue import queries as queue
from workspace.queue import service as tasks
from workspace.screenings import policy
from workspace.screenings.forms import ASKED, AskForm, ItemsForm, PickForm, TermsForm, WriteForm
from workspace.screenings.views.whose import Desk
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

NOBODY_ASKED = "none"  # the choice of no screening
PERCENT = BASIS // 100
LINE = 120
BY_HAND = (
    "This project chooses by hand. A screening takes the place of that: whoever meets every rule and passes "
    "it has an offer at once. Whoever waits for you already keeps waiting for your answer."
)


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


def write_form(desk: Desk, *, sent: bool) -> WriteForm | None:
    """The form of one item of the project's type, or of the one in the address; None: it has none."""
    asked = request.args.get("kind", "") if desk.project is None else ""
    kind = asked if asked in registry.ALL else desk.task_type
    if kind not in ASKED:
        return None
    form = WriteForm(prefix="item-") if sent else WriteForm(formdata=None, prefix="item-")
    return form.of(kind, desk.project.options if desk.project else {})


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
        current_lines=_lines(screenings.items(db(), current.id)) if current else [],
        lines=_lines(written),
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
        is_asked=desk.is_asked,
        rules=WORK,
        write=write or write_form(desk, sent=False),
        opened=terms or items or pick or write,
    )


def _types(desk: Desk) -> list[TaskType[Any, Any]]:
    """Every type, that of the project first."""
    return sorted(registry.ALL.values(), key=lambda kind: kind.slug != desk.task_type)


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


def _lines(items: Sequence[ScreeningItem]) -> list[dict[str, Any]]:
    """Counted, not numbered by position: what was removed leaves a gap there."""
    return [_line(number, item) for number, item in enumerate(items, 1)]


def _line(number: int, item: ScreeningItem) -> dict[str, Any]:
    kind, payload = registry.get(item.task_type), policy.blinded(item, 1)
    readable = not isinstance(payload, Invalid)
    return {
        "id": item.id,
        "position": number,
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
