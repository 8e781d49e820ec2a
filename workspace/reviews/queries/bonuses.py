"""How far people are with promised bonuses, what still waits for its decision, and who may be given one."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, literal, or_, select, union
from sqlalchemy.orm import Session

from marketplace.applications.models import Application, Engagement, Screening
from marketplace.bonuses.models import BonusPayment, BonusRule, BonusState
from marketplace.experts.models import Expert
from marketplace.identity.models import User, UserState
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.payouts.models import Earning, EarningState
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions.models import GOOD, Submission, SubmissionState

LINES = 10  # promises of one project that a page shows
S = SubmissionState
_COUNTED = GOOD | {S.EXCLUDED_PAID}  # paid and not used is no fault of whoever wrote it
_DECIDED = _COUNTED | {S.UNDONE, S.FINAL_REJECTED}


def met(session: Session, rule: BonusRule) -> Sequence[Row[uuid.UUID, datetime]]:
    """(user_id, when) of those whose answers are enough and who have no place yet, the first one first."""
    number = func.row_number().over(
        partition_by=Submission.user_id, order_by=(Submission.decided_at, Submission.id)
    )
    counted = (
        select(Submission.user_id, Submission.decided_at, Submission.id, number.label("number"))
        .where(*_counts(rule.project_id, rule.starts_at, rule.ends_at))
        .subquery()
    )
    has_place = exists().where(BonusPayment.rule_id == rule.id, BonusPayment.user_id == counted.c.user_id)
    return session.execute(
        select(counted.c.user_id, counted.c.decided_at)
        .where(counted.c.number == rule.answers, ~has_place)
        .order_by(counted.c.decided_at, counted.c.id)
        .limit(rule.left)
    ).all()


def counted_for(session: Session, rule: BonusRule, user_id: uuid.UUID) -> int:
    """How many answers of this person count towards the promise."""
    statement = select(func.count(Submission.id)).where(
        Submission.user_id == user_id, *_counts(rule.project_id, rule.starts_at, rule.ends_at)
    )
    return int(session.scalar(statement) or 0)


def waits_for_decision(session: Session, rule: BonusRule, now: datetime) -> bool:
    """Whether an answer handed in before the end is not decided for good, or questioned once more; or,
    before the end, whether somebody holds a task whose answer would still count.
    """
    in_time = (
        Submission.project_id == rule.project_id,
        Submission.submitted_at >= rule.starts_at,
        Submission.submitted_at < rule.ends_at,
    )
    open_ones = or_(Submission.state.not_in(_DECIDED), Submission.id.in_(_questioned(rule.project_id)))
    if session.scalar(select(exists().where(*in_time, open_ones))):
        return True
    live = Assignment.state.in_([AssignmentState.ACTIVE, AssignmentState.HELD])
    at_work = exists().where(Assignment.project_id == rule.project_id, live)
    return now < rule.ends_at and bool(session.scalar(select(at_work)))


def bonus_lines(
    session: Session, project_id: uuid.UUID, user_id: uuid.UUID | None, now: datetime
) -> Sequence[Row[BonusRule, int, bool]]:
    """(promise, answers of this person that count, they were paid) of a project: those that are not over, and
    those whose places are taken until their end; the nearest end first, at most ten.
    """
    mine = _number(user_id) if user_id else literal(0)
    paid = exists().where(BonusPayment.rule_id == BonusRule.id, BonusPayment.user_id == user_id)
    return session.execute(
        select(BonusRule, mine, paid if user_id else false())
        .where(
            BonusRule.project_id == project_id,
            or_(BonusRule.state == BonusState.OPEN, BonusRule.ends_at > now),
        )
        .order_by(BonusRule.ends_at, BonusRule.id)
        .limit(LINES)
    ).all()


def had_contact(session: Session, project_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Whether this person, who is still here, ever had a place, a screening or a task on the project."""
    return bool(session.scalar(select(people(project_id).where(Expert.user_id == user_id).exists())))


def people_of(session: Session, project_id: uuid.UUID, *, mark: str | None) -> Page[Expert]:
    """Everybody who ever had, by key, the newest experts first."""
    return pages.page(session, people(project_id), [Expert.id], mark=mark, key_of=lambda row: (row.id,))


def person_of(session: Session, project_id: uuid.UUID, expert_id: uuid.UUID) -> Expert | None:
    """One of them; None for anybody else."""
    return session.scalar(people(project_id).where(Expert.id == expert_id))


def approved_here(
    session: Session, project_id: uuid.UUID, user_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many answers of these people were approved on the project; those without any are left out."""
    rows = session.execute(
        select(Submission.user_id, func.count())
        .where(
            Submission.project_id == project_id,
            Submission.user_id.in_(user_ids),
            Submission.state.in_(_COUNTED),
        )
        .group_by(Submission.user_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def people(project_id: uuid.UUID) -> Select[Expert]:
    """Had to do with the project, and has not left the house since: what nobody takes is not given.

    Their ids are put together once, from the project's side: it has few people, the house has many.
    """
    of_screenings = select(Application.expert_id).join(Screening, Screening.application_id == Application.id)
    had_to_do = union(
        select(Engagement.expert_id).where(Engagement.project_id == project_id),
        select(Assignment.expert_id).where(Assignment.project_id == project_id),
        of_screenings.where(Application.project_id == project_id),
    )
    return (
        select(Expert)
        .join(User, User.id == Expert.user_id)
        .where(User.state != UserState.CLOSED, Expert.id.in_(had_to_do))
    )


def _number(user_id: uuid.UUID) -> Any:
    return (
        select(func.count(Submission.id))
        .where(
            Submission.user_id == user_id,
            *_counts(BonusRule.project_id, BonusRule.starts_at, BonusRule.ends_at),
        )
        .correlate(BonusRule)
        .scalar_subquery()
    )


def _counts(project_id: Any, starts_at: Any, ends_at: Any) -> tuple[ColumnElement[bool], ...]:
    """Approved, handed in within the time, and not questioned or taken back for fraud."""
    return (
        Submission.project_id == project_id,
        Submission.state.in_(_COUNTED),
        Submission.submitted_at >= starts_at,
        Submission.submitted_at < ends_at,
        Submission.id.not_in(_questioned(project_id, or_gone=True)),
    )


def _questioned(project_id: Any, *, or_gone: bool = False) -> Select[uuid.UUID]:
    """Answers whose pay waits because of suspected fraud (`or_gone`: or was taken back)."""
    waits = and_(Earning.state == EarningState.PENDING, Earning.case_id.is_not(None))
    return (
        select(Earning.ref_id)
        .where(
            Earning.project_id == project_id,
            Earning.ref_type == "submission",
            or_(waits, Earning.state == EarningState.REVERSED) if or_gone else waits,
        )
        .correlate(BonusRule)  # of the statement around it, also two levels up
    )
