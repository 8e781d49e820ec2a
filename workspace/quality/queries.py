"""Every SELECT about decided work of companies."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.projects.models import Project, ProjectState
from workspace.queue.models import Assignment, Task, TaskState
from workspace.submissions.models import Submission, SubmissionState

S = SubmissionState
PAID = frozenset({S.APPROVED, S.AUTO_APPROVED, S.APPROVED_ON_APPEAL, S.EXCLUDED_PAID})
REJECTED = frozenset({S.REJECTED, S.FINAL_REJECTED})
DECIDED = PAID | REJECTED
ENDED = (ProjectState.CLOSING, ProjectState.CLOSED)
PAY = (
    "claim_approve",
    "claim_stop",
    "claim_cancel",
    "claim_overturn",
    "screening_pay",
)  # transactions that pay experts, not reviewers
BONUSES = ("bonus",)  # on top of work: their sum counts as paid, not their number
CURRENCY = "usd"  # pay is compared in one currency


@dataclass(frozen=True, slots=True)
class Decision:
    """One decided piece of work; seconds from handing in to the decision, and of active work.

    `active_seconds` is 0 where pay cannot be compared; `price_minor` is what it paid or would have paid.
    """

    state: SubmissionState
    waited_seconds: int
    active_seconds: int
    price_minor: int
    overturned: bool = False  # a rejection that was wrong: two people found so, or an appeal was won in part


def companies_with_work(session: Session) -> Sequence[uuid.UUID]:
    """Companies that decided on anything."""
    return session.scalars(
        select(Project.company_id)
        .join(Submission, Submission.project_id == Project.id)
        .where(Submission.state.in_(DECIDED))
        .distinct()
    ).all()


def companies_that_ended(session: Session) -> Sequence[uuid.UUID]:
    """Companies with a project that is over."""
    return session.scalars(select(Project.company_id).where(Project.state.in_(ENDED)).distinct()).all()


def projects_of(company_id: uuid.UUID) -> Select[uuid.UUID]:
    """The ids of a company's projects, as a part of another statement."""
    return select(Project.id).where(Project.company_id == company_id)


def tasks_of_ended(session: Session, company_id: uuid.UUID) -> tuple[int, int]:
    """How many tasks the company's ended projects had, and how many were withdrawn before they were done."""
    withdrawn = case((Task.state == TaskState.WITHDRAWN, 1), else_=0)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(withdrawn), 0))
        .select_from(Task)
        .join(Project, Project.id == Task.project_id)
        .where(Project.company_id == company_id, Project.state.in_(ENDED), Task.state != TaskState.STAGED)
    ).one()
    return int(row[0]), int(row[1])


def decisions(session: Session, company_id: uuid.UUID, *, at_most: int) -> Sequence[Decision]:
    """The company's last decisions."""
    active = func.coalesce(Submission.corrected_seconds, Submission.active_seconds)
    paid = func.coalesce(_paid_for_approval(), Assignment.price_minor)
    overturned = or_(_found_wrong_later(), paid < Assignment.price_minor)  # a part is paid on appeal alone
    rows = session.execute(
        select(
            Submission.state,
            Submission.submitted_at,
            Submission.decided_at,
            active,
            paid,
            Project.currency,
            overturned,
        )
        .join(Project, Submission.project_id == Project.id)
        .join(Submission.assignment)
        .where(
            Project.company_id == company_id,
            Submission.state.in_(DECIDED),
            Submission.decided_at.is_not(None),
        )
        .order_by(Submission.id.desc())
        .limit(at_most)
    )
    return [
        Decision(
            state,
            int((decided - submitted).total_seconds()),
            seconds if currency == CURRENCY else 0,
            price,
            found_wrong,
        )
        for state, submitted, decided, seconds, price, currency, found_wrong in rows
        if decided is not None
    ]


def _found_wrong_later() -> ColumnElement[bool]:
    """Whether two people found the rejection of the Submission of the statement around it wrong."""
    return exists().where(
        LedgerTransaction.kind == "claim_overturn",
        LedgerTransaction.ref_type == "assignment",
        LedgerTransaction.ref_id == Submission.assignment_id,
    )


def _paid_for_approval() -> ScalarSelect[int]:
    """What the claim of the Assignment of the statement around it paid its expert when it was approved."""
    return (
        select(LedgerPosting.amount_minor)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(
            LedgerTransaction.kind == "claim_approve",
            LedgerTransaction.ref_type == "assignment",
            LedgerTransaction.ref_id == Assignment.id,
            LedgerAccount.kind == Kind.EXPERT_PENDING,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
