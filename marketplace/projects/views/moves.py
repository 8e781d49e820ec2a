"""Sending, funding, pausing and ending a project."""

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from config.policy import WORK
from config.settings import Settings
from marketplace.companies import queries as companies
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, see_other, wired
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import policy, queries, service
from marketplace.projects.errors import WhileDisputed
from marketplace.projects.forms import FundForm, PauseForm
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.views.door import bp, has_tasks, mine, user


@bp.post("/<uuid:project_id>/publish")
@open_to(role("member"))
def publish(project_id: uuid.UUID) -> ResponseReturnValue:
    """Send a draft: to ops, or straight to funding."""
    project, _ = mine(project_id, policy.may_publish)
    check = wired(Settings).project_check
    service.submit(db(), project, by=user(), check=check, has_tasks=has_tasks(project))
    checked = project.state is ProjectState.IN_CHECK
    flash("Sent. We look at it before it opens; add funds in the meantime." if checked else "Sent.", "ok")
    return see_other("projects.show", project_id=project.id)


@bp.get("/<uuid:project_id>/fund")
@open_to(role("member"))
def fund(project_id: uuid.UUID) -> ResponseReturnValue:
    """How much to move into the budget."""
    project, _ = mine(project_id, policy.may_fund)
    wallet = ledger.balance(db(), Kind.COMPANY_WALLET, project.company_id)
    start = min(wallet, project.unit_minor * WORK.pilot_tasks * project.overlap)
    return _fund_page(project, FundForm(formdata=None, data={"amount": start or None}))


@bp.post("/<uuid:project_id>/fund")
@open_to(role("member"))
def add_funds(project_id: uuid.UUID) -> ResponseReturnValue:
    """Move money from the wallet into the budget."""
    project, _ = mine(project_id, policy.may_fund)
    form = FundForm()
    if form.validate_on_submit() and _covered(project, form):
        amount = int(form.amount.data)
        try:
            service.fund(db(), project, by=user(), amount_minor=amount, form_key=form.form_key.data)
        except WhileDisputed as refusal:
            form.amount.errors = [refusal.message]
            return _fund_page(project, form), refusal.status_code
        flash("The budget is funded.", "ok")
        return see_other("projects.show", project_id=project.id)
    return _fund_page(project, form), 422


@bp.get("/<uuid:project_id>/pause")
@open_to(role("member"))
def pause(project_id: uuid.UUID) -> ResponseReturnValue:
    """Why it is paused."""
    project, _ = mine(project_id, policy.may_publish)
    return render_template("marketplace/projects/pause.html", project=project, form=PauseForm(formdata=None))


@bp.post("/<uuid:project_id>/pause")
@open_to(role("member"))
def put_on_pause(project_id: uuid.UUID) -> ResponseReturnValue:
    """Give out no new tasks."""
    project, _ = mine(project_id, policy.may_publish)
    form = PauseForm()
    if not form.validate_on_submit():
        return render_template("marketplace/projects/pause.html", project=project, form=form), 422
    service.pause(db(), project, by=user(), reason=str(form.reason.data))
    return see_other("projects.show", project_id=project.id)


@bp.post("/<uuid:project_id>/resume")
@open_to(role("member"))
def resume(project_id: uuid.UUID) -> ResponseReturnValue:
    """Give out tasks again."""
    project, _ = mine(project_id, policy.may_publish)
    service.resume(db(), project, by=user())
    flash("Open again.", "ok")
    return see_other("projects.show", project_id=project.id)


@bp.post("/<uuid:project_id>/finish")
@open_to(role("member"))
def finish(project_id: uuid.UUID) -> ResponseReturnValue:
    """Give out no tasks any more."""
    project, _ = mine(project_id, policy.may_publish)
    service.finish(db(), project, by=user())
    flash("No new tasks are given out. What is under way is still reviewed and paid.", "ok")
    return see_other("projects.show", project_id=project.id)


@bp.post("/<uuid:project_id>/extend")
@open_to(role("member"))
def extend(project_id: uuid.UUID) -> ResponseReturnValue:
    """Move the end date."""
    project, _ = mine(project_id, policy.may_publish)
    service.extend(db(), project, by=user())
    flash("The end date is moved.", "ok")
    return see_other("projects.show", project_id=project.id)


@bp.post("/<uuid:project_id>/discard")
@open_to(role("member"))
def discard(project_id: uuid.UUID) -> ResponseReturnValue:
    """Give up a project that never opened."""
    project, _ = mine(project_id, policy.may_publish)
    service.discard(db(), project, by=user())
    flash("Discarded. Its budget is back in your wallet.", "ok")
    return see_other("projects.index")


def _covered(project: Project, form: FundForm) -> bool:
    if queries.funding(db(), form.form_key.data) is not None:
        return True  # sent a second time: the money has moved already
    wallet = ledger.balance(db(), Kind.COMPANY_WALLET, project.company_id)
    if int(form.amount.data) <= wallet:
        return True
    form.amount.errors = ["Your wallet holds less than that. Enter a smaller amount or add funds first."]
    return False


def _fund_page(project: Project, form: FundForm) -> str:
    budget = ledger.balance(db(), Kind.PROJECT_BUDGET, project.id)
    wanted = queries.wanted_answers(db(), [project.id])[project.id]
    return render_template(
        "marketplace/projects/fund.html",
        project=project,
        form=form,
        wallet_minor=ledger.balance(db(), Kind.COMPANY_WALLET, project.company_id),
        uncovered_minor=companies.uncovered(db(), project.company_id),
        budget_minor=budget,
        now_words=policy.budget_words(budget, project, wanted),
        after_words=policy.budget_words(budget + (form.amount.data or 0), project, wanted),
    )
