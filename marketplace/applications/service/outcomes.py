"""How a screening ends: passed, failed, refused; what the application, the score and the person get of it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.fields import SPECIALTIES
from config.policy import WORK
from marketplace.applications import policy, queries
from marketplace.applications.events import RefusalEnded, ScreeningDecided, ScreeningRefused
from marketplace.applications.models import (
    ApplicationState,
    Certificate,
    Closed,
    Screening,
    ScreeningState,
)
from marketplace.audit import service as audit
from marketplace.kit import clock, ids
from marketplace.kit.events import publish
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from marketplace.reputation import queries as scores
from marketplace.reputation import service as reputation


def decide_screening(session: Session, screening: Screening, *, met: int, of: int, shown: str) -> bool:
    """End a locked screening in `grading` by how many items were met; True: passed.

    Its pay is posted by the caller in the same transaction.  `shown` says on a certificate what was passed.
    """
    now = clock.database_now(session)
    passed = policy.has_passed(met, of, screening.version.pass_mark_bps)
    screening.move(ScreeningState.PASSED if passed else ScreeningState.FAILED)
    _end(screening, now, score_bps=policy.score_bps(met, of))
    _write_score(session, screening, now)
    _join(session, screening, now)
    if passed:
        _certify(session, screening, shown, now)
    _record(session, "pass" if passed else "fail", screening)
    session.flush()
    publish(
        session,
        ScreeningDecided(
            screening_id=screening.id,
            project_id=screening.project_id,
            user_id=screening.user_id,
            passed=int(passed),
        ),
    )
    return passed


def refuse_screening(session: Session, screening: Screening, *, met: int, of: int) -> None:
    """Two reviewers found no effort: the pay stays reserved for seven days, or until an appeal is decided."""
    now = clock.database_now(session)
    screening.move(ScreeningState.REFUSED)
    screening.score_bps, screening.end_reason = policy.score_bps(met, of), "INT-2"
    screening.due_at = now + policy.APPEAL
    _write_score(session, screening, now)
    _join(session, screening, now)
    _record(session, "refuse", screening)
    publish(
        session,
        ScreeningRefused(
            screening_id=screening.id, project_id=screening.project_id, user_id=screening.user_id
        ),
    )


def end_refused(session: Session, screening: Screening, *, paid: bool) -> None:
    """A refusal is over: not passed and paid after all, or unpaid.  The caller posts the money."""
    screening.move(ScreeningState.FAILED if paid else ScreeningState.UNPAID)
    _end(screening, clock.database_now(session), score_bps=screening.score_bps or 0)
    _record(session, "pay_refused" if paid else "leave_unpaid", screening)
    publish(
        session,
        RefusalEnded(
            screening_id=screening.id,
            project_id=screening.project_id,
            user_id=screening.user_id,
            paid=int(paid),
        ),
    )


def tell_screening(session: Session, fact: ScreeningDecided) -> None:
    """The expert hears how it ended, that it is paid, and what comes next."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Screening passed" if fact.passed else "Screening not passed",
        body="It is paid. Read the feedback, then accept your offer."
        if fact.passed
        else "It is paid all the same. Read the feedback, and see when you may try again.",
        path=f"/screenings/{fact.screening_id}",
    )


def tell_refused(session: Session, fact: ScreeningRefused) -> None:
    """The expert hears of a refusal and of the days to appeal."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Your screening was refused",
        body=f"Two reviewers found no effort in it. You have {WORK.appeal_days} days to appeal; until then "
        "its pay stays reserved.",
        path=f"/screenings/{fact.screening_id}",
        email=Letter(due=clock.database_now(session) + timedelta(days=WORK.appeal_days)),
    )


def tell_refusal_ended(session: Session, fact: RefusalEnded) -> None:
    """The expert hears what became of a refused screening."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Your appeal was decided for you" if fact.paid else "Your screening stays unpaid",
        body="The screening is paid." if fact.paid else "The refusal stands. Its money went back.",
        path=f"/screenings/{fact.screening_id}",
    )


def _end(screening: Screening, now: datetime, *, score_bps: int) -> None:
    screening.score_bps = score_bps
    screening.due_at, screening.ended_at = None, now


def _write_score(session: Session, screening: Screening, now: datetime) -> None:
    version, passed = screening.version, screening.state is ScreeningState.PASSED
    misses = 0 if passed else 1 + scores.misses_in_a_row(session, screening.user_id, version.plan_id)
    reputation.record_score(
        session,
        screening.user_id,
        plan_id=version.plan_id,
        screening_id=screening.id,
        specialty=specialty_of(screening),
        score_bps=screening.score_bps or 0,
        taken_at=now,
        valid_until=policy.months_after(now, version.valid_months) if passed else None,
        retry_at=None if passed else policy.retry_at(version, misses=misses, now=now),
    )


def _join(session: Session, screening: Screening, now: datetime) -> None:
    """The application goes on, unless it was withdrawn or its project is ending."""
    application = queries.lock_application(session, screening.application_id)
    if application is None or application.state is not ApplicationState.IN_SCREENING:
        return
    if screening.state is ScreeningState.PASSED:
        application.move(ApplicationState.OFFERED)
        application.offer_ends_at = now + timedelta(days=WORK.offer_days)
    else:
        application.close(Closed.NOT_PASSED, now)


def _certify(session: Session, screening: Screening, shown: str, now: datetime) -> None:
    plan, specialty = screening.version.plan, specialty_of(screening)
    session.add(
        Certificate(
            code=ids.token(),
            screening=screening,
            user_id=screening.user_id,
            holder=f"Expert {ids.code('E', screening.expert_id)}",
            title=screening.project.title if plan.specialty is None else SPECIALTIES[specialty].title,
            shown=shown,
            specialty=specialty,
            issued_at=now,
            valid_until=policy.months_after(now, screening.version.valid_months),
        )
    )


def specialty_of(screening: Screening) -> str:
    """The field a screening is about."""
    return screening.version.plan.specialty or screening.project.specialty


def _record(session: Session, action: str, screening: Screening) -> None:
    audit.record(
        session,
        f"system:screening:{action}",
        actor_id=None,
        subject_type="screening",
        subject_id=screening.id,
        score_bps=screening.score_bps or 0,
    )
