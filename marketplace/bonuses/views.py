"""A company's bonuses on one project: what it promised, and what it gave."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.bonuses import policy, queries, service
from marketplace.bonuses.errors import NotPromised
from marketplace.bonuses.forms import BonusForm, ExtendForm, end_of
from marketplace.bonuses.models import BonusRule
from marketplace.bonuses.policy import Promise
from marketplace.companies.models import Member
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project, ProjectState

bp = Blueprint("bonuses", __name__, url_prefix="/company/projects/<uuid:project_id>/bonuses")
MAY_NOT = "Your role in the company does not allow this. Ask an owner."


@bp.get("")
@open_to(role("member"))
def index(project_id: uuid.UUID) -> ResponseReturnValue:
    """What was promised on the project, newest first, and how far it is."""
    project, member = _mine(project_id)
    now = clock.database_now(db())
    page = queries.of_project(db(), project.id, mark=request.args.get("after"))
    may = project_policy.may_publish(member)
    return render_template(
        "marketplace/bonuses/index.html",
        project=project,
        page=page,
        may_promise=may and project.state is ProjectState.OPEN,
        extendable={rule.id for rule in page.rows if may and policy.may_extend(rule, now)},
        ended={rule.id for rule in page.rows if now >= rule.ends_at},
        places_words=policy.places_words,
    )


@bp.get("/given")
@open_to(role("member"))
def given(project_id: uuid.UUID) -> ResponseReturnValue:
    """What was given to single people, newest first, with its sums."""
    project, member = _mine(project_id)
    return render_template(
        "marketplace/bonuses/given.html",
        project=project,
        page=queries.given_of(db(), project.id, mark=request.args.get("after")),
        sums=queries.given_sums(db(), project.id),
        may_give=project_policy.may_publish(member) and policy.may_give(project),
    )


@bp.get("/new")
@open_to(role("member"))
def new(project_id: uuid.UUID) -> ResponseReturnValue:
    """The empty form."""
    project, _ = _mine(project_id, project_policy.may_publish)
    return _form_page(project, BonusForm(formdata=None))


@bp.post("/new")
@open_to(role("member"))
def promise(project_id: uuid.UUID) -> ResponseReturnValue:
    """Show what it costs at most; promise it once exactly that was agreed to."""
    project, _ = _mine(project_id, project_policy.may_publish)
    form = BonusForm()
    if not form.validate_on_submit():
        return _form_page(project, form), 422
    wanted = form.promise()
    if form.agreed.data != wanted.terms and not _refused(project, form, wanted):
        return _form_page(project, form, wanted)
    try:
        service.publish_bonus(db(), project, by=g.visitor.user, promise=wanted, form_key=form.form_key.data)
    except NotPromised as refusal:
        form.refuse(refusal.field, refusal.message)
        return _form_page(project, form), refusal.status_code
    flash("Promised. Everybody who works on the project is told.", "ok")
    return see_other("bonuses.index", project_id=project.id)


@bp.get("/<uuid:rule_id>/extend")
@open_to(role("member"))
def longer(project_id: uuid.UUID, rule_id: uuid.UUID) -> ResponseReturnValue:
    """The end as it is, to be moved."""
    project, _ = _mine(project_id, project_policy.may_publish)
    rule = found(queries.rule_of(db(), project.id, rule_id))
    return _extend_page(rule, ExtendForm(formdata=None, data=ExtendForm.values_of(rule)))


@bp.post("/<uuid:rule_id>/extend")
@open_to(role("member"))
def extend(project_id: uuid.UUID, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Let it end later."""
    project, _ = _mine(project_id, project_policy.may_publish)
    rule = found(queries.rule_of(db(), project.id, rule_id))
    form = ExtendForm()
    if not form.validate_on_submit():
        return _extend_page(rule, form), 422
    try:
        service.extend(db(), rule, by=g.visitor.user, ends_at=end_of(form))
    except NotPromised as refusal:
        form.refuse(refusal.field, refusal.message)
        return _extend_page(rule, form), refusal.status_code
    flash("It ends later now. Everybody who works on the project is told.", "ok")
    return see_other("bonuses.index", project_id=project.id)


def _mine(project_id: uuid.UUID, may: Callable[[Member], bool] | None = None) -> tuple[Project, Member]:
    """The project and the visitor's membership; 404 for others, 403 when `may` says no."""
    member = found(projects.member_for(db(), g.visitor.user.id, project_id))
    if may is not None and not may(member):
        raise NotYours(MAY_NOT)
    return found(projects.project(db(), project_id)), member


def _refused(project: Project, form: BonusForm, wanted: Promise) -> bool:
    """Whether the verb would refuse it anyway: then it says so, instead of showing a cost first."""
    known = queries.rule(db(), form.form_key.data) is not None
    return known or project.state is not ProjectState.OPEN or any(_problems(project, wanted))


def _problems(project: Project, wanted: Promise) -> list[tuple[str, str]]:
    found_ones = policy.problems(
        wanted,
        project,
        budget_minor=ledger.balance(db(), Kind.PROJECT_BUDGET, project.id),
        open_count=len(queries.open_ids(db(), project.id)),
        now=clock.database_now(db()),
    )
    return list(found_ones)


def _form_page(project: Project, form: BonusForm, wanted: Promise | None = None) -> str:
    form.agreed.data = wanted.terms if wanted else ""
    return render_template(
        "marketplace/bonuses/form.html",
        project=project,
        form=form,
        wanted=wanted,
        until=policy.moment(wanted.ends_at) if wanted else "",
        budget_minor=ledger.balance(db(), Kind.PROJECT_BUDGET, project.id),
        is_open=project.state is ProjectState.OPEN,
        rules=MONEY,
    )


def _extend_page(rule: BonusRule, form: ExtendForm) -> str:
    return render_template(
        "marketplace/bonuses/extend.html",
        rule=rule,
        project=rule.project,
        form=form,
        until=policy.moment(rule.ends_at),
    )
