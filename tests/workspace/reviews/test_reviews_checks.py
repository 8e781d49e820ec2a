"""`ledger verify` sees faults that were planted, and nothing in a sound world."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit import ids
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from tests.factories.queue import make_assignment
from tests.factories.reviews import changed, decided, make_review, make_waiting, rule
from workspace.queue.models import Assignment, AssignmentState
from workspace.reviews import queries
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.submissions.models import Submission, SubmissionState


def test_a_sound_world_of_every_state_has_no_fault(session: Session) -> None:
    make_assignment(session)
    make_waiting(session)
    make_review(session)
    rule(session, make_review(session))
    decided(session, make_waiting(session), Verdict.APPROVE)
    decided(session, make_waiting(session), Verdict.REJECT)
    again = decided(session, make_waiting(session), Verdict.ASK_FOR_CHANGES).submission
    changed(session, again)
    decided(session, make_waiting(session), Verdict.ASK_FOR_CHANGES)
    assert queries.broken(session) == []


def change(session: Session, table: type[Any], which: Any, **values: Any) -> None:
    session.flush()
    session.execute(sa.update(table).where(which).values(**values))
    session.expire_all()


def planted(session: Session) -> str:
    """The one fault that is found, without its ids."""
    (found,) = queries.broken(session)
    return " ".join(word for word in found.split() if "-" not in word)


def test_reserved_money_that_no_claim_holds(session: Session) -> None:
    assignment = make_assignment(session)
    unit = assignment.project.unit_minor
    change(session, Assignment, Assignment.id == assignment.id, state=AssignmentState.RELEASED)
    assert planted(session) == f"I7 project has {unit} reserved, its claims hold 0"


def test_a_claim_that_was_never_reserved(session: Session) -> None:
    assignment = make_assignment(session)
    unit = assignment.project.unit_minor
    entry = Entry(
        kind="claim_release",
        key=f"claim:{assignment.id}:release",
        closes=f"claim:{assignment.id}",
        legs=[
            (
                (Kind.PROJECT_RESERVED, assignment.project_id),
                (Kind.PROJECT_BUDGET, assignment.project_id),
                Money(unit),
            )
        ],
        ref_type="assignment",
        ref_id=assignment.id,
    )
    ledger.post_all(session, [entry])
    assert planted(session) == f"I7 project has 0 reserved, its claims hold {unit}"


def test_work_that_is_approved_and_not_paid(session: Session) -> None:
    submission = make_waiting(session)
    price, unit = submission.assignment.price_minor, submission.assignment.project.unit_minor
    change(session, Submission, Submission.id == submission.id, state=SubmissionState.APPROVED)
    found = sorted(queries.broken(session))
    assert len(found) == 2
    assert found[0].endswith(f"has {unit} reserved, its claims hold 0")
    assert found[1].endswith(f"is approved: paid 0, should be {price}")


@pytest.mark.parametrize("state", [SubmissionState.FINAL_REJECTED, SubmissionState.SUBMITTED])
def test_work_that_is_paid_and_not_approved(session: Session, state: SubmissionState) -> None:
    submission = decided(session, make_waiting(session), Verdict.APPROVE).submission
    price = submission.assignment.price_minor
    change(session, Submission, Submission.id == submission.id, state=state)
    assert any(line.endswith(f": paid {price}, should be 0") for line in queries.broken(session))


def test_work_that_was_paid_another_price(session: Session) -> None:
    submission = decided(session, make_waiting(session), Verdict.APPROVE).submission
    price = submission.assignment.price_minor
    change(session, Assignment, Assignment.id == submission.assignment_id, price_minor=price + 1)
    assert planted(session) == f"I8 submission is approved: paid {price}, should be {price + 1}"


def test_a_decided_review_that_was_not_paid(session: Session) -> None:
    review = make_review(session)
    fee = review.fee_minor
    change(session, Review, Review.id == review.id, state=ReviewState.DECIDED, verdict=Verdict.APPROVE)
    assert planted(session) == f"I8 reviews of claim were paid 0, should be {fee}"


def test_a_review_that_was_paid_twice(session: Session) -> None:
    review = decided(session, make_waiting(session), Verdict.APPROVE)
    fee, assignment = review.fee_minor, review.submission.assignment
    assert review.reviewer_id is not None
    entry = Entry(
        kind="review_pay",
        key=f"review:{ids.new_id()}:pay",
        legs=[
            (
                (Kind.PROJECT_BUDGET, assignment.project_id),
                (Kind.EXPERT_PENDING, review.reviewer_id),
                Money(fee),
            )
        ],
        ref_type="assignment",
        ref_id=assignment.id,
    )
    ledger.post_all(session, [entry])
    assert planted(session) == f"I8 reviews of claim were paid {2 * fee}, should be {fee}"
