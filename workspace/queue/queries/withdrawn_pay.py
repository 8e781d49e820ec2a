"""What withdrawals have cost: the entries of those who were paid for their time, by person."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from workspace.queue.models import WITHDRAWN, Assignment, AssignmentState, Task, Withdrawal


@dataclass(frozen=True, slots=True)
class PaidForTime:
    """What one person got for a withdrawn task, and the platform fee on it, in minor units."""

    expert_id: uuid.UUID
    pay_minor: int
    fee_minor: int


def withdrawn_by() -> ScalarSelect[uuid.UUID]:
    """The id of what withdrew the Task of the statement around it: the first that names it."""
    row = aliased(Withdrawal)
    of_project = and_(row.batch_id.is_(None), row.task_id.is_(None))
    return (
        select(row.id)
        .where(
            row.project_id == Task.project_id,
            or_(of_project, row.batch_id == Task.batch_id, row.task_id == Task.id),
        )
        .order_by(row.created_at, row.id)
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )


def paid_for_time(
    session: Session, project_id: uuid.UUID, withdrawal_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[PaidForTime]]:
    """Withdrawal -> who was paid by it, largest pay first; those that paid nobody are left out."""
    work = (
        select(Assignment.id, Assignment.expert_id, withdrawn_by().label("withdrawal_id"))
        .join(Assignment.task)
        .where(
            Assignment.project_id == project_id,
            Assignment.state == AssignmentState.CANCELLED,
            Assignment.end_reason == WITHDRAWN,
        )
        .subquery()
    )
    pay, fee = (_sum(kind) for kind in (Kind.EXPERT_PENDING, Kind.PLATFORM_REVENUE))
    rows = session.execute(
        select(work.c.withdrawal_id, work.c.expert_id, pay, fee)
        .join(
            LedgerTransaction,
            and_(LedgerTransaction.ref_type == "assignment", LedgerTransaction.ref_id == work.c.id),
        )
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(LedgerTransaction.kind == "claim_cancel", work.c.withdrawal_id.in_(withdrawal_ids))
        .group_by(work.c.withdrawal_id, work.c.expert_id)
        .order_by(pay.desc(), work.c.expert_id)
    )
    found: dict[uuid.UUID, list[PaidForTime]] = {}
    for withdrawal_id, expert_id, pay_minor, fee_minor in rows:
        found.setdefault(withdrawal_id, []).append(PaidForTime(expert_id, int(pay_minor), int(fee_minor)))
    return found


def _sum(kind: Kind) -> ColumnElement[int]:
    return func.sum(case((LedgerAccount.kind == kind, LedgerPosting.amount_minor), else_=0))
