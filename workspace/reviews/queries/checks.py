"""What `ledger verify` asks of this room."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.bonuses import queries as bonuses
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, AssignmentState
from workspace.reviews.models import LineState, OverturnLine, Review, ReviewState
from workspace.reviews.queries.appeal_checks import appeals_differ
from workspace.screenings.queries import held_by_screenings
from workspace.submissions.models import GOOD, Submission, SubmissionState

SHOWN = 20
PAYS = ("claim_approve", "claim_overturn")
S = SubmissionState
_ENDED = (ReviewState.DECIDED, ReviewState.IN_AUDIT, ReviewState.CONFIRMED, ReviewState.OVERTURNED)
_WITH_FEE = (S.SUBMITTED, S.RESUBMITTED, S.FINAL_REVIEW, S.IN_REVIEW, S.CHANGES_REQUESTED)
_FEE_SPENT = (S.SECOND_LOOK, S.ADJUDICATION, S.REJECTED)  # a first reviewer has been paid


def broken(session: Session) -> list[str]:
    """I7 and I8 of docs/money.md: reserved money against live claims, decided work against its pay."""
    return [
        *_reserved_differs(session),
        *_pay_differs(session),
        *_review_pay_differs(session),
        *_overturns_differ(session),
        *_bonuses_differ(session),
        *appeals_differ(session),
    ]


def _reserved_differs(session: Session) -> Iterator[str]:
    """What a project has reserved: what its claims, undecided submissions, screenings and bonuses hold."""
    held = (
        select(Assignment.project_id, func.sum(_holds()).label("amount"))
        .outerjoin(
            Submission,
            and_(Submission.assignment_id == Assignment.id, Submission.state != S.UNDONE),
        )
        .group_by(Assignment.project_id)
        .subquery()
    )
    screened = held_by_screenings().subquery()
    promised = bonuses.held_by_bonuses().subquery()
    reserved = func.coalesce(LedgerAccount.credits_minor - LedgerAccount.debits_minor, 0)
    parts = [func.coalesce(part.c.amount, 0) for part in (held, screened, promised)]
    wanted = parts[0] + parts[1] + parts[2]
    mine = and_(LedgerAccount.owner_id == Project.id, LedgerAccount.kind == Kind.PROJECT_RESERVED)
    rows = session.execute(
        select(Project.id, reserved, wanted)
        .outerjoin(LedgerAccount, mine)
        .outerjoin(held, held.c.project_id == Project.id)
        .outerjoin(screened, screened.c.project_id == Project.id)
        .outerjoin(promised, promised.c.project_id == Project.id)
        .where(reserved != wanted)
        .limit(SHOWN)
    )
    for project_id, has, holds in rows:
        yield f"I7 project {project_id} has {has} reserved, its claims hold {holds}"


def _holds() -> Any:
    """What one assignment holds of its project's reserved money."""
    pay = Assignment.price_minor + Assignment.fee_minor
    submitted = Assignment.state == AssignmentState.SUBMITTED
    return case(
        (Assignment.state.in_([AssignmentState.ACTIVE, AssignmentState.HELD]), pay + _fee()),
        (and_(submitted, Submission.state.in_(_WITH_FEE)), pay + _fee()),
        (and_(submitted, Submission.state.in_(_FEE_SPENT)), pay),
        else_=0,
    )


def _fee() -> Any:
    return Assignment.review_fee_minor


def _pay_differs(session: Session) -> Iterator[str]:
    """Approved work was paid exactly its frozen price, once; any other work was not paid as approved."""
    earned = (
        select(LedgerTransaction.ref_id, func.sum(LedgerPosting.amount_minor).label("amount"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(LedgerTransaction.kind.in_(PAYS), LedgerAccount.kind == Kind.EXPERT_PENDING)
        .group_by(LedgerTransaction.ref_id)
        .subquery()
    )
    paid = func.coalesce(earned.c.amount, 0)
    due = case((Submission.state.in_(GOOD), Assignment.price_minor), else_=0)
    rows = session.execute(
        select(Submission.id, Submission.state, paid, due)
        .join(Submission.assignment)
        .outerjoin(earned, earned.c.ref_id == Submission.assignment_id)
        .where(Submission.state.not_in([S.UNDONE, S.EXCLUDED_PAID]), paid != due)  # these may be paid in part
        .limit(SHOWN)
    )
    for submission_id, state, got, owed in rows:
        yield f"I8 submission {submission_id} is {state.value}: paid {got}, should be {owed}"


def _review_pay_differs(session: Session) -> Iterator[str]:
    """Every verdict that acted was paid its fee, and nothing else was paid as a review."""
    decided = (
        select(Submission.assignment_id, func.sum(Review.fee_minor).label("amount"))
        .join(Review.submission)
        .where(Review.state.in_(_ENDED))
        .group_by(Submission.assignment_id)
        .subquery()
    )
    paid = (
        select(LedgerTransaction.ref_id, func.sum(LedgerPosting.amount_minor).label("amount"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.kind == "review_pay")
        .group_by(LedgerTransaction.ref_id)
        .subquery()
    )
    got, owed = func.coalesce(paid.c.amount, 0), func.coalesce(decided.c.amount, 0)
    rows = session.execute(
        select(Assignment.id, got, owed)
        .outerjoin(decided, decided.c.assignment_id == Assignment.id)
        .outerjoin(paid, paid.c.ref_id == Assignment.id)
        .where(got != owed)
        .limit(SHOWN)
    )
    for assignment_id, has, wanted in rows:
        yield f"I8 reviews of claim {assignment_id} were paid {has}, should be {wanted}"


def _overturns_differ(session: Session) -> Iterator[str]:
    """What was found wrong was paid its whole price once, by whom its line says; nothing else was paid so."""
    by_budget, by_house = (
        literal(one, OverturnLine.state.type) for one in (LineState.PAID, LineState.PAID_BY_HOUSE)
    )
    payer = case((LedgerAccount.kind == Kind.PROJECT_BUDGET, by_budget), else_=by_house)
    person = aliased(LedgerAccount)
    paid = (
        select(LedgerTransaction.ref_id, LedgerPosting.amount_minor.label("amount"), payer.label("payer"))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.debit_account_id)
        .join(person, person.id == LedgerPosting.credit_account_id)
        .where(LedgerTransaction.kind == "claim_overturn", person.kind == Kind.EXPERT_PENDING)
        .subquery()
    )
    kept = OverturnLine.state.in_((LineState.PAID, LineState.PAID_BY_HOUSE))
    line = and_(OverturnLine.submission_id == Submission.id, kept)
    counted = Submission.state.in_((S.APPROVED_ON_APPEAL, S.EXCLUDED_PAID))
    right = and_(paid.c.amount == Assignment.price_minor, paid.c.payer == OverturnLine.state, counted)
    rows = session.execute(
        select(Submission.id, paid.c.amount)
        .join(Submission.assignment)
        .outerjoin(OverturnLine, line)
        .outerjoin(paid, paid.c.ref_id == Assignment.id)
        .where(or_(paid.c.ref_id.is_not(None), OverturnLine.id.is_not(None)), ~func.coalesce(right, False))
        .limit(SHOWN)
    )
    for submission_id, amount in rows:
        yield f"I8 submission {submission_id} was paid {amount or 0} after a rejection, not as its line says"


def _bonuses_differ(session: Session) -> Iterator[str]:
    """Every place of a promised bonus was paid its amount, once; every given one what its row says."""
    for rule_id, count, people in bonuses.miscounted(session):
        yield f"I8 bonus {rule_id} counts {count} paid, {people} people have a place"
    for payment_id, got, owed in bonuses.unpaid(session):
        yield f"I8 place {payment_id} of a bonus was paid {got}, should be {owed}"
    for given_id, got, owed in bonuses.misgiven(session):
        yield f"I8 given bonus {given_id} was paid {got} with its fee, should be {owed}"
