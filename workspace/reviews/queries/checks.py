"""What `ledger verify` asks of this room."""

from typing import Any

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import Kind, LedgerAccount, LedgerTransaction
from workspace.queue.models import Assignment, AssignmentState
from workspace.reviews.models import Review, ReviewState
from workspace.submissions.models import GOOD, WAITING, Submission, SubmissionState

_ENDED = (ReviewState.DECIDED, ReviewState.CONFIRMED, ReviewState.OVERTURNED)


def broken(session: Session) -> list[str]:
    """I7 and I8 of docs/money.md: reserved money against live claims, approved work against its pay."""
    return [*_reserved_differs(session), *_unpaid(session), *_reviews_unpaid(session)]


def _reserved_differs(session: Session) -> list[str]:
    """What a project has reserved must be what its live claims and undecided submissions hold."""
    live, submitted = [AssignmentState.ACTIVE, AssignmentState.HELD], AssignmentState.SUBMITTED
    undecided = [*WAITING, SubmissionState.IN_REVIEW, SubmissionState.CHANGES_REQUESTED]
    pay, unit = Assignment.price_minor + Assignment.fee_minor, _unit()
    holds = case(
        (Assignment.state.in_(live), unit),
        (and_(Assignment.state == submitted, Submission.state.in_(undecided)), unit),
        (and_(Assignment.state == submitted, Submission.state == SubmissionState.REJECTED), pay),
        else_=0,
    )
    joined = and_(Submission.assignment_id == Assignment.id, Submission.state != SubmissionState.UNDONE)
    held = (
        select(Assignment.project_id, func.sum(holds).label("amount"))
        .outerjoin(Submission, joined)
        .group_by(Assignment.project_id)
        .subquery()
    )
    reserved = LedgerAccount.credits_minor - LedgerAccount.debits_minor
    rows = session.execute(
        select(LedgerAccount.owner_id, reserved, func.coalesce(held.c.amount, 0))
        .outerjoin(held, held.c.project_id == LedgerAccount.owner_id)
        .where(LedgerAccount.kind == Kind.PROJECT_RESERVED, reserved != func.coalesce(held.c.amount, 0))
        .limit(20)
    ).all()
    return [f"I7 project {row[0]} has reserved {row[1]}, its claims hold {row[2]}" for row in rows]


def _unpaid(session: Session) -> list[str]:
    """Every approved submission has exactly one approval in the books."""
    paid = exists().where(
        LedgerTransaction.kind == "claim_approve", LedgerTransaction.ref_id == Submission.assignment_id
    )
    rows = session.scalars(select(Submission.id).where(Submission.state.in_(GOOD), ~paid).limit(20)).all()
    return [f"I8 submission {row} is approved and was not paid" for row in rows]


def _reviews_unpaid(session: Session) -> list[str]:
    """Every decided review was paid its fee: as many payments as verdicts that acted."""
    decided = session.scalar(
        select(func.count()).select_from(Review).where(Review.state.in_(_ENDED), Review.fee_minor > 0)
    )
    paid = session.scalar(
        select(func.count()).select_from(LedgerTransaction).where(LedgerTransaction.kind == "review_pay")
    )
    return [] if decided == paid else [f"I8 {decided} reviews are decided, {paid} are paid"]


def _unit() -> Any:
    return Assignment.price_minor + Assignment.fee_minor + Assignment.review_fee_minor
