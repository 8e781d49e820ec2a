"""What people are told about appeals.  Listeners: they write notices and nothing else."""

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity import queries as identity
from marketplace.identity.models import Role
from marketplace.kit.ids import code
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from workspace.reviews import policy, queries
from workspace.reviews.events import AppealAnswered, AppealAsked, AppealEnded, AppealOpened
from workspace.reviews.models import Appeal, AppealState, Outcome

RESULTS = {
    Outcome.WON: "Your appeal is decided for you: {pay}",
    Outcome.IN_PART: "Your appeal is decided for you in part: {pay}",
    Outcome.UPHELD: "Your appeal is decided: the rejection stands",
}


def tell_appeal_opened(session: Session, fact: AppealOpened) -> None:
    """Operations hear when the first one waits, not of each: the desk counts the others."""
    appeal = queries.appeal(session, fact.appeal_id)
    if appeal is None or queries.waiting_appeals(session) > 1:
        return
    for user in identity.users_with_role(session, Role.OPS):
        if user.id != fact.user_id:
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title="An appeal waits for a decision",
                body=f"Undecided after {WORK.appeal_decide_days} days it is decided for the expert.",
                path="/reviews/appeals",
                email=False,
            )


def tell_appeal_asked(session: Session, fact: AppealAsked) -> None:
    """The expert hears of a question, and until when it can be answered."""
    appeal = queries.appeal(session, fact.appeal_id)
    if appeal is None or appeal.answer_due_at is None:
        return
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="A question about your appeal",
        body=f"{_of(appeal)} Answer within {WORK.appeal_answer_days} days. "
        "Without an answer it is decided anyway.",
        path=f"/submissions/{appeal.submission_id}/appeal",
        email=Letter(due=appeal.answer_due_at),
    )


def tell_appeal_answered(session: Session, fact: AppealAnswered) -> None:
    """Whoever asked hears that there is an answer; by bell alone."""
    notifications.tell(
        session,
        fact.asked_by_id,
        kind=fact.name,
        title="Your question about an appeal was answered",
        body=f"It is yours for {WORK.appeal_lock_minutes} minutes.",
        path=f"/reviews/appeals/{fact.appeal_id}",
        email=False,
    )


def tell_appeal_ended(session: Session, fact: AppealEnded) -> None:
    """The expert and the first reviewer read how it was decided; nobody of one that was taken back."""
    appeal = queries.appeal(session, fact.appeal_id)
    if appeal is None or appeal.state is not AppealState.DECIDED or appeal.outcome is None:
        return
    claim = appeal.submission.assignment
    pay = shown(policy.appeal_pay(appeal.outcome, claim.price_minor, appeal.share), claim.project.currency)
    late = f"We did not decide in {WORK.appeal_decide_days} days, so it is decided for you. {pay} is yours."
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=RESULTS[appeal.outcome].format(pay=pay),
        body=f"{_of(appeal)} {appeal.reasons if appeal.decided_by else late}",
        path=f"/submissions/{appeal.submission_id}/appeal",
    )
    _tell_reviewer(session, appeal)


def _tell_reviewer(session: Session, appeal: Appeal) -> None:
    review = queries.rejecting_of(session, appeal.submission_id)
    if review is None or review.reviewer_id is None or appeal.decided_by is None:
        return
    upheld = appeal.outcome is Outcome.UPHELD
    notifications.tell(
        session,
        review.reviewer_id,
        kind="review.appealed",
        title="A rejection of yours was upheld" if upheld else "A rejection of yours was overturned",
        body=f"{_of(appeal)} {appeal.reasons} Your fee stays yours.",
        path="/reviews",
        email=not upheld,
    )


def _of(appeal: Appeal) -> str:
    return f"“{appeal.submission.assignment.project.title}”, {code('S', appeal.submission_id)}."
