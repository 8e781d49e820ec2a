"""What experts ask about a project, and the company's answers."""

import uuid

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.projects import policy, queries, service
from marketplace.projects.errors import NotYours
from marketplace.projects.forms import AnswerForm
from marketplace.projects.models import GuidelineQuestion, Project
from marketplace.projects.views.door import MAY_NOT, bp, mine, user

Tabs = list[tuple[str, str, bool, int | None]]


@bp.get("/<uuid:project_id>/questions")
@open_to(role("member"))
def questions(project_id: uuid.UUID) -> ResponseReturnValue:
    """Open questions, or answered ones."""
    project, member = mine(project_id)
    answered = request.args.get("show") == "answered"
    return render_template(
        "marketplace/projects/questions.html",
        project=project,
        answered=answered,
        may_answer=policy.may_edit(member),
        page=queries.questions_of(db(), project.id, answered=answered, mark=request.args.get("after")),
        tab_items=_tabs(project, answered=answered),
    )


@bp.get("/questions/<uuid:question_id>")
@open_to(role("member"))
def question(question_id: uuid.UUID) -> ResponseReturnValue:
    """One question, to be answered."""
    asked = found(queries.question_seen(db(), user().id, question_id))
    return _page(asked, AnswerForm())


@bp.post("/questions/<uuid:question_id>")
@open_to(role("member"))
def answer(question_id: uuid.UUID) -> ResponseReturnValue:
    """Answer it once, for all experts of the project."""
    asked, member = found(queries.question_for(db(), user().id, question_id))
    if not policy.may_edit(member):
        raise NotYours(MAY_NOT)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(asked, form), 422
    service.answer(db(), asked, by=user(), text=form.answer.data or "")
    flash("Answered. Whoever asked is told, and all experts of the project can read it.", "ok")
    return see_other("projects.questions", project_id=asked.project_id)


def _page(asked: GuidelineQuestion, form: AnswerForm) -> str:
    return render_template(
        "marketplace/projects/question.html", project=asked.project, question=asked, form=form
    )


def _tabs(project: Project, *, answered: bool) -> Tabs:
    here = url_for("projects.questions", project_id=project.id)
    there = url_for("projects.questions", project_id=project.id, show="answered")
    return [
        ("Open", here, not answered, queries.open_questions(db(), project.id)),
        ("Answered", there, answered, None),
    ]
