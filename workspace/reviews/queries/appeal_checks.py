"""What `ledger verify` asks of appeals: what each holds, what it paid, who was paid for deciding it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from workspace.queue.models import Assignment
from workspace.reviews.models import UNDECIDED, Appeal, AppealState, Outcome
from workspace.submissions.models import Submission, SubmissionState

SHOWN = 20
S = SubmissionState
_LATER = (S.APPROVED_ON_APPEAL, S.EXCLUDED_PAID)  # two people found it wrong after it was final


def appeals_differ(session: Session) -> Iterator[str]:
    """Every appeal against its submission, its pay and the fee of whoever decided it."""
    yield from _states_differ(session)
    yield from _pay_differs(session)
    yield from _fees_differ(session)


def _states_differ(session: Session) -> Iterator[str]:
    """A rejection waits as long as its appeal, and ends as it was decided."""
    waits = and_(
        Appeal.state.in_(UNDECIDED), Submission.state == S.REJECTED, Submission.due_at == Appeal.due_at
    )
    won = and_(Appeal.outcome == Outcome.WON, Submission.state == S.APPROVED_ON_APPEAL)
    in_part = and_(Appeal.outcome == Outcome.IN_PART, Submission.state == S.EXCLUDED_PAID)
    stands = and_(_stands(), Submission.state.in_((S.FINAL_REJECTED, *_LATER)))
    rows = session.execute(
        select(Appeal.id, Appeal.state, Submission.state)
        .join(Appeal.submission)
        .where(~func.coalesce(or_(waits, won, in_part, stands), False))
        .limit(SHOWN)
    )
    for appeal_id, state, submission in rows:
        yield f"I8 appeal {appeal_id} is {state.value}, its submission {submission.value}"


def _pay_differs(session: Session) -> Iterator[str]:
    """What the reserved money of a rejected claim paid is what its appeal says, to the cent."""
    paid = _paid("claim_approve")
    share = (Assignment.price_minor * func.coalesce(Appeal.share, 0) + 99) // literal(100)
    due = case(
        (Appeal.outcome == Outcome.WON, Assignment.price_minor),
        (Appeal.outcome == Outcome.IN_PART, share),
        else_=0,
    )
    got = func.coalesce(paid.c.amount, 0)
    rows = session.execute(
        select(Appeal.id, got, due)
        .join(Appeal.submission)
        .join(Submission.assignment)
        .outerjoin(paid, paid.c.ref_id == Assignment.id)
        .where(got != due)
        .limit(SHOWN)
    )
    for appeal_id, has, wanted in rows:
        yield f"I8 appeal {appeal_id} paid {has}, should be {wanted}"


def _fees_differ(session: Session) -> Iterator[str]:
    """Whoever decided was paid once what the appeal says, by the platform; nobody else was."""
    paid = _paid("appeal_pay", "appeal")
    got, due = func.coalesce(paid.c.amount, 0), func.coalesce(Appeal.fee_minor, 0)
    rows = session.execute(
        select(func.coalesce(Appeal.id, paid.c.ref_id), got, due)
        .select_from(Appeal)
        .join(paid, paid.c.ref_id == Appeal.id, full=True)
        .where(got != due)
        .limit(SHOWN)
    )
    for appeal_id, has, wanted in rows:
        yield f"I8 deciding appeal {appeal_id} was paid {has}, should be {wanted}"


def _stands() -> Any:
    return or_(Appeal.outcome == Outcome.UPHELD, Appeal.state == AppealState.WITHDRAWN)


def _paid(kind: str, ref_type: str = "assignment") -> Any:
    return (
        select(LedgerTransaction.ref_id, func.sum(LedgerPosting.amount_minor).label("amount"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(
            LedgerTransaction.kind == kind,
            LedgerTransaction.ref_type == ref_type,
            LedgerAccount.kind == Kind.EXPERT_PENDING,
        )
        .group_by(LedgerTransaction.ref_id)
        .subquery()
    )
