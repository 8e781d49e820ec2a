"""What `ledger verify` asks of this room."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from marketplace.applications.models import Screening, ScreeningState
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from workspace.screenings.models import ScreeningGrading

SHOWN = 20
S = ScreeningState


def broken(session: Session) -> list[str]:
    """I8 of docs/money.md for screenings: decided ones were paid their frozen pay, once; others were not."""
    return [*_pay_differs(session), *_fees_differ(session)]


def held_by_screenings() -> Select[uuid.UUID, Any]:
    """Project -> what its screenings hold of its reserved money, in minor units."""
    graded = exists().where(ScreeningGrading.screening_id == Screening.id)
    pay = Screening.pay_minor + Screening.fee_minor
    holds = case(
        (Screening.state.in_([S.OFFERED, S.STARTED]), pay + Screening.review_fee_minor),
        (and_(Screening.state == S.GRADING, ~graded), pay + Screening.review_fee_minor),
        (Screening.state.in_([S.GRADING, S.REFUSED]), pay),
        else_=0,
    )
    return select(Screening.project_id.label("project_id"), func.sum(holds).label("amount")).group_by(
        Screening.project_id
    )


def _paid(kind: str) -> Any:
    return (
        select(LedgerTransaction.ref_id, func.sum(LedgerPosting.amount_minor).label("amount"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(LedgerTransaction.kind == kind, LedgerAccount.kind == Kind.EXPERT_PENDING)
        .group_by(LedgerTransaction.ref_id)
        .subquery()
    )


def _pay_differs(session: Session) -> Iterator[str]:
    paid = _paid("screening_pay")
    got = func.coalesce(paid.c.amount, 0)
    owed = case((Screening.state.in_([S.PASSED, S.FAILED]), Screening.pay_minor), else_=0)
    rows = session.execute(
        select(Screening.id, Screening.state, got, owed)
        .outerjoin(paid, paid.c.ref_id == Screening.id)
        .where(got != owed)
        .limit(SHOWN)
    )
    for screening_id, state, has, wanted in rows:
        yield f"I8 screening {screening_id} is {state.value}: paid {has}, should be {wanted}"


def _fees_differ(session: Session) -> Iterator[str]:
    paid = _paid("screening_grade")
    given = (
        select(ScreeningGrading.screening_id, func.sum(ScreeningGrading.fee_minor).label("amount"))
        .group_by(ScreeningGrading.screening_id)
        .subquery()
    )
    got, owed = func.coalesce(paid.c.amount, 0), func.coalesce(given.c.amount, 0)
    rows = session.execute(
        select(Screening.id, got, owed)
        .outerjoin(paid, paid.c.ref_id == Screening.id)
        .outerjoin(given, given.c.screening_id == Screening.id)
        .where(got != owed)
        .limit(SHOWN)
    )
    for screening_id, has, wanted in rows:
        yield f"I8 gradings of screening {screening_id} were paid {has}, should be {wanted}"
