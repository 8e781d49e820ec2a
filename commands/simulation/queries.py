"""Every SELECT behind the report of a simulation."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.billing.models import Deposit, DepositState
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting
from marketplace.payouts.models import Payout, PayoutState
from workspace.queue.models import Task
from workspace.reviews.models import Review
from workspace.submissions.models import Submission, SubmissionState

_GONE = (SubmissionState.UNDONE, SubmissionState.EXCLUDED_PAID, SubmissionState.FINAL_REJECTED)


def deposited(session: Session, company_id: uuid.UUID) -> int:
    """What a company paid in, minor units."""
    return _sum(
        session,
        select(func.sum(Deposit.amount_minor)).where(
            Deposit.company_id == company_id, Deposit.state == DepositState.SUCCEEDED
        ),
    )


def paid_out(session: Session, people: Sequence[uuid.UUID]) -> tuple[int, int]:
    """How many payouts reached these people, and their sum in minor units."""
    row = session.execute(
        select(func.count(), func.sum(Payout.amount_minor)).where(
            Payout.user_id.in_(people), Payout.state == PayoutState.PAID
        )
    ).one()
    return int(row[0]), int(row[1] or 0)


def fees(session: Session, project_id: uuid.UUID) -> int:
    """Platform fees posted from a project's money, for its claims and its screenings, minor units."""
    fee, source = aliased(LedgerAccount), aliased(LedgerAccount)
    return _sum(
        session,
        select(func.sum(LedgerPosting.amount_minor))
        .join(fee, fee.id == LedgerPosting.credit_account_id)
        .join(source, source.id == LedgerPosting.debit_account_id)
        .where(fee.kind == Kind.PLATFORM_REVENUE, source.owner_id == project_id),
    )


def submissions_by_state(session: Session, project_id: uuid.UUID) -> dict[str, int]:
    """How many submissions of a project are in each state."""
    rows = session.execute(
        select(Submission.state, func.count())
        .where(Submission.project_id == project_id)
        .group_by(Submission.state)
    ).all()
    return {row[0].value: int(row[1]) for row in rows}


def verdicts(session: Session, project_id: uuid.UUID) -> dict[str, int]:
    """How many verdicts of each kind were given on a project."""
    rows = session.execute(
        select(Review.verdict, func.count())
        .join(Review.submission)
        .where(Submission.project_id == project_id, Review.verdict.is_not(None))
        .group_by(Review.verdict)
    ).all()
    return {row[0].value: int(row[1]) for row in rows if row[0] is not None}


def opinions(session: Session, project_id: uuid.UUID) -> list[int]:
    """How many live opinions each task of a project has."""
    counted = (
        select(Submission.task_id, func.count().label("number"))
        .where(Submission.project_id == project_id, Submission.state.not_in(_GONE))
        .group_by(Submission.task_id)
        .subquery()
    )
    rows = session.scalars(
        select(func.coalesce(counted.c.number, 0))
        .select_from(Task)
        .outerjoin(counted, counted.c.task_id == Task.id)
        .where(Task.project_id == project_id)
    ).all()
    return [int(row) for row in rows]


def answers(session: Session, project_id: uuid.UUID) -> Sequence[tuple[str, uuid.UUID, dict[str, Any], str]]:
    """(external id, author, answer, state) of every live submission of a project, in a fixed order."""
    rows = session.execute(
        select(Task.external_id, Submission.user_id, Submission.answer, Submission.state)
        .join(Task, Task.id == Submission.task_id)
        .where(Submission.project_id == project_id, Submission.state.not_in(_GONE))
        .order_by(Task.external_id)
    ).all()
    return [(row[0], row[1], row[2], row[3].value) for row in rows]


def _sum(session: Session, statement: Any) -> int:
    return int(session.scalar(statement) or 0)
