"""What each decision does to the money (money.md 4.2); one call to the ledger per decision."""

import uuid

from sqlalchemy.orm import Session

from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from workspace.queue.models import Assignment
from workspace.reviews.models import Review


def pay(session: Session, assignment: Assignment, review: Review | None, *, submission_id: uuid.UUID) -> None:
    """Pay the expert in full and the reviewer, if a person judged; what the claim still holds goes back."""
    entries = [_review_paid(assignment, review)] if review is not None else []
    ledger.post_all(session, [*entries, _approval(assignment, by_person=review is not None)])
    payouts.record_earning(
        session,
        Earned(
            user_id=assignment.user_id,
            project_id=assignment.project_id,
            kind=EarningKind.SUBMISSION,
            amount_minor=assignment.price_minor,
            ledger_key=_approve_key(assignment),
            ref_type="submission",
            ref_id=submission_id,
            reason="Approved" if review is not None else "Approved by itself: nobody judged it in time",
        ),
    )
    if review is not None:
        _record_review(session, assignment, review)


def pay_review(
    session: Session, assignment: Assignment, review: Review, *, next_review: uuid.UUID | None
) -> None:
    """Pay the reviewer; `next_review`: reserve the fee of the next round from the budget, or Overdraft."""
    entries = [_review_paid(assignment, review)]
    if next_review is not None:
        budget, reserved = _project(assignment)
        entries.append(
            Entry(
                kind="review_reserve",
                key=f"review:{next_review}:reserve",
                legs=[(budget, reserved, Money(assignment.review_fee_minor))],
                ref_type="assignment",
                ref_id=assignment.id,
            )
        )
    ledger.post_all(session, entries)
    _record_review(session, assignment, review)


def give_back(session: Session, assignment: Assignment) -> None:
    """A final rejection: pay and platform fee return to the budget."""
    budget, reserved = _project(assignment)
    rest = Money(assignment.price_minor + assignment.fee_minor)
    ledger.post_all(
        session,
        [
            Entry(
                kind="claim_release",
                key=f"claim:{assignment.id}:release",
                closes=f"claim:{assignment.id}",
                legs=[(reserved, budget, rest)],
                ref_type="assignment",
                ref_id=assignment.id,
            )
        ],
    )


def _approval(assignment: Assignment, *, by_person: bool) -> Entry:
    budget, reserved = _project(assignment)
    unspent = 0 if by_person else assignment.review_fee_minor
    return Entry(
        kind="claim_approve",
        key=_approve_key(assignment),
        closes=f"claim:{assignment.id}",
        legs=[
            (reserved, (Kind.EXPERT_PENDING, assignment.user_id), Money(assignment.price_minor)),
            (reserved, (Kind.PLATFORM_REVENUE, PLATFORM), Money(assignment.fee_minor)),
            (reserved, budget, Money(unspent)),
        ],
        ref_type="assignment",
        ref_id=assignment.id,
    )


def _review_paid(assignment: Assignment, review: Review) -> Entry:
    _, reserved = _project(assignment)
    return Entry(
        kind="review_pay",
        key=f"review:{review.id}:pay",
        legs=[(reserved, (Kind.EXPERT_PENDING, judge(review)), Money(review.fee_minor))],
        ref_type="assignment",
        ref_id=assignment.id,
    )


def _record_review(session: Session, assignment: Assignment, review: Review) -> None:
    if review.fee_minor:
        payouts.record_earning(
            session,
            Earned(
                user_id=judge(review),
                project_id=assignment.project_id,
                kind=EarningKind.REVIEW,
                amount_minor=review.fee_minor,
                ledger_key=f"review:{review.id}:pay",
                ref_type="review",
                ref_id=review.id,
                reason="Review, whatever the verdict",
            ),
        )


def judge(review: Review) -> uuid.UUID:
    """Who gave the verdict."""
    if review.reviewer_id is None:
        raise RuntimeError("a verdict without a reviewer")
    return review.reviewer_id


def _approve_key(assignment: Assignment) -> str:
    return f"claim:{assignment.id}:approve"


def _project(assignment: Assignment) -> tuple[tuple[Kind, uuid.UUID], tuple[Kind, uuid.UUID]]:
    return (Kind.PROJECT_BUDGET, assignment.project_id), (Kind.PROJECT_RESERVED, assignment.project_id)
