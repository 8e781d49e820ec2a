"""What experts and companies are told about applications.  Listeners: they write notices and nothing else."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import policy, queries
from marketplace.applications.events import (
    ApplicationChosen,
    ApplicationNotChosen,
    ApplicationReceived,
    ApplicationUnanswered,
    ExpertInvited,
)
from marketplace.applications.models import Application
from marketplace.kit import clock
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from marketplace.projects import queries as projects

_Answer = ApplicationChosen | ApplicationNotChosen | ApplicationUnanswered


def tell_company(session: Session, fact: ApplicationReceived) -> None:
    """The company hears of the first applicant who waits; while it has not answered, others make no noise."""
    application = queries.application(session, fact.application_id)
    now = clock.database_now(session)
    if application is None or not policy.is_waiting(application, now):
        return
    if queries.waiting_count(session, fact.project_id, now) > 1:
        return
    project = application.project
    for user_id in projects.member_user_ids(session, project.company_id):
        notifications.tell(
            session,
            user_id,
            kind="applicant_waiting",
            title=f"An expert waits for your answer on “{project.title}”",
            body=f"Answer within {WORK.answer_days} days; after that it counts as no answer on your card.",
            path=f"/company/projects/{project.id}/people",
        )


def tell_chosen(session: Session, fact: ApplicationChosen) -> None:
    """The expert hears of the offer."""
    body = f"Read rate, guideline and terms, and accept within {WORK.offer_days} days."
    _tell(session, fact, "{company} offers you “{job}”", lambda _: body)


def tell_not_chosen(session: Session, fact: ApplicationNotChosen) -> None:
    """The expert hears why, and when they may apply again."""

    def body(application: Application) -> str:
        tries = queries.failed_tries(session, application.expert_id, [application.project_id])
        again = policy.may_try_again(*tries.get(application.project_id, (0, None)))
        when = (
            f"You can apply again on {again.day} {again:%B %Y}." if again else "This was your last try here."
        )
        return f"{policy.why_not_chosen(application)} {when}"

    _tell(session, fact, "{company} chose others for “{job}”", body)


def tell_unanswered(session: Session, fact: ApplicationUnanswered) -> None:
    """The expert hears that nobody answered, and that nothing keeps them from applying again."""
    body = f"It had {WORK.answer_days} days. You can apply again at once, and it is counted on its card."
    _tell(session, fact, "{company} did not answer you about “{job}”", lambda _: body)


def tell_invited(session: Session, fact: ExpertInvited) -> None:
    """The expert hears who asks them, for what, and in which words."""
    invitation = queries.project_invitation(session, fact.invitation_id)
    if invitation is None:
        return
    project = invitation.project
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{project.company.name} invites you to “{project.title}”",
        body=f"{invitation.note} Accept or decline within {WORK.project_invitation_days} days.",
        path=f"/jobs/{project.slug}",
        email=Letter(due=invitation.ends_at),
    )


def _tell(session: Session, fact: _Answer, title: str, body: Callable[[Application], str]) -> None:
    """The expert's notice about their application; nothing when it is gone."""
    application = queries.application(session, fact.application_id)
    if application is None:
        return
    project = application.project
    notifications.tell(
        session,
        application.expert.user_id,
        kind=fact.name,
        title=title.format(company=project.company.name, job=project.title),
        body=body(application),
        path=f"/applications/{application.id}",
        email=Letter(due=application.offer_ends_at),
    )
