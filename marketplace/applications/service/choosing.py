"""A company answers applications by hand: an offer, or a reason.  Late, the system answers."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.choices import REASONS
from config.policy import WORK
from marketplace.applications import policy, queries
from marketplace.applications.events import ApplicationChosen, ApplicationNotChosen, ApplicationUnanswered
from marketplace.applications.models import Application, ApplicationState, Closed
from marketplace.audit import service as audit
from marketplace.companies.models import Member
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.events import publish
from marketplace.matching import service as matching
from marketplace.matching.policy import Eligibility
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project, ProjectState

_OPEN = {ProjectState.OPEN, ProjectState.PAUSED}


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the applications a company answered at once."""

    done: int
    unfit: int = 0  # a rule fails by now: closed with the tick list
    gone: int = 0  # answered by somebody else, taken back, or too late


def choose(session: Session, project: Project, ids: Collection[uuid.UUID], *, by: Member) -> Answers:
    """Offer the project to these applicants; whoever fails a rule by now is closed with the tick list.

    Those that wait no more are left alone and counted.  NotYours (403) for viewers and other companies,
    Conflict (409) once the project ends.
    """
    project, found, now = _waiting(session, project, ids, by)
    unfit = 0
    for application in found:
        judged = matching.eligibility(session, application.expert.user, application.expert, project)
        application.rules = judged.to_json()
        if _fails(judged):
            application.close(Closed.INELIGIBLE, now)
            unfit += 1
            continue
        offer(application, now)
        _record(session, "choose", application, by.user_id)
        publish(session, ApplicationChosen(**_named(application)))
    return Answers(len(found) - unfit, unfit, len(set(ids)) - len(found))


def refuse(
    session: Session, project: Project, ids: Collection[uuid.UUID], *, by: Member, code: str, sentence: str
) -> Answers:
    """Close these applications with a reason that each expert reads.

    Raises as `choose`, and Invalid (422) for a reason we do not know or a sentence that cannot be sent.
    """
    if code not in REASONS:
        raise Invalid("Choose a reason from the list.")
    if lacking := policy.sentence_lacks(sentence, at_most=WORK.choice_characters):
        raise Invalid(lacking)
    _, found, now = _waiting(session, project, ids, by)
    for application in found:
        application.reason_code, application.reason = code, sentence
        application.close(Closed.NOT_CHOSEN, now)
        _record(session, "not_choose", application, by.user_id, reason=code)
        publish(session, ApplicationNotChosen(**_named(application)))
    return Answers(len(found), gone=len(set(ids)) - len(found))


def offer(application: Application, now: datetime) -> None:
    """Put the offer out; it stands for some days."""
    application.move(ApplicationState.OFFERED)
    application.offer_ends_at = now + timedelta(days=WORK.offer_days)


def leave_unanswered(session: Session, application: Application) -> bool:
    """Close an application whose company did not answer in its days; True when it is closed now.

    The caller has locked it.  It counts on the company's card, and the expert may apply again at once.
    """
    now = clock.database_now(session)
    if not policy.is_unanswered(application, now):
        return False
    application.close(Closed.NO_ANSWER, now)
    _record(session, "leave_unanswered", application, None)
    publish(session, ApplicationUnanswered(**_named(application)))
    return True


def _waiting(
    session: Session, project: Project, ids: Collection[uuid.UUID], by: Member
) -> tuple[Project, Sequence[Application], datetime]:
    """The project, then those that wait, locked in this order: finishing a project locks in it too."""
    if by.company_id != project.company_id or not project_policy.may_publish(by):
        raise NotYours("Only an owner or a manager chooses. Ask one of yours.")
    project = projects.lock(session, project.id)
    if project.state not in _OPEN:
        raise Conflict("This project ends, and its applications are closed.")
    now = clock.database_now(session)
    return project, queries.lock_waiting(session, project.id, ids, now), now


def _fails(judged: Eligibility) -> bool:
    """Money comes and goes while an offer stands: the claim asks for it."""
    return any(result.rule != "funded" for result in judged.failed)


def _named(application: Application) -> dict[str, uuid.UUID]:
    return {"application_id": application.id, "project_id": application.project_id}


def _record(
    session: Session, action: str, application: Application, by: uuid.UUID | None, **detail: str
) -> None:
    audit.record(
        session,
        f"{'company' if by else 'system'}:application:{action}",
        actor_id=by,
        subject_type="application",
        subject_id=application.id,
        **detail,
    )
