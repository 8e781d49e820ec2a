"""Reviewers grade what keys cannot: served, never chosen; without names; paid whatever they find."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import Screening, ScreeningItem, ScreeningState
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid
from marketplace.kit.money import BASIS
from marketplace.projects.policy import review_fee
from workspace.screenings import policy, queries
from workspace.screenings.errors import NotInHand
from workspace.screenings.models import ScreeningDraw, ScreeningGrading, ScreeningMark, ScreeningStepAside
from workspace.screenings.policy import Verdict
from workspace.screenings.service import payments
from workspace.screenings.service.taking import conclude

LOCK = timedelta(hours=WORK.review_lock_maximum_hours)
GONE = "This screening went back to the queue. Open the next one."


def open_next(session: Session, *, reviewer: User) -> uuid.UUID | None:
    """The screening in this person's hands, or the next one for four hours; None: queue clear."""
    now = clock.database_now(session)
    if (held := queries.draw_of(session, reviewer.id, now)) is not None:
        return held
    drawn = queries.next_for(session, reviewer.id, now)
    if drawn is None:
        return None
    queries.drop_old_draws(session, reviewer.id, drawn, now)
    if not insert_once(session, ScreeningDraw, screening_id=drawn, user_id=reviewer.id, until=now + LOCK):
        return None  # somebody else was served it a moment ago
    return drawn


def to_grade(session: Session, screening: Screening) -> list[ScreeningItem]:
    """The items a reviewer has to mark."""
    marked = queries.marks_of(session, screening.id)
    return [item for item in screenings.items(session, screening.version_id) if item.id not in marked]


def grade(
    session: Session, screening: Screening, *, reviewer: User, marks: Mapping[uuid.UUID, Verdict]
) -> bool:
    """Mark every item that waits, decide the screening and pay both; True: passed.

    NotInHand (403) when it went back, Invalid (422) when a mark or its sentence is missing.
    """
    locked = _in_hand(session, screening, reviewer)
    items = to_grade(session, locked)
    if lacking := policy.grading_problems(marks, [item.id for item in items]):
        raise Invalid(next(iter(lacking.values())))
    for item in items:
        verdict = marks[item.id]
        session.add(
            ScreeningMark(
                screening_id=locked.id,
                item_id=item.id,
                is_met=verdict.is_met,
                score_bps=BASIS if verdict.is_met else 0,
                sentence=verdict.sentence.strip(),
                by_id=reviewer.id,
            )
        )
    _note(session, locked, reviewer, no_effort=False, note="")
    session.flush()
    return conclude(session, locked)


def find_no_effort(session: Session, screening: Screening, *, reviewer: User, note: str) -> bool:
    """Say that there is no effort in it (INT-2); True: a second person has agreed, and it is refused.

    NotInHand (403) when it went back, Invalid (422) for too short a note.
    """
    if problem := policy.no_effort_problem(note):
        raise Invalid(problem)
    locked = _in_hand(session, screening, reviewer)
    grading = _note(session, locked, reviewer, no_effort=True, note=note.strip())
    session.flush()
    payments.pay_grading(session, locked, grading)
    queries.drop_draw(session, locked.id)
    if grading.number == 1:
        return False
    marks = queries.marks_of(session, locked.id).values()
    of = len(screenings.items(session, locked.version_id))
    applications.refuse_screening(session, locked, met=sum(mark.is_met for mark in marks), of=of)
    return True


def step_aside(session: Session, screening: Screening, *, reviewer: User, reason: str) -> None:
    """Give a screening back: somebody else grades it, and it does not come to this person again."""
    if reason not in policy.STEP_ASIDE:
        raise Invalid("Choose why you step aside.")
    locked = _in_hand(session, screening, reviewer)
    insert_once(session, ScreeningStepAside, screening_id=locked.id, user_id=reviewer.id, reason=reason)
    queries.drop_draw(session, locked.id)
    _record(session, "step_aside", locked, reviewer)


def _in_hand(session: Session, screening: Screening, reviewer: User) -> Screening:
    locked = screenings.lock_screening(session, screening.id)
    if locked is None or locked.state is not ScreeningState.GRADING or locked.user_id == reviewer.id:
        raise NotInHand(GONE)
    if not queries.has_draw(session, reviewer.id, locked.id):
        raise NotInHand(GONE)
    return locked


def _note(
    session: Session, screening: Screening, reviewer: User, *, no_effort: bool, note: str
) -> ScreeningGrading:
    now: datetime = clock.database_now(session)
    grading = ScreeningGrading(
        screening=screening,
        by_id=reviewer.id,
        number=len(queries.gradings_of(session, screening.id)) + 1,
        no_effort=no_effort,
        note=note,
        fee_minor=review_fee(screening.pay_minor),
        at=now,
    )
    session.add(grading)
    _record(session, "no_effort" if no_effort else "grade", screening, reviewer)
    return grading


def _record(session: Session, action: str, screening: Screening, reviewer: User) -> None:
    audit.record(
        session,
        f"reviewer:screening:{action}",
        actor_id=reviewer.id,
        subject_type="screening",
        subject_id=screening.id,
    )
