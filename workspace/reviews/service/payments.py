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
from marketplace.projects import policy as pricing
from workspace.queue.models import Assignment
from workspace.reviews import policy
from workspace.reviews.models import Appeal, Outcome, Review
from workspace.submissions.models import Submission


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
    ledger.post_all(session, [_released(assignment)])


def end_appeal(session: Session, submission: Submission, appeal: Appeal) -> None:
    """Pay in full, in part or nothing of the reserved money; the platform pays whoever decided."""
    claim = submission.assignment
    pay = policy.appeal_pay(appeal.outcome, claim.price_minor, appeal.share) if appeal.outcome else 0
    judged = [_adjudicated(appeal)] if appeal.decided_by_id is not None else []
    ledger.post_all(session, [*judged, _appealed(claim, pay) if pay else _released(claim)])
    if pay:
        _record_appealed(session, submission, appeal, pay)
    if appeal.decided_by_id is not None and appeal.fee_minor:
        _record_adjudicated(session, claim, appeal)


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


def _released(assignment: Assignment) -> Entry:
    budget, reserved = _project(assignment)
    return Entry(
        kind="claim_release",
        key=f"claim:{assignment.id}:release",
        closes=f"claim:{assignment.id}",
        legs=[(reserved, budget, Money(assignment.price_minor + assignment.fee_minor))],
        ref_type="assignment",
        ref_id=assignment.id,
    )


def _appealed(assignment: Assignment, pay: int) -> Entry:
    """The review has been paid: what is left of price and fee after this pay goes back."""
    budget, reserved = _project(assignment)
    whole = pay == assignment.price_minor
    fee = assignment.fee_minor if whole else pricing.platform_fee(pay)
    rest = assignment.price_minor + assignment.fee_minor - pay - fee
    return Entry(
        kind="claim_approve",
        key=_approve_key(assignment),
        closes=f"claim:{assignment.id}",
        legs=[
            (reserved, (Kind.EXPERT_PENDING, assignment.user_id), Money(pay)),
            (reserved, (Kind.PLATFORM_REVENUE, PLATFORM), Money(fee)),
            (reserved, budget, Money(rest)),
        ],
        ref_type="assignment",
        ref_id=assignment.id,
    )


def _adjudicated(appeal: Appeal) -> Entry:
    judge_id = appeal.decided_by_id or PLATFORM  # asked only of one that a person decided
    return Entry(
        kind="appeal_pay",
        key=f"appeal:{appeal.id}:pay",
        legs=[((Kind.PLATFORM_REVENUE, PLATFORM), (Kind.EXPERT_PENDING, judge_id), Money(appeal.fee_minor))],
        ref_type="appeal",
        ref_id=appeal.id,
    )


def _record_appealed(session: Session, submission: Submission, appeal: Appeal, pay: int) -> None:
    part = f" in part, {appeal.share} % of the price" if appeal.outcome is Outcome.IN_PART else ""
    late = "Nobody decided your appeal in time, so it was decided for you"
    payouts.record_earning(
        session,
        Earned(
            user_id=submission.user_id,
            project_id=submission.project_id,
            kind=EarningKind.SUBMISSION,
            amount_minor=pay,
            ledger_key=_approve_key(submission.assignment),
            ref_type="submission",
            ref_id=submission.id,
            reason=f"Your appeal was won{part}" if appeal.decided_by_id is not None else late,
        ),
    )


def _record_adjudicated(session: Session, assignment: Assignment, appeal: Appeal) -> None:
    if appeal.decided_by_id is None:
        return
    payouts.record_earning(
        session,
        Earned(
            user_id=appeal.decided_by_id,
            project_id=assignment.project_id,
            kind=EarningKind.ADJUDICATION,
            amount_minor=appeal.fee_minor,
            ledger_key=f"appeal:{appeal.id}:pay",
            ref_type="appeal",
            ref_id=appeal.id,
            reason="Appeal decided, whatever the outcome",
        ),
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
