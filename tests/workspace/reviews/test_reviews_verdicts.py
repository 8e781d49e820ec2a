"""Verdicts: what they need, how long they can be taken back, what they do."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit.models import AuditRecord
from marketplace.companies.models import Company
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.errors import Invalid
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.projects import queries as projects_queries
from marketplace.projects import service as projects
from marketplace.projects.models import Project
from marketplace.projects.policy import ClauseText
from marketplace.projects.service.funding import defund
from marketplace.reputation import queries as reputation
from tests.factories.identity import make_user
from tests.factories.projects import make_owner
from tests.factories.queue import claim, make_assignment
from tests.factories.reviews import (
    FRESH,
    WORDS,
    author,
    changed,
    decided,
    later,
    make_review,
    make_reviewer,
    make_waiting,
    opened,
    rule,
    settle,
    whole,
)
from workspace.queue.models import Task, TaskState
from workspace.reviews import policy, queries, service
from workspace.reviews.errors import AlreadyDecided, NoMoreChanges, NotYours, RejectingPaused
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.submissions import service as submissions
from workspace.submissions.models import Submission, SubmissionState

LOCK = timedelta(minutes=WORK.review_lock_minutes)
R, S = ReviewState, SubmissionState


def notices(session: Session, submission: Submission) -> list[str]:
    session.flush()
    rows = session.query(Notice).filter_by(user_id=submission.user_id).order_by(Notice.id)
    return [row.kind for row in rows if row.kind.startswith("submission.")]


def test_a_verdict_waits_eight_seconds_and_then_acts(session: Session) -> None:
    review = rule(session, make_review(session))
    submission = review.submission
    assert (review.state, submission.state) == (R.PENDING, S.IN_REVIEW)
    service.decide(session, review.id)  # a message that comes early
    assert review.state is R.PENDING
    review = settle(session, review)
    assert (review.state, submission.state) == (R.DECIDED, S.APPROVED)
    assert review.decided_at is not None
    assert (submission.due_at, submission.decided_at) == (None, review.decided_at)
    assert session.get_one(Task, submission.task_id).approved_count == 1
    assert notices(session, submission) == ["submission.approved"]
    assert reputation.totals(session, submission.user_id) == (1, 1, 0)
    record = session.query(AuditRecord).filter_by(subject_id=submission.id, actor_id=review.reviewer_id).one()
    assert (record.tag, record.detail["review_id"]) == ("reviewer:submission:approve", str(review.id))


def test_a_decided_verdict_acts_once(session: Session) -> None:
    review = settle(session, rule(session, make_review(session)))
    pending = ledger.balance(session, Kind.EXPERT_PENDING, review.submission.user_id)
    for _ in range(2):
        settle(session, review)
    assert ledger.balance(session, Kind.EXPERT_PENDING, review.submission.user_id) == pending
    assert notices(session, review.submission) == ["submission.approved"]


def test_only_whoever_holds_it_gives_a_verdict(session: Session) -> None:
    review = make_review(session)
    with pytest.raises(NotYours):
        service.give(session, review, reviewer=make_reviewer(session), verdict=Verdict.APPROVE)
    rule(session, review)
    with pytest.raises(NotYours):
        rule(session, review)


@pytest.mark.parametrize(
    "words",
    [
        {"reason_code": None},
        {"reason_code": "SPEED"},
        {"clauses": []},
        {"clauses": [99]},
        {"note": "Too short."},
    ],
)
def test_a_rejection_needs_a_code_a_clause_and_twelve_words(session: Session, words: dict[str, Any]) -> None:
    review = make_review(session)
    with pytest.raises(Invalid):
        rule(session, review, Verdict.REJECT, **words)
    assert review.state is R.OPEN


def test_a_later_clause_cannot_be_named(session: Session) -> None:
    review = make_review(session)
    project = session.get_one(Project, review.submission.project_id)
    owner = make_owner(session, session.get_one(Company, project.company_id))
    three = [ClauseText("Be right", "Yes."), ClauseText("Be clear", "Yes."), ClauseText("New", "Later.")]
    projects.save_guideline(session, project, three, by=owner)
    projects.publish_guideline(session, project, by=owner)
    session.flush()
    with pytest.raises(Invalid):
        rule(session, review, Verdict.REJECT, clauses=[3])
    rule(session, review, Verdict.REJECT, clauses=[2])


@pytest.mark.parametrize("verdict", [Verdict.APPROVE_WITH_EDITS, Verdict.EXCLUDE_BUT_PAY])
def test_verdicts_that_are_not_offered_are_refused(session: Session, verdict: Verdict) -> None:
    with pytest.raises(Invalid):
        rule(session, make_review(session), verdict)


@pytest.mark.parametrize(("seconds", "allowed"), [(0, True), (7, True), (8, False), (60, False)])
def test_a_verdict_is_taken_back_within_eight_seconds(session: Session, seconds: int, allowed: bool) -> None:
    reviewer = make_reviewer(session)
    review = rule(session, make_review(session, reviewer), Verdict.REJECT)
    acts_at = review.acts_at
    assert acts_at is not None
    with clock.shifted(acts_at - FRESH + timedelta(seconds=seconds) - clock.database_now(session)):
        if not allowed:
            with pytest.raises(AlreadyDecided):
                service.undo(session, review, reviewer=reviewer)
            return
        service.undo(session, review, reviewer=reviewer)
    assert (review.state, review.acts_at) == (R.OPEN, None)
    assert (review.note, review.reason_code, review.verdict) == (WORDS, "ACC-2", Verdict.REJECT)
    settle(session, review)  # the first message comes all the same
    assert (review.state, review.submission.state) == (R.OPEN, S.IN_REVIEW)
    rule(session, review)
    assert settle(session, review).submission.state is S.APPROVED


def test_nobody_takes_back_what_somebody_else_said(session: Session) -> None:
    review = rule(session, make_review(session))
    with pytest.raises(NotYours):
        service.undo(session, review, reviewer=make_reviewer(session))


def test_the_next_one_goes_back_when_a_verdict_is_taken_back(session: Session) -> None:
    reviewer = make_reviewer(session)
    first = rule(session, make_review(session, reviewer))
    second = make_review(session, reviewer)
    service.undo(session, first, reviewer=reviewer)
    session.flush()
    second = whole(session, second.id)
    assert (first.state, second.state) == (R.OPEN, R.QUEUED)
    assert second.submission.state is S.SUBMITTED
    rule(session, first)
    assert service.open_next(session, reviewer=reviewer) is second


def test_a_verdict_after_the_lock_counts_while_nobody_else_has_opened_it(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    with clock.shifted(LOCK):
        rule(session, review)  # the worker has not come yet
        service.undo(session, review, reviewer=reviewer)
    with clock.shifted(3 * LOCK):
        service.put_back(session, review.id)
        assert review.state is R.QUEUED
        rule(session, whole(session, review.id))
        assert review.state is R.PENDING


def test_a_verdict_after_somebody_else_opened_it_is_refused(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    with clock.shifted(LOCK):
        service.put_back(session, review.id)
        opened(session, review.submission, make_reviewer(session))
        with pytest.raises(NotYours):
            service.give(session, review, reviewer=reviewer, verdict=Verdict.APPROVE)


def test_a_verdict_after_the_clock_is_refused(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    with (
        clock.shifted(review.due_at - clock.database_now(session) + timedelta(seconds=1)),
        pytest.raises(NotYours),
    ):
        rule(session, review)


def test_changes_reserve_the_next_fee_and_queue_the_next_round(session: Session) -> None:
    review = decided(session, make_waiting(session), Verdict.ASK_FOR_CHANGES)
    submission = review.submission
    hours = timedelta(hours=WORK.changes_due_hours)
    assert review.decided_at is not None
    assert (submission.state, submission.due_at) == (S.CHANGES_REQUESTED, review.decided_at + hours)
    assert notices(session, submission) == ["submission.changes_asked"]
    assert reputation.totals(session, submission.user_id) == (0, 0, 0)
    submission = changed(session, submission)
    reviewer = make_reviewer(session)
    second = opened(session, submission, reviewer)
    assert (second.round, second.came_from, second.state) == (1, S.RESUBMITTED, R.OPEN)
    assert [past.id for past in queries.decided_of(session, submission.id)] == [review.id]
    settle(session, rule(session, second))
    assert submission.state is S.APPROVED
    assert reputation.totals(session, submission.user_id) == (1, 0, 0)  # approved, not the first time


def test_changes_end_when_the_rounds_are_used_up(session: Session) -> None:
    submission = make_waiting(session)
    for _ in range(WORK.change_rounds):
        decided(session, submission, Verdict.ASK_FOR_CHANGES)
        submission = changed(session, submission)
    review = opened(session, submission, make_reviewer(session))
    assert service.why_no_changes(session, review.submission) == policy.NO_ROUND
    with pytest.raises(NoMoreChanges, match="used up"):
        rule(session, review, Verdict.ASK_FOR_CHANGES)
    settle(session, rule(session, review, Verdict.REJECT))
    assert submission.state is S.REJECTED


def test_nothing_said_for_48_hours_is_a_last_look(session: Session) -> None:
    submission = decided(session, make_waiting(session), Verdict.ASK_FOR_CHANGES).submission
    assert submission.due_at is not None
    over = submission.due_at - clock.database_now(session)
    with clock.shifted(over):
        submissions.end_changes_promised(session, {"submission_id": str(submission.id)})
        session.flush()
    with clock.shifted(over):
        later(session, submission)
        review = opened(session, submission, make_reviewer(session))
        assert (review.round, review.came_from) == (1, S.FINAL_REVIEW)
        assert service.why_no_changes(session, review.submission) == policy.NO_ROUND
        settle(session, rule(session, review))
    assert submission.state is S.APPROVED
    assert queries.broken(session) == []


def test_changes_are_not_offered_when_the_budget_cannot_pay_another_review(session: Session) -> None:
    review = make_review(session, budget_minor=1)  # one unit, all of it reserved by the claim
    assert service.why_no_changes(session, review.submission) == policy.NO_BUDGET
    with pytest.raises(NoMoreChanges, match="budget"):
        rule(session, review, Verdict.ASK_FOR_CHANGES)
    rule(session, review)


def drained(session: Session, review: Review) -> Review:
    """The company takes the rest of the budget back within the eight seconds."""
    project = session.get_one(Project, review.submission.project_id)
    assert defund(session, project)
    session.flush()
    return whole(session, review.id)


def test_a_budget_that_ran_out_hands_the_review_back_with_its_words(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = drained(session, rule(session, make_review(session, reviewer), Verdict.ASK_FOR_CHANGES))
    review = settle(session, review)
    assert (review.state, review.submission.state) == (R.OPEN, S.IN_REVIEW)
    assert (review.note, review.acts_at, review.reviewer_id) == (WORDS, None, reviewer.id)
    assert review.locked_until is not None
    assert review.locked_until > clock.database_now(session)
    assert session.query(Notice).filter_by(user_id=reviewer.id).one().kind == "review.returned"
    assert ledger.balance(session, Kind.EXPERT_PENDING, reviewer.id) == 0
    settle(session, rule(session, review))
    assert ledger.balance(session, Kind.EXPERT_PENDING, reviewer.id) == review.fee_minor
    assert queries.broken(session) == []


def test_a_review_handed_back_waits_while_its_reviewer_holds_another(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = rule(session, make_review(session, reviewer), Verdict.ASK_FOR_CHANGES)
    other = make_review(session, reviewer)
    review = settle(session, drained(session, review))
    assert (review.state, review.submission.state, review.note) == (R.QUEUED, S.SUBMITTED, WORDS)
    rule(session, other)
    again = service.open_next(session, reviewer=reviewer)
    assert again is not None
    assert (again.id, again.note) == (review.id, WORDS)


def test_a_rejection_can_be_appealed_for_seven_days(session: Session) -> None:
    review = decided(session, make_waiting(session), Verdict.REJECT)
    submission = review.submission
    assert review.decided_at is not None
    assert submission.due_at == review.decided_at + timedelta(days=WORK.appeal_days)
    assert notices(session, submission) == ["submission.rejected"]
    assert reputation.totals(session, submission.user_id) == (0, 0, 1)
    task = session.get_one(Task, submission.task_id)
    assert (task.taken_count, task.approved_count) == (1, 0)  # the slot is kept until the end of the appeal


def test_too_many_rejections_pause_rejecting(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "decisions", lambda *_: (WORK.tripwire_decisions, 5))
    review = make_review(session)
    with pytest.raises(RejectingPaused):
        rule(session, review, Verdict.REJECT)
    rule(session, review, Verdict.ASK_FOR_CHANGES)
    assert review.state is R.PENDING


def test_decisions_are_counted_by_project(session: Session) -> None:
    rejected = decided(session, make_waiting(session), Verdict.REJECT)
    decided(session, make_waiting(session), Verdict.APPROVE)
    rule(session, make_review(session), Verdict.REJECT)  # has not acted
    assert queries.decisions(session, rejected.submission.project_id) == (1, 1)


def test_the_last_approval_completes_the_task(session: Session) -> None:
    submission = make_waiting(session, task_type="golden_response", overlap=1)
    decided(session, submission, Verdict.APPROVE)
    assert session.get_one(Task, submission.task_id).state is TaskState.DONE
    assert author(session, submission).id == submission.user_id


def test_the_company_hears_when_its_last_task_is_done(session: Session) -> None:
    assignment = make_assignment(session, tasks=2, overlap=1)
    expert, project = assignment.expert, assignment.project
    owner = make_owner(session, project.company)
    decided(session, make_waiting(session, assignment), Verdict.APPROVE)
    told = session.query(Notice).filter_by(user_id=owner.id, kind="project_all_done")
    assert told.count() == 0, "one task is left"
    following = claim(session, expert, projects_queries.lock(session, project.id))
    decided(session, make_waiting(session, following), Verdict.APPROVE)
    session.flush()
    assert told.count() == 1


def test_ops_hear_of_the_rejection_that_pauses_rejecting(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops = make_user(session, roles=[Role.OPS])
    counts = [
        (WORK.tripwire_decisions - 2, 5),
        (WORK.tripwire_decisions - 1, 5),
        (WORK.tripwire_decisions, 6),
    ]
    told = []
    for count in counts:
        review = rule(session, make_review(session, overlap=1), Verdict.REJECT)
        with monkeypatch.context() as patch:
            patch.setattr(queries, "decisions", lambda *_, count=count: count)
            settle(session, review)
        session.flush()
        told.append(session.query(Notice).filter_by(user_id=ops.id, kind="rejecting_paused").count())
    assert told == [0, 1, 1], "once, when the share is reached"
