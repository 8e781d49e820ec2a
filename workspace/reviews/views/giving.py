"""Where a company gives one person a bonus: who had to do with the project, then how much and what for."""

import uuid

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import MONEY
from marketplace.applications import service as applying
from marketplace.bonuses import policy as bonus_policy
from marketplace.bonuses import queries as bonuses
from marketplace.bonuses import service as promises
from marketplace.bonuses.errors import NotGiven
from marketplace.bonuses.policy import Gift
from marketplace.companies import policy as company_policy
from marketplace.experts.models import Expert
from marketplace.kit.access import open_to, role
from marketplace.kit.money import shown
from marketplace.kit.web import db, found, see_other
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import FUNDABLE, Project
from workspace.reviews import queries, service
from workspace.reviews.forms import GiveBonusForm
from workspace.reviews.views.door import gifts, me

MAY_NOT = "Your role in the company does not allow this. Ask an owner."


@gifts.get("")
@open_to(role("member"))
def people(project_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody who had to do with the project, by code."""
    project = _mine(project_id)
    page = queries.people_of(db(), project.id, mark=request.args.get("after"))
    return render_template(
        "workspace/reviews/bonus_people.html",
        project=project,
        page=page,
        cards=applying.public_cards(db(), page.rows, project),
        here=queries.approved_here(db(), project.id, [one.user_id for one in page.rows]),
        has_budget=bonus_policy.may_give(project),
        exported_as=lambda one: company_policy.pseudonym(project.company_id, one.user_id),
    )


@gifts.get("/<uuid:expert_id>")
@open_to(role("member"))
def new(project_id: uuid.UUID, expert_id: uuid.UUID) -> ResponseReturnValue:
    """The empty form."""
    project, expert = _theirs(project_id, expert_id)
    return _page(project, expert, GiveBonusForm(formdata=None))


@gifts.post("/<uuid:expert_id>")
@open_to(role("member"))
def give(project_id: uuid.UUID, expert_id: uuid.UUID) -> ResponseReturnValue:
    """Show what it costs; give it once exactly that was agreed to."""
    project, expert = _theirs(project_id, expert_id)
    form = GiveBonusForm()
    if not form.validate_on_submit():
        return _page(project, expert, form), 422
    gift = form.gift(expert.user_id)
    if form.agreed.data != str(gift.amount_minor) and not _refused(project, form, gift):
        return _page(project, expert, form, gift)
    try:
        service.give_bonus(db(), project, by=me(), gift=gift, form_key=form.form_key.data)
    except NotGiven as refusal:
        form.refuse(refusal.field, refusal.message)
        return _page(project, expert, form), refusal.status_code
    flash(f"Given: {shown(gift.amount_minor, project.currency)}. The expert reads your reason.", "ok")
    return see_other("bonuses.given", project_id=project.id)


def _mine(project_id: uuid.UUID) -> Project:
    """The project; 404 for other companies, 403 for whoever may not spend its budget."""
    member = found(projects.member_for(db(), g.visitor.user.id, project_id))
    if not project_policy.may_publish(member):
        raise NotYours(MAY_NOT)
    return found(projects.project(db(), project_id))


def _theirs(project_id: uuid.UUID, expert_id: uuid.UUID) -> tuple[Project, Expert]:
    """The project, and somebody who had to do with it; 404 for anybody else."""
    project = _mine(project_id)
    return project, found(queries.person_of(db(), project.id, expert_id))


def _refused(project: Project, form: GiveBonusForm, gift: Gift) -> bool:
    """Whether the verb would refuse it anyway: then it says so, instead of showing a cost first."""
    known = bonuses.given(db(), form.form_key.data) is not None
    return known or not bonus_policy.may_give(project) or bool(promises.gift_problems(db(), project, gift))


def _page(project: Project, expert: Expert, form: GiveBonusForm, gift: Gift | None = None) -> str:
    form.agreed.data = str(gift.amount_minor) if gift else ""
    member = found(projects.member_for(db(), g.visitor.user.id, project.id))
    return render_template(
        "workspace/reviews/give_bonus.html",
        project=project,
        expert=expert,
        form=form,
        gift=gift,
        budget_minor=ledger.balance(db(), Kind.PROJECT_BUDGET, project.id),
        has_budget=bonus_policy.may_give(project),
        takes_money=project.state in FUNDABLE and project_policy.may_fund(member),
        rules=MONEY,
    )
