"""A company's projects: the list, the form, the page of one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from config.fields import SPECIALTIES, TIERS
from config.languages import LANGUAGES
from config.policy import WORK
from config.task_types import TASK_TYPES
from marketplace.companies import queries as companies
from marketplace.companies.errors import NoCompany
from marketplace.companies.models import Member
from marketplace.kit.access import open_to, role
from marketplace.kit.money import parse
from marketplace.kit.web import db, found, see_other
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import policy, queries, service
from marketplace.projects.errors import NotYours
from marketplace.projects.forms import COMPARISONS, MINUTES_MAXIMUM, OVERLAP_MAXIMUM, ProjectForm, fact_titles
from marketplace.projects.models import UNOPENED, Project
from marketplace.projects.views.door import MAY_NOT, bp, has_tasks, mine, user


@dataclass(frozen=True, slots=True)
class Figures:
    """Where a project's money is, in minor units."""

    budget_minor: int
    reserved_minor: int
    spent_minor: int
    funded_minor: int
    enough: str  # what the budget is enough for, in words


@bp.get("")
@open_to(role("member"))
def index() -> ResponseReturnValue:
    """The company's projects, newest first."""
    member = found(companies.membership(db(), user().id), NoCompany())
    page = queries.of_company(db(), member.company_id, mark=request.args.get("after"))
    return render_template(
        "marketplace/projects/index.html",
        page=page,
        member=member,
        budgets=_budgets(page.rows),
        may_edit=policy.may_edit(member),
        kinds={slug: kind.title for slug, kind in TASK_TYPES.items()},
    )


@bp.get("/new")
@open_to(role("member"))
def new() -> ResponseReturnValue:
    """The empty form."""
    return _form_page(ProjectForm(formdata=None), _founder())


@bp.post("/new")
@open_to(role("member"))
def create() -> ResponseReturnValue:
    """Write a draft."""
    member = _founder()
    form, action = ProjectForm(), request.form.get("action", "save")
    if action != "save":
        form.rules.changed_by(action)
        return _form_page(form, member)
    if not form.validate_on_submit():
        return _form_page(form, member), 422
    project = service.create(
        db(), company=member.company, by=user(), form_key=form.form_key.data, plan=form.plan()
    )
    flash("The draft is saved. Next: the guideline.", "ok")
    return see_other("projects.show", project_id=project.id)


@bp.get("/price")
@open_to(role("member"))
def price() -> ResponseReturnValue:
    """What one task costs at the rate and minutes in the address; a part of the form's page."""
    return render_template("marketplace/projects/_price.html", **_price_of(request.args.to_dict()))


@bp.get("/fit")
@open_to(role("member"))
def fit() -> ResponseReturnValue:
    """How many people fit what the address says; a part of the form's page."""
    form = ProjectForm(formdata=request.args)
    return render_template(
        "marketplace/projects/_fit.html", fit=_fit(form, _founder()), rules=form.rules, live=True
    )


@bp.get("/<uuid:project_id>")
@open_to(role("member"))
def show(project_id: uuid.UUID) -> ResponseReturnValue:
    """One project: what is missing, where its money is, what can be done."""
    project, member = mine(project_id)
    return render_template(
        "marketplace/projects/show.html",
        project=project,
        actions=policy.actions(project, member),
        figures=_figures(project),
        is_unopened=project.state in UNOPENED,
        ready_tasks=has_tasks(project),
        fundings=queries.fundings(db(), project.id),
        rate_warning=policy.rate_warning(project.tier, project.hourly_minor, project.minutes),
        open_questions=queries.open_questions(db(), project.id),
        **_guideline_of(project),
        **_titles(project),
    )


@bp.get("/<uuid:project_id>/edit")
@open_to(role("member"))
def edit(project_id: uuid.UUID) -> ResponseReturnValue:
    """The form of a draft."""
    project, member = mine(project_id, policy.may_edit)
    return _form_page(ProjectForm(formdata=None, data=ProjectForm.values_of(project)), member, project)


@bp.post("/<uuid:project_id>/edit")
@open_to(role("member"))
def update(project_id: uuid.UUID) -> ResponseReturnValue:
    """Write the draft anew."""
    project, member = mine(project_id, policy.may_edit)
    form, action = ProjectForm(), request.form.get("action", "save")
    if action != "save":
        form.rules.changed_by(action)
        return _form_page(form, member, project)
    if not form.validate_on_submit():
        return _form_page(form, member, project), 422
    service.update(db(), project, by=user(), plan=form.plan())
    flash("Saved.", "ok")
    return see_other("projects.show", project_id=project.id)


def _founder() -> Member:
    member = found(companies.membership(db(), user().id), NoCompany())
    if not policy.may_edit(member):
        raise NotYours(MAY_NOT)
    return member


def _fit(form: ProjectForm, member: Member) -> str | None:
    """The sentence about who fits; None while something is missing."""
    plan = form.typed()
    facts: policy.CrowdFacts | None = current_app.extensions["assay"].get(policy.CrowdFacts)
    return facts.sentence(db(), plan, member.company_id) if plan and facts else None


def _form_page(form: ProjectForm, member: Member, project: Project | None = None) -> str:
    typed = {
        "tier": form.tier.data or "",
        "hourly": form.hourly._value(),  # noqa: SLF001 - what stands in the box, readable or not
        "minutes": form.minutes.data or "",
        "overlap": form.overlap.data or "",
    }
    return render_template(
        "marketplace/projects/form.html",
        form=form,
        project=project,
        fit=_fit(form, member),
        facts=fact_titles(),
        comparisons=COMPARISONS,
        **_price_of({name: str(value) for name, value in typed.items()}),
    )


def _price_of(typed: dict[str, str]) -> dict[str, object]:
    """The costs of one task and what a low rate means; no costs while something is missing."""
    hourly, minutes, overlap = (
        _amount(typed.get("hourly", "")),
        _number(typed, "minutes"),
        _number(typed, "overlap"),
    )
    known = 0 < hourly <= policy.HOURLY_MAXIMUM_MINOR and 0 < minutes <= MINUTES_MAXIMUM
    tier = typed.get("tier", "")
    return {
        "costs": policy.costs(hourly, minutes) if known else None,
        "hourly_minor": hourly,
        "minutes": minutes,
        "overlap": min(max(overlap, 1), OVERLAP_MAXIMUM),
        "rate_warning": policy.rate_warning(tier, hourly, minutes) if known and tier in TIERS else None,
        "pilot_tasks": WORK.pilot_tasks,
    }


def _amount(text: str) -> int:
    try:
        return parse(text)
    except ValueError:
        return 0


def _number(typed: dict[str, str], name: str) -> int:
    text = typed.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0  # noqa: PLR2004 - no field takes more digits


def _guideline_of(project: Project) -> dict[str, object]:
    """The version in force, the one being written, and how many clauses the newer of them has."""
    version = queries.current_guideline(db(), project.id)
    draft = queries.draft_guideline(db(), project.id)
    newest = draft or version
    count = len(queries.clauses(db(), newest.id)) if newest else 0
    return {"version": version, "draft": draft, "clause_count": count}


def _titles(project: Project) -> dict[str, object]:
    """What the codes of a project mean."""
    return {
        "work": WORK,
        "asks": policy.summary(policy.read_rules(project.rules)),
        "kind": TASK_TYPES[project.task_type],
        "field": SPECIALTIES[project.specialty],
        "tier": TIERS[project.tier],
        "language": LANGUAGES.get(project.language, project.language),
    }


def _figures(project: Project) -> Figures:
    budget = ledger.balance(db(), Kind.PROJECT_BUDGET, project.id)
    reserved = ledger.balance(db(), Kind.PROJECT_RESERVED, project.id)
    funded = queries.funded_minor(db(), project.id)
    wanted = queries.wanted_answers(db(), [project.id])[project.id]
    enough = policy.budget_words(budget, project, wanted)
    return Figures(budget, reserved, funded - budget - reserved, funded, enough)


def _budgets(projects: Sequence[Project]) -> dict[uuid.UUID, tuple[int, str]]:
    """What is in each budget, in minor units, and what it is enough for, in words."""
    found = ledger.balances(db(), [(Kind.PROJECT_BUDGET, project.id) for project in projects])
    wanted = queries.wanted_answers(db(), [project.id for project in projects])
    minor = {owner_id: budget for (_, owner_id), budget in found.items()}
    return {
        project.id: (minor[project.id], policy.budget_words(minor[project.id], project, wanted[project.id]))
        for project in projects
    }
