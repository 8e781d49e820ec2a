"""A screening from its offer to the moment it is handed in; the workspace marks it."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.applications import policy, queries
from marketplace.applications.models import (
    Application,
    ApplicationState,
    Closed,
    Screening,
    ScreeningState,
    ScreeningVersion,
)
from marketplace.applications.service import screening_money as money
from marketplace.audit import service as audit
from marketplace.experts.models import Expert
from marketplace.kit import clock, ids
from marketplace.kit.errors import Conflict, NotFound
from marketplace.projects.events import ProjectFinished
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation

OVER = "The days to start this screening are over. You can apply again."


def asked_version(session: Session, project: Project) -> ScreeningVersion | None:
    """The screening a project asks for as candidates get it now; None: none."""
    plan_id = reputation.required_plan(session, project.id)
    return queries.current_version(session, plan_id) if plan_id else None


def chooser_of(session: Session, project: Project) -> policy.Chooser:
    """What gives somebody who meets every rule of this project its offer."""
    return policy.chooser(
        by_hand=project.by_hand, is_screened=reputation.required_plan(session, project.id) is not None
    )


def needed_version(session: Session, expert: Expert, project: Project) -> ScreeningVersion | None:
    """What somebody who meets the rule `screening` has to take before an offer; None: nothing, or passed."""
    version = asked_version(session, project)
    now = clock.database_now(session)
    if version is None or reputation.valid_pass(session, expert.user_id, version.plan_id, now) is not None:
        return None
    return version


def offer_screening(
    session: Session, application: Application, version: ScreeningVersion, *, expert: Expert, project: Project
) -> Screening:
    """Put a paid screening between an application and its offer, the money for it reserved.

    ScreeningNotNow (409) when the budget does not cover it.
    """
    graded = any(not item.is_keyed for item in queries.items(session, version.id))
    costs = policy.screening_costs(version.pay_minor, is_graded=graded)
    screening = Screening(
        application=application,
        version=version,
        project=project,
        expert=expert,
        user_id=expert.user_id,
        pay_minor=costs.pay_minor,
        fee_minor=costs.fee_minor,
        review_fee_minor=costs.review_fee_minor,
        currency=version.currency,
        display_seed=ids.seed(),
        due_at=clock.database_now(session) + policy.OFFER,
    )
    screening.project_id = project.id
    money.reserve(session, screening)
    application.move(ApplicationState.IN_SCREENING)
    session.add(screening)
    session.flush()  # its id is named by what is written about it
    _record(session, "offer", screening, pay_minor=screening.pay_minor)
    return screening


def start_screening(session: Session, screening: Screening, *, expert: Expert) -> Screening:
    """Let the clock of the time limit run; once, whoever presses twice.

    Conflict (409) when the days of the offer are over, or it ended.
    """
    locked = _own(session, screening.id, expert)
    if locked.state is ScreeningState.STARTED:
        return locked
    now = clock.database_now(session)
    if policy.is_due(locked, now):
        raise Conflict(OVER)
    locked.move(ScreeningState.STARTED)
    locked.started_at = now
    locked.due_at = now + timedelta(minutes=locked.version.limit_minutes) + policy.GRACE
    _record(session, "start", locked, by=expert.user_id, version=locked.version.number)
    return locked


def decline_screening(session: Session, screening: Screening, *, expert: Expert) -> None:
    """Say no to a screening that was not started; its money goes back, a new application stays possible."""
    locked = _own(session, screening.id, expert)
    _give_back(session, locked, Closed.SCREENING_DECLINED)
    _record(session, "decline", locked, by=expert.user_id)


def release_untouched(session: Session, application: Application, why: Closed) -> None:
    """The application ends: a screening nobody started is released, one under way is graded and paid."""
    found = queries.screening_for(session, application.id)
    locked = queries.lock_screening(session, found.id) if found else None
    if locked is not None and locked.state is ScreeningState.OFFERED:
        _give_back(session, locked, why)


def lapse_screening(session: Session, screening: Screening) -> bool:
    """Release an offered screening whose days are over; True when it is released now."""
    locked = queries.lock_screening(session, screening.id)
    if locked is None or locked.state is not ScreeningState.OFFERED:
        return False
    if not policy.is_due(locked, clock.database_now(session)):
        return False
    _give_back(session, locked, Closed.SCREENING_LAPSED)
    _record(session, "lapse", locked)
    return True


def release_offered(session: Session, fact: ProjectFinished) -> None:
    """A project finishes: screenings nobody started are released; the others are graded and paid."""
    offered = queries.offered_on(session, fact.project_id)
    money.release(session, offered)
    for screening in offered:
        _end_untouched(session, screening, Closed.PROJECT_ENDED)


def hand_in(session: Session, screening: Screening, *, by_deadline: bool) -> None:
    """The answers are fixed from now on: a locked, started screening waits for its marks."""
    now = clock.database_now(session)
    screening.move(ScreeningState.GRADING)
    screening.handed_in_at, screening.by_deadline = now, by_deadline
    screening.due_at = now + policy.GRADE
    _record(session, "hand_in", screening, by=None if by_deadline else screening.user_id)


def _give_back(session: Session, screening: Screening, why: Closed) -> None:
    _end_untouched(session, screening, why)  # the state refuses first: no money moves for one under way
    money.release(session, [screening])


def _end_untouched(session: Session, screening: Screening, why: Closed) -> None:
    screening.move(ScreeningState.RELEASED)
    screening.end_reason = why.value
    now = clock.database_now(session)
    screening.due_at, screening.ended_at = None, now
    application = queries.lock_application(session, screening.application_id)
    if application is not None and application.state is ApplicationState.IN_SCREENING:
        application.close(why, now)


def _own(session: Session, screening_id: uuid.UUID, expert: Expert) -> Screening:
    found = queries.lock_screening(session, screening_id)
    if found is None or found.expert_id != expert.id:
        raise NotFound("That page does not exist, or it is not yours.")
    return found


def _record(
    session: Session, action: str, screening: Screening, *, by: uuid.UUID | None = None, **detail: int
) -> None:
    audit.record(
        session,
        f"{'expert' if by else 'system'}:screening:{action}",
        actor_id=by,
        subject_type="screening",
        subject_id=screening.id,
        **detail,
    )
