"""The worked example of the pay rules, to the cent, on both databases."""

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.payouts.models import Earning, EarningKind
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import make_assignment
from tests.factories.reviews import (
    EXAMPLE,
    author,
    changed,
    decided,
    make_reviewer,
    make_waiting,
    money,
    opened,
)
from workspace.reviews import queries, service
from workspace.reviews.models import Verdict
from workspace.submissions.models import Submission, SubmissionState

BUDGET = 100_000


@pytest.fixture
def submission(session: Session) -> Submission:
    project = make_project(session, budget_minor=BUDGET, **EXAMPLE)
    expert = make_expert(session, tier="licensed")
    return make_waiting(session, make_assignment(session, project=project, expert=expert))


def earned(session: Session, user: User) -> list[tuple[EarningKind, int]]:
    rows = session.query(Earning).filter_by(user_id=user.id).order_by(Earning.id)
    return [(row.kind, row.amount_minor) for row in rows]


def sound(session: Session) -> bool:
    return queries.broken(session) == []


def test_submitted_in_review_and_open(session: Session, submission: Submission) -> None:
    reviewer = make_reviewer(session)
    assert money(session, submission, [reviewer]) == (93_934, 6_066, 0, 0, 0)
    opened(session, submission, reviewer)
    assert money(session, submission, [reviewer]) == (93_934, 6_066, 0, 0, 0)
    assert sound(session)


def test_approved(session: Session, submission: Submission) -> None:
    reviewer, expert = make_reviewer(session), author(session, submission)
    decided(session, submission, Verdict.APPROVE, reviewer)
    assert submission.state is SubmissionState.APPROVED
    assert money(session, submission, [reviewer]) == (93_934, 0, 4_334, 866, 866)
    assert earned(session, expert) == [(EarningKind.SUBMISSION, 4_334)]
    assert earned(session, reviewer) == [(EarningKind.REVIEW, 866)]
    assert sound(session)


def test_approved_by_the_clock_gives_the_review_fee_back(session: Session, submission: Submission) -> None:
    with clock.shifted(submission.auto_approve_at - clock.database_now(session)):
        service.approve_late(session, submission.id)
    assert submission.state is SubmissionState.AUTO_APPROVED
    assert money(session, submission) == (94_800, 0, 4_334, 0, 866)
    assert earned(session, author(session, submission)) == [(EarningKind.SUBMISSION, 4_334)]
    assert sound(session)


def test_changes_once_then_approved(session: Session, submission: Submission) -> None:
    reviewer, second = make_reviewer(session), make_reviewer(session)
    decided(session, submission, Verdict.ASK_FOR_CHANGES, reviewer)
    assert money(session, submission, [reviewer]) == (93_068, 6_066, 0, 866, 0)
    assert sound(session)
    decided(session, changed(session, submission), Verdict.APPROVE, second)
    assert money(session, submission, [reviewer, second]) == (93_068, 0, 4_334, 1_732, 866)
    assert earned(session, second) == [(EarningKind.REVIEW, 866)]
    assert sound(session)


def test_changes_once_then_the_clock(session: Session, submission: Submission) -> None:
    reviewer = make_reviewer(session)
    decided(session, submission, Verdict.ASK_FOR_CHANGES, reviewer)
    submission = changed(session, submission)
    with clock.shifted(submission.auto_approve_at - clock.database_now(session)):
        service.approve_late(session, submission.id)
    assert money(session, submission, [reviewer]) == (93_934, 0, 4_334, 866, 866)
    assert sound(session)


def test_every_round_used_up_then_rejected(session: Session, submission: Submission) -> None:
    reviewer = make_reviewer(session)
    for _ in range(WORK.change_rounds):
        decided(session, submission, Verdict.ASK_FOR_CHANGES, reviewer)
        submission = changed(session, submission)
    decided(session, submission, Verdict.REJECT, reviewer)
    assert money(session, submission, [reviewer]) == (93_934 - 2 * 866, 5_200, 0, 3 * 866, 0)
    assert sound(session)


def test_rejected_keeps_pay_and_fee_reserved_then_gives_them_back(
    session: Session, submission: Submission
) -> None:
    reviewer = make_reviewer(session)
    decided(session, submission, Verdict.REJECT, reviewer)
    assert submission.state is SubmissionState.REJECTED
    assert money(session, submission, [reviewer]) == (93_934, 5_200, 0, 866, 0)
    assert sound(session)
    assert submission.due_at is not None
    with clock.shifted(submission.due_at - clock.database_now(session)):
        service.reject_for_good(session, submission.id)
    assert submission.state is SubmissionState.FINAL_REJECTED
    assert money(session, submission, [reviewer]) == (99_134, 0, 0, 866, 0)
    assert earned(session, author(session, submission)) == []
    assert earned(session, reviewer) == [(EarningKind.REVIEW, 866)]
    assert sound(session)
