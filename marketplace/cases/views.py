"""An expert reads what is said about pay of theirs, and answers."""

import uuid

from flask import Blueprint, flash, g, render_template
from flask.typing import ResponseReturnValue

from marketplace.cases import queries, service
from marketplace.cases.forms import AnswerForm
from marketplace.cases.models import Proposal
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other

bp = Blueprint("cases", __name__, url_prefix="/earnings/questions")
PAID = role("expert", "reviewer")


@bp.get("/<uuid:proposal_id>")
@open_to(PAID)
def question(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """The evidence, until when to answer, and what becomes of the pay."""
    return _page(_mine(proposal_id), AnswerForm(formdata=None))


@bp.post("/<uuid:proposal_id>")
@open_to(PAID)
def answer(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Answer, once."""
    proposal, form = _mine(proposal_id), AnswerForm()
    if not form.validate_on_submit():
        return _page(proposal, form), 422
    service.answer(db(), proposal_id, by=g.visitor.user, said=form.said.data or "")
    flash("Thank you. Somebody who did not ask reads it before anything is decided.", "ok")
    return see_other("cases.question", proposal_id=proposal_id)


def _mine(proposal_id: uuid.UUID) -> Proposal:
    return found(queries.question_for(db(), g.visitor.user.id, proposal_id))


def _page(proposal: Proposal, form: AnswerForm) -> str:
    return render_template("marketplace/cases/question.html", proposal=proposal, form=form)
