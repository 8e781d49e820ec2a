"""A company's page about the people of a project: who waits for its answer, and what became of others."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.applications import policy, queries, service
from marketplace.applications.forms import AnswerForm, OfferForm
from marketplace.applications.models import Application
from marketplace.companies.models import Member
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Conflict
from marketplace.kit.pages import Page
from marketplace.kit.web import db, found, see_other
from marketplace.matching import service as matching
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project

bp = Blueprint("applicants", __name__, url_prefix="/company/projects/<uuid:project_id>/people")
GONE = "Nobody of these waits any more: they were answered a moment ago, took it back, or the days are over."


@bp.get("")
@open_to(role("member"))
def index(project_id: uuid.UUID) -> ResponseReturnValue:
    """Who waits for an answer, the longest first."""
    return _page(*mine(project_id), AnswerForm(formdata=None))


@bp.get("/answered")
@open_to(role("member"))
def answered(project_id: uuid.UUID) -> ResponseReturnValue:
    """What became of the others, newest first."""
    project, member = mine(project_id)
    now, mark = clock.database_now(db()), request.args.get("after")
    page = queries.answered(db(), project.id, now, mark=mark)
    return _show(project, member, page, tab="answered")


@bp.post("/offer")
@open_to(role("member"))
def offer(project_id: uuid.UUID) -> ResponseReturnValue:
    """Offer the project to one applicant or to those who are ticked."""
    (project, member), form = mine(project_id), OfferForm()
    if not form.validate_on_submit():
        again = AnswerForm(formdata=None)
        again.chosen.errors = form.chosen.errors
        return _page(project, member, again), 422
    done = service.choose(db(), project, form.chosen.data or [], by=member)
    return _said(project, done, "Offered. They have your offer now.", "Offered to {} people.")


@bp.post("/refuse")
@open_to(role("member"))
def refuse(project_id: uuid.UUID) -> ResponseReturnValue:
    """Close the ticked applications with a reason."""
    (project, member), form = mine(project_id), AnswerForm()
    if not form.validate_on_submit():
        return _page(project, member, form), 422
    done = service.refuse(
        db(),
        project,
        form.chosen.data or [],
        by=member,
        code=str(form.code.data),
        sentence=str(form.sentence.data),
    )
    return _said(project, done, "Not chosen. They read your reason.", "{} people read your reason.")


def mine(project_id: uuid.UUID) -> tuple[Project, Member]:
    """The project and the visitor's membership, or NotFound (404)."""
    member = found(projects.member_for(db(), g.visitor.user.id, project_id))
    return found(projects.project(db(), project_id)), member


def _said(project: Project, done: service.Answers, one: str, several: str) -> ResponseReturnValue:
    if not done.done and not done.unfit:
        raise Conflict(GONE)
    if done.done:
        flash(one if done.done == 1 else several.format(done.done), "ok")
    if done.unfit:
        flash(f"{done.unfit} no longer meet your rules: closed, with what they miss.", "info")
    if done.gone:
        flash(f"{done.gone} did not wait any more.", "info")
    return see_other("applicants.index", project_id=project.id)


def _page(project: Project, member: Member, form: AnswerForm) -> str:
    now, mark = clock.database_now(db()), request.args.get("after")
    page = queries.waiting(db(), project.id, now, mark=mark)
    return _show(project, member, page, tab="waiting", form=form, ticked=set(form.chosen.data or []))


def _show(project: Project, member: Member, page: Page[Application], **more: Any) -> str:
    people = [application.expert for application in page.rows]
    now = clock.database_now(db())
    return render_template(
        "marketplace/applications/applicants.html",
        project=project,
        page=page,
        cards=service.public_cards(db(), people, project),
        waiting=queries.waiting_count(db(), project.id, now),
        may_answer=project_policy.may_publish(member),
        fit=matching.fit_sentence(db(), project_policy.plan_of(project), project.company_id),
        asks=project_policy.summary(project_policy.read_rules(project.rules)),
        why=policy.why_not_chosen,
        is_unanswered=lambda one: policy.is_unanswered(one, now),
        work=WORK,
        **more,
    )
