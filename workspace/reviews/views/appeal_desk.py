"""Where appeals are decided: the one that is drawn, a question, the decision."""

import uuid

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.identity.service import Visitor
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Forbidden, NotFound, Refusal
from marketplace.kit.web import db, found, see_other
from marketplace.projects import queries as projects
from workspace.reviews import policy, queries, service
from workspace.reviews.forms import AskForm, RulingForm, StepAsideForm
from workspace.reviews.models import Appeal
from workspace.reviews.views.context import drawn_work, expert_code
from workspace.reviews.views.door import cover, desk, me
from workspace.reviews.views.keeping import beside, keeping, tried

JUDGE = role("ops", "admin", "reviewer")
NOT_YET = (
    f"Appeals are decided by operations and by reviewers with {WORK.senior_verdicts} verdicts, few of whose "
    "rejections were found wrong."
)
NOT_YOURS = "This appeal is not in your hands: its time with you ran out, or it never was. Take the next one."


def judge() -> User:
    """Whoever is signed in, when they may decide appeals; Forbidden (403) for other reviewers."""
    visitor: Visitor = g.visitor
    user = me()
    if not service.may_judge(db(), user, visitor.roles):
        raise Forbidden(NOT_YET)
    return user


@desk.get("")
@open_to(JUDGE)
def index() -> ResponseReturnValue:
    """What waits, and what this person decided."""
    now = clock.database_now(db())
    count, first_due_at = queries.appeals_for(db(), judge().id, now)
    return render_template(
        "workspace/reviews/appeals.html",
        count=count,
        first_due_at=first_due_at,
        asked=queries.asked_by(db(), judge().id),
        in_hand=queries.held_appeal(db(), judge().id, now),
        given=queries.appeals_decided_by(db(), judge().id, request.args.get("after")),
        rules=WORK,
    )


@desk.post("/next")
@open_to(JUDGE)
def next_one() -> ResponseReturnValue:
    """Open the one the clock decides first."""
    appeal = service.draw_appeal(db(), judge=judge())
    if appeal is None:
        flash("No appeal waits for you now.")
        return see_other("appeal_desk.index")
    return see_other("appeal_desk.show", appeal_id=appeal.id)


@desk.get("/<uuid:appeal_id>")
@open_to(JUDGE)
def show(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """The answer, the first review and the expert's case, side by side."""
    appeal = _mine(appeal_id)
    aside = url_for("appeal_desk.leave", appeal_id=appeal_id)
    return cover(appeal.submission.assignment.project, title="An appeal", aside=aside) or _page(appeal)


@desk.post("/<uuid:appeal_id>/ask")
@open_to(JUDGE)
@keeping(AskForm)
def ask(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the expert one question."""
    appeal, form = _mine(appeal_id), AskForm()
    if not form.validate_on_submit():
        return _page(appeal, asking=form), 422
    text = form.text.data or ""
    refused = tried(lambda: service.ask_expert(db(), appeal_id, judge=me(), text=text))
    if refused is not None:
        return _page(_mine(appeal_id), asking=form, refused=refused), refused.status_code
    flash("Asked. You hear when the expert answers.", "ok")
    return see_other("appeal_desk.index")


@desk.post("/<uuid:appeal_id>/step-aside")
@open_to(JUDGE)
@keeping(StepAsideForm)
def leave(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Give it back with a reason."""
    appeal, form = _mine(appeal_id), StepAsideForm()
    if not form.validate_on_submit():
        return _page(appeal, aside=form), 422
    reason = form.reason.data
    refused = tried(lambda: service.leave_appeal(db(), appeal_id, judge=me(), reason=reason))
    if refused is not None:
        return _page(_mine(appeal_id), aside=form, refused=refused), refused.status_code
    flash("Somebody else decides it.")
    return see_other("appeal_desk.index")


@desk.post("/<uuid:appeal_id>/decide")
@open_to(JUDGE)
@keeping(RulingForm)
def decide(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Uphold, overturn, or overturn in part."""
    appeal = _mine(appeal_id)
    form = RulingForm().offer(projects.clauses(db(), appeal.submission.assignment.guideline_id))
    if not form.complete():
        return _page(appeal, form), 422
    refused = tried(lambda: service.decide_appeal(db(), appeal_id, form.ruling, judge=me()))
    if refused is not None:
        return _page(_mine(appeal_id), form, refused=refused), refused.status_code
    flash("Decided. The expert and the first reviewer are told.", "ok")
    return see_other("appeal_desk.index")


def _mine(appeal_id: uuid.UUID) -> Appeal:
    return found(queries.appeal_in_hand(db(), judge().id, appeal_id), NotFound(NOT_YOURS))


def _page(
    appeal: Appeal,
    form: RulingForm | None = None,
    *,
    asking: AskForm | None = None,
    aside: StepAsideForm | None = None,
    refused: Refusal | None = None,
) -> str:
    """One of the forms is what was sent, `refused` why it was not taken."""
    assignment, now = appeal.submission.assignment, clock.database_now(db())
    is_mine = policy.in_hand(appeal, now) and appeal.due_at > now
    sent = form or asking or aside
    is_asked = is_mine and not (sent is asking and appeal.question)
    clauses = projects.clauses(db(), assignment.guideline_id)
    return render_template(
        "workspace/reviews/appeal.html",
        appeal=appeal,
        submission=appeal.submission,
        assignment=assignment,
        project=assignment.project,
        verdicts=queries.decided_of(db(), appeal.submission_id),
        clauses=clauses,
        form=form or RulingForm(formdata=None).offer(clauses),
        asking=asking or AskForm(formdata=None),
        aside=aside or StepAsideForm(formdata=None),
        is_mine=is_mine,
        kept=beside(sent, refused, is_asked=is_asked),
        fee_minor=assignment.review_fee_minor,
        expert_code=expert_code(assignment),
        reasons=policy.REASONS,
        causes=policy.CAUSES,
        rules=WORK,
        **drawn_work(appeal.submission),
    )
