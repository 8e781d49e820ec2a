"""What the records say of a company that disputes a payment: read for the evidence, and never changed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.billing.models import Deposit, DepositState, Refund, RefundState
from marketplace.identity.models import SignIn
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.projects.models import Project, ProjectFunding

MOST = 20
PAID_WORK = ("claim_approve", "claim_stop", "claim_cancel", "claim_overturn", "screening_pay", "bonus")
APPROVED = "claim_approve"
_OF_PROJECT = (Kind.PROJECT_RESERVED, Kind.PROJECT_BUDGET)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Work of one project that was approved and paid: how often, how much in minor units, until when."""

    title: str
    approved_count: int
    paid_minor: int
    last_at: datetime


def delivered(session: Session, company_id: uuid.UUID) -> Sequence[Delivered]:
    """What experts were paid from the projects of a company, the latest first."""
    reserved, person = aliased(LedgerAccount), aliased(LedgerAccount)
    is_approved = LedgerTransaction.kind == APPROVED
    last_at = func.max(LedgerTransaction.created_at)
    rows = session.execute(
        select(
            Project.title,
            func.count().filter(is_approved),
            func.sum(LedgerPosting.amount_minor),
            last_at,
        )
        .select_from(Project)
        .join(reserved, and_(reserved.owner_id == Project.id, reserved.kind.in_(_OF_PROJECT)))
        .join(LedgerPosting, LedgerPosting.debit_account_id == reserved.id)
        .join(person, person.id == LedgerPosting.credit_account_id)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(
            Project.company_id == company_id,
            person.kind == Kind.EXPERT_PENDING,
            LedgerTransaction.kind.in_(PAID_WORK),
        )
        .group_by(Project.id, Project.title)
        .order_by(last_at.desc(), Project.title)
        .limit(MOST)
    ).all()
    return [Delivered(row[0], int(row[1]), int(row[2]), row[3]) for row in rows]


def funded_since(session: Session, deposit: Deposit) -> Sequence[tuple[str, int, datetime]]:
    """(project, minor units, when) of what people of the company gave to projects since this deposit."""
    rows = session.execute(
        select(Project.title, ProjectFunding.amount_minor, ProjectFunding.created_at)
        .join(Project, Project.id == ProjectFunding.project_id)
        .where(
            Project.company_id == deposit.company_id,
            ProjectFunding.amount_minor > 0,
            ProjectFunding.created_at >= deposit.created_at,
        )
        .order_by(ProjectFunding.id)
        .limit(MOST)
    ).all()
    return [(row[0], int(row[1]), row[2]) for row in rows]


def sign_ins_of(session: Session, user_id: uuid.UUID) -> Sequence[tuple[str, datetime, datetime]]:
    """(browser, since, last seen) of the sign-ins of whoever paid, the latest first."""
    rows = session.execute(
        select(SignIn.device, SignIn.created_at, SignIn.seen_at)
        .where(SignIn.user_id == user_id)
        .order_by(SignIn.id.desc())
        .limit(MOST)
    ).all()
    return [(row[0], row[1], row[2]) for row in rows]


def paid_before(session: Session, deposit: Deposit) -> tuple[int, int]:
    """How many other deposits of the company have arrived, and what of this one went back, in minor units."""
    others = session.scalar(
        select(func.count())
        .select_from(Deposit)
        .where(
            Deposit.company_id == deposit.company_id,
            Deposit.id != deposit.id,
            Deposit.state == DepositState.SUCCEEDED,
        )
    )
    back = session.scalar(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.deposit_id == deposit.id, Refund.state.in_([RefundState.PAID, RefundState.ARRIVED])
        )
    )
    return int(others or 0), int(back or 0)
