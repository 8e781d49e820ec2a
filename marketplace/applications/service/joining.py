"""Apply, accept, decline, withdraw."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from config.terms import TERMS_VERSION
from marketplace.applications import policy, queries
from marketplace.applications.errors import AlreadyEngaged, GuidelineChanged, OfferOver
from marketplace.applications.events import EngagementStarted
from marketplace.applications.models import (
    LIVE,
    Application,
    ApplicationState,
    Closed,
    Engagement,
    EngagementState,
    ProjectInvitation,
)
from marketplace.applications.policy import Chooser, Step
from marketplace.applications.service import choosing, inviting, screenings
from marketplace.applications.service.qualifying import SCREENING
from marketplace.applications.service.records import record, record_move, record_received
from marketplace.applications.service.rules import RETRY
from marketplace.experts.models import Expert
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.events import publish
from marketplace.matching import service as matching
from marketplace.matching.policy import Eligibility
from marketplace.projects import queries as projects
from marketplace.projects.events import ProjectFinished
from marketplace.projects.models import GuidelineVersion, Project, ProjectState


@dataclass(frozen=True, slots=True)
class JobStanding:
    """How one expert stands with one job: the ticks, what was agreed, and the one thing to do next."""

    eligibility: Eligibility
    engagement: Engagement | None
    application: Application | None
    step: Step
    invitation: ProjectInvitation | None = None


def standing(
    session: Session, *, user: User, expert: Expert, project: Project, version: GuidelineVersion | None
) -> JobStanding:
    """Everything the page of a job says to a signed-in expert; writes nothing."""
    judged = matching.eligibility(session, user, expert, project, (RETRY, SCREENING))
    engagement = queries.engagement(session, expert.id, project.id)
    application = queries.newest_application(session, expert.id, project.id)
    step = policy.next_step(
        project,
        engagement=engagement,
        version=version,
        offered=policy.has_live_offer(application, clock.database_now(session)),
        screened=application is not None and application.state is ApplicationState.IN_SCREENING,
        sent=policy.is_waiting(application, clock.database_now(session)),
        eligibility=judged,
    )
    invitation = queries.invitation_to(session, expert.id, project.id, clock.database_now(session))
    return JobStanding(judged, engagement, application, step, invitation)


def apply(session: Session, *, expert: Expert, project: Project) -> Application:
    """Ask to join a project; the rules judge at once: a screening, an offer, or closed with the tick list.

    Where the company chooses by hand and asks for no screening, whoever meets the rules waits for its answer;
    an invitation that stands is its answer.
    A live application, and one closed by the very same rules, are found again instead of written twice.
    Raises AlreadyEngaged (409) when there is nothing left to apply for, ScreeningNotNow (409) when the job
    asks for a screening that this person cannot be offered now.
    """
    project = projects.lock(session, project.id)  # nobody is left waiting at a project that finishes now
    _refuse_engaged(queries.engagement(session, expert.id, project.id))
    if project.state is not ProjectState.OPEN:
        raise Conflict("This job takes no applications at the moment.")
    invitation = queries.invitation_to(
        session, expert.id, project.id, clock.database_now(session), locked=True
    )
    live = queries.live_application(session, expert.id, project.id)
    if live is not None and not lapse_if_due(session, live):
        return _go_on(session, live, invitation)
    user = _user(session, expert)
    judged = matching.eligibility(session, user, expert, project, (RETRY, SCREENING))
    last = queries.newest_application(session, expert.id, project.id)
    if last is not None and last.closed_reason == Closed.INELIGIBLE.value and last.rules == judged.to_json():
        return last
    screening = screenings.needed_version(session, expert, project) if judged.eligible else None
    application = _receive(session, expert, project, judged)
    if screening is not None:
        screenings.offer_screening(session, application, screening, expert=expert, project=project)
    else:
        _lead_on(session, application, project, judged, invited=invitation is not None)
    _take_up(session, application, invitation)
    record_received(session, application, by=user.id)
    return application


def accept(
    session: Session, application: Application, *, expert: Expert, version_id: uuid.UUID, signature: str
) -> Engagement:
    """Take the offer: the terms are signed with `signature`, the guideline version is acknowledged.

    Raises OfferOver (409) when there is no live offer or the job is not open, GuidelineChanged (409) when
    `version_id` is not the current version any more.
    """
    project = projects.lock(session, application.project_id)  # first, as when it finishes
    application = _own(session, application, expert)
    now = clock.database_now(session)
    if not policy.has_live_offer(application, now) or project.state is not ProjectState.OPEN:
        raise OfferOver("There is no offer to accept here any more. Look at the job again.")
    version = projects.current_guideline(session, project.id)
    if version is None or version.id != version_id:
        raise GuidelineChanged("The guideline has a new version. Read it, then accept again.")
    application.move(ApplicationState.ENGAGED)
    engagement = _begin(session, expert, project, version, signature)
    record(session, "accept", engagement, expert, guideline=version.number, terms=TERMS_VERSION)
    publish(
        session,
        EngagementStarted(engagement_id=engagement.id, project_id=project.id, user_id=expert.user_id),
    )
    return engagement


def decline(session: Session, application: Application, *, expert: Expert) -> None:
    """Say no to an offer; a new application stays possible."""
    application = _own(session, application, expert)
    if application.state is not ApplicationState.OFFERED:
        raise OfferOver("There is no offer to decline here any more.")
    application.close(Closed.DECLINED, clock.database_now(session))
    record_move(session, "decline", application, by=expert.user_id)


def withdraw(session: Session, application: Application, *, expert: Expert) -> None:
    """Take an undecided application back."""
    application = _own(session, application, expert)
    if application.state not in LIVE:
        raise OfferOver("This application is closed already.")
    screenings.release_untouched(session, application, Closed.WITHDRAWN)
    if application.state in LIVE:
        application.close(Closed.WITHDRAWN, clock.database_now(session))
    record_move(session, "withdraw", application, by=expert.user_id)


def lapse_if_due(session: Session, application: Application) -> bool:
    """Close what nobody answered in time: an offer, of work or of a screening, or an application.

    True when it is closed now.
    """
    if application.state is ApplicationState.IN_SCREENING:
        found = queries.screening_for(session, application.id)
        return found is not None and screenings.lapse_screening(session, found)
    if not _is_over(session, application):
        return False
    queries.lock_application(session, application.id)  # an answer under way comes first
    return _lapse(session, application)


def lapse_due(session: Session, payload: Mapping[str, Any]) -> None:
    """Close every offer nobody accepted and every application nobody answered in its days."""
    now = clock.database_now(session)
    for application in (*queries.offers_due(session, now), *queries.unanswered(session, now)):
        _lapse(session, application)
    inviting.lapse_invitations(session, now)


def end_applications(session: Session, fact: ProjectFinished) -> None:
    """A project finishes: open invitations and undecided applications close, locked in this order."""
    inviting.end_invitations(session, fact.project_id)
    for application in queries.live_on(session, fact.project_id):
        application.close(Closed.PROJECT_ENDED, clock.database_now(session))
        record_move(session, "end", application)


def _is_over(session: Session, application: Application) -> bool:
    now = clock.database_now(session)
    return policy.offer_is_over(application, now) or policy.is_unanswered(application, now)


def _lapse(session: Session, application: Application) -> bool:
    now = clock.database_now(session)
    if policy.offer_is_over(application, now):
        application.close(Closed.LAPSED, now)
        record_move(session, "lapse", application)
        return True
    return choosing.leave_unanswered(session, application)


def _receive(session: Session, expert: Expert, project: Project, judged: Eligibility) -> Application:
    application_id = ids.new_id()
    insert_once(
        session,
        Application,
        id=application_id,
        expert_id=expert.id,
        project_id=project.id,
        rules=judged.to_json(),
    )
    application = queries.for_expert(session, expert.id, application_id)
    if application is None:  # the same expert applied in another window a moment ago
        raise Conflict("You have just applied. Load the page again.")
    return application


def _go_on(session: Session, live: Application, invitation: ProjectInvitation | None) -> Application:
    """An application that waits is answered by an invitation that came after it."""
    locked = queries.lock_application(session, live.id)
    now = clock.database_now(session)
    if locked is not None and invitation is not None and policy.is_waiting(locked, now):
        choosing.offer(locked, now)
        inviting.take_up(invitation, now)
        record_move(session, "offer_invited", locked)
    return live


def _take_up(session: Session, application: Application, invitation: ProjectInvitation | None) -> None:
    """A rule that is not met leaves the invitation open: what is missing can be fixed."""
    if invitation is not None and application.state is not ApplicationState.CLOSED:
        inviting.take_up(invitation, clock.database_now(session))


def _lead_on(
    session: Session, application: Application, project: Project, judged: Eligibility, *, invited: bool
) -> None:
    """No screening is left to take: an offer, the company's choice, or closed with the tick list.

    Where a screening is asked for, a pass is the choice, now or before: equal people are treated alike.
    """
    now = clock.database_now(session)
    if not judged.eligible:
        application.close(Closed.INELIGIBLE, now)
    elif not invited and screenings.chooser_of(session, project) is Chooser.HAND:
        application.answer_by = now + timedelta(days=WORK.answer_days)
    else:
        choosing.offer(application, now)


def _refuse_engaged(engagement: Engagement | None) -> None:
    if engagement is None or engagement.state is EngagementState.ENDED:
        return
    if engagement.state is EngagementState.ACTIVE:
        raise AlreadyEngaged("You can work on this project already.")
    raise AlreadyEngaged("You cannot apply to this project.")


def _own(session: Session, application: Application, expert: Expert) -> Application:
    found = queries.for_expert(session, expert.id, application.id, locked=True)
    if found is None:
        raise NotFound("That page does not exist, or it is not yours.")
    return found


def _user(session: Session, expert: Expert) -> User:
    user = identity.user(session, expert.user_id)
    if user is None:
        raise NotFound("That person does not exist.")
    return user


def _begin(
    session: Session, expert: Expert, project: Project, version: GuidelineVersion, signature: str
) -> Engagement:
    now = clock.database_now(session)
    engagement = queries.lock_engagement(session, expert.id, project.id)
    if engagement is None:
        engagement = Engagement(
            expert=expert,
            project=project,
            acknowledged=version,
            signed_at=now,
            signed_name=signature,
            terms_version=TERMS_VERSION,
        )
        session.add(engagement)
        return engagement
    engagement.move(EngagementState.ACTIVE)
    engagement.acknowledged, engagement.signed_at = version, now
    engagement.signed_name, engagement.terms_version = signature, TERMS_VERSION
    return engagement
