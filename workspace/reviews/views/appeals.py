"""An expert's appeal against a rejection: open it, answer a question, take it back, read the decision."""

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.errors import Refusal
from marketplace.kit.web import db, found, see_other, settled
from marketplace.projects import queries as projects
from workspace.reviews import policy, queries, service
from workspace.reviews.forms import AnswerForm, AppealForm
from workspace.reviews.models import Appeal
from workspace.reviews.views.context import drawn_work
from workspace.reviews.views.door import appeals as bp
from workspace.reviews.views.door import cover, me
from workspace.reviews.views.keeping import beside, tried
from workspace.submissions import queries as submissions
from workspace.submissions.models import Submission, SubmissionState

EXPERT = role("expert")


@bp.get("/<uuid:submission_id>/appeal")
@open_to(EXPERT)
def show(submission_id: uuid.UUID) -> ResponseReturnValue:
    """The reviewer's reason beside the form, or the appeal and how it stands."""
    submission = _mine(submission_id)
    if _is_over(submission):
        return settled(lambda session: service.reject_for_good(session, submission_id), "appeals.show",
                       submission_id=submission_id)  # fmt: skip
    return cover(submission.assignment.project, title="Your appeal") or _page(submission)


@bp.post("/<uuid:submission_id>/appeal")
@open_to(EXPERT)
def send(submission_id: uuid.UUID) -> ResponseReturnValue:
    """Ask somebody else to look at it."""
    submission, form = _mine(submission_id), AppealForm()
    if not form.validate_on_submit():
        return _page(submission, form), 422
    statement = form.statement.data or ""
    refused = tried(lambda: service.open_appeal(db(), submission_id, by=me(), statement=statement))
    if refused is not None:
        return _page(_mine(submission_id), form, refused=refused), refused.status_code
    flash(f"Your appeal is open. It is decided within {WORK.appeal_decide_days} days, or for you.", "ok")
    return see_other("appeals.show", submission_id=submission_id)


@bp.post("/<uuid:submission_id>/appeal/withdraw")
@open_to(EXPERT)
def withdraw(submission_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back: the rejection is final."""
    _mine(submission_id)
    service.withdraw_appeal(db(), submission_id, by=me())
    flash("You took your appeal back. The rejection is final.")
    return see_other("submissions.show", submission_id=submission_id)


@bp.post("/<uuid:submission_id>/appeal/answer")
@open_to(EXPERT)
def answer(submission_id: uuid.UUID) -> ResponseReturnValue:
    """Answer the question of whoever decides."""
    submission, form = _mine(submission_id), AnswerForm()
    if not form.validate_on_submit():
        return _page(submission, answering=form), 422
    text = form.text.data or ""
    refused = tried(lambda: service.answer_question(db(), submission_id, by=me(), text=text))
    if refused is not None:
        return _page(_mine(submission_id), answering=form, refused=refused), refused.status_code
    flash("Your answer is sent.", "ok")
    return see_other("appeals.show", submission_id=submission_id)


def _mine(submission_id: uuid.UUID) -> Submission:
    return found(submissions.submission_of(db(), me().id, submission_id))


def _is_over(submission: Submission) -> bool:
    """Its days have passed and the worker has not come yet."""
    due = submission.due_at
    is_rejected = submission.state is SubmissionState.REJECTED
    return is_rejected and due is not None and due <= clock.database_now(db())


def _page(
    submission: Submission,
    form: AppealForm | None = None,
    *,
    answering: AnswerForm | None = None,
    refused: Refusal | None = None,
) -> str:
    """`form` or `answering` is what was sent, `refused` why it was not taken."""
    appeal = queries.appeal_of(db(), submission.id)
    assignment, now = submission.assignment, clock.database_now(db())
    can_appeal = appeal is None and submission.state is SubmissionState.REJECTED and not _is_over(submission)
    asks = appeal is not None and policy.asks(appeal, now)
    is_asked = can_appeal if form is not None else asks
    return render_template(
        "workspace/reviews/my_appeal.html",
        submission=submission,
        assignment=assignment,
        project=assignment.project,
        appeal=appeal,
        review=queries.rejecting_of(db(), submission.id),
        clauses=projects.clauses(db(), assignment.guideline_id),
        form=form or AppealForm(formdata=None),
        answering=answering or AnswerForm(formdata=None),
        kept=beside(form or answering, refused, is_asked=is_asked),
        asks=asks,
        can_withdraw=appeal is not None and _can_withdraw(appeal),
        can_appeal=can_appeal,
        reasons=policy.REASONS,
        causes=policy.CAUSES,
        rules=WORK,
        **drawn_work(submission),
    )


def _can_withdraw(appeal: Appeal) -> bool:
    now = clock.database_now(db())
    return policy.waits(appeal) and not policy.in_hand(appeal, now) and not policy.asks(appeal, now)
