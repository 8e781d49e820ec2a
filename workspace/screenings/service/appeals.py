"""Appeals against refused screenings: decided by somebody without a part in it, or late, for the expert."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import Screening, ScreeningState
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid, NotFound
from marketplace.projects.policy import review_fee
from workspace.screenings import policy, queries
from workspace.screenings.errors import AppealOver
from workspace.screenings.models import AppealState, ScreeningAppeal
from workspace.screenings.service import payments

DECIDE = timedelta(days=WORK.screening_decide_days)
OVER = "There is nothing to appeal here any more."
LATE = "Nobody decided it in time, so it was decided for the expert."


def appeal(session: Session, screening: Screening, *, user: User, statement: str) -> ScreeningAppeal:
    """Ask another person to look at a refusal; within seven days, once.

    Invalid (422) for an empty or too long statement, AppealOver (409) when it cannot be appealed any more.
    """
    if problem := policy.statement_problem(statement):
        raise Invalid(problem)
    locked = screenings.lock_screening(session, screening.id)
    if locked is None or locked.user_id != user.id:
        raise NotFound("That page does not exist, or it is not yours.")
    now = clock.database_now(session)
    there = queries.appeal_of(session, locked.id)
    if locked.state is not ScreeningState.REFUSED or rules.is_due(locked, now) or there is not None:
        raise AppealOver(OVER)
    opened = ScreeningAppeal(screening=locked, statement=statement.strip())
    session.add(opened)
    locked.due_at = now + DECIDE
    session.flush()  # what is written about it names it
    _record(session, "expert:screening:appeal", opened, user)
    return opened


def withdraw_appeal(session: Session, screening: Screening, *, user: User) -> None:
    """Take an open appeal back: the refusal stands, and its money goes back."""
    locked, opened = _open(session, screening)
    if locked.user_id != user.id:
        raise NotFound("That page does not exist, or it is not yours.")
    opened.move(AppealState.WITHDRAWN)
    opened.decided_at = clock.database_now(session)
    applications.end_refused(session, locked, paid=False)
    payments.give_back(session, locked)


def decide_appeal(session: Session, opened: ScreeningAppeal, *, by: User, won: bool, reasons: str) -> None:
    """Decide an open appeal with reasons; whoever decides had no part in it, which the getter sees to.

    Invalid (422) for too few words, AppealOver (409) when it is decided already.
    """
    if problem := policy.no_effort_problem(reasons):
        raise Invalid(problem.replace("what shows no effort", "why you decide so"))
    locked, opened = _open(session, opened.screening)
    if queries.appeal_for(session, by.id, opened.id, clock.database_now(session)) is None:
        raise NotFound("That page does not exist, or it is not yours.")
    opened.move(AppealState.DECIDED)
    opened.is_won, opened.reasons, opened.decided_by_id = won, reasons.strip(), by.id
    opened.decided_at, opened.fee_minor = clock.database_now(session), review_fee(locked.pay_minor)
    _record(session, "staff:screening:decide_appeal", opened, by)
    session.flush()
    _end(session, locked, opened, won=won)


def end_refusal(session: Session, screening: Screening) -> None:
    """The clock decides a locked refusal: for the expert when an appeal waits, else it is unpaid."""
    waiting = queries.appeal_of(session, screening.id)
    if waiting is None or waiting.state is not AppealState.OPEN:
        applications.end_refused(session, screening, paid=False)
        payments.give_back(session, screening)
        return
    waiting.move(AppealState.DECIDED)
    waiting.is_won, waiting.reasons = True, LATE
    waiting.decided_at = clock.database_now(session)
    _end(session, screening, waiting, won=True)


def _end(session: Session, screening: Screening, decided: ScreeningAppeal, *, won: bool) -> None:
    applications.end_refused(session, screening, paid=won)
    if won:
        payments.pay_after_all(session, screening, decided)
    else:
        payments.give_back(session, screening, decided)


def _open(session: Session, screening: Screening) -> tuple[Screening, ScreeningAppeal]:
    locked = screenings.lock_screening(session, screening.id)
    found = queries.appeal_of(session, screening.id)
    if locked is None or found is None or found.state is not AppealState.OPEN:
        raise AppealOver(OVER)
    return locked, found


def _record(session: Session, tag: str, opened: ScreeningAppeal, by: User) -> None:
    audit.record(session, tag, actor_id=by.id, subject_type="screening", subject_id=opened.screening_id)
