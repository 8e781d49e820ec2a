"""The queue: what is served to whom, for how long, and what nobody may judge."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE, WORK
from marketplace.companies.models import MemberRole
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.errors import Invalid
from marketplace.projects.models import Project
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import claim, make_assignment, make_tasks
from tests.factories.reviews import (
    FRESH,
    author,
    decided,
    later,
    make_review,
    make_reviewer,
    make_waiting,
    opened,
    rule,
    whole,
)
from tests.factories.submissions import make_submission
from workspace.queue.errors import NothingToDo
from workspace.queue.models import Part, TaskPart
from workspace.reviews import queries, service
from workspace.reviews.errors import NotYours, OwnCompany
from workspace.reviews.models import Review, ReviewState, StepAside, Verdict
from workspace.submissions.models import SubmissionState

LOCK = timedelta(minutes=WORK.review_lock_minutes)


def test_opening_locks_for_ten_minutes(session: Session) -> None:
    reviewer, submission = make_reviewer(session), make_waiting(session)
    before = clock.database_now(session)
    review = opened(session, submission, reviewer)
    assert (review.state, review.submission.state) == (ReviewState.OPEN, SubmissionState.IN_REVIEW)
    assert (review.reviewer_id, review.came_from) == (reviewer.id, SubmissionState.SUBMITTED)
    assert review.fee_minor == review.submission.assignment.review_fee_minor
    assert review.locked_until is not None
    assert LOCK <= review.locked_until - before < LOCK + timedelta(seconds=30)
    part = session.query(TaskPart).filter_by(user_id=reviewer.id).one()
    assert (part.task_id, part.part) == (submission.task_id, Part.REVIEWER)


def test_a_fresh_answer_is_shown_to_nobody_for_eight_seconds(session: Session) -> None:
    reviewer, submission = make_reviewer(session), make_submission(session)
    submission.submitted_at = clock.database_now(session) - FRESH + timedelta(seconds=3)
    session.flush()
    assert service.open_next(session, reviewer=reviewer) is None
    with clock.shifted(timedelta(seconds=3)):
        assert service.open_next(session, reviewer=reviewer) is not None


def test_the_one_in_hand_comes_before_the_next(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    make_waiting(session)
    again = service.open_next(session, reviewer=reviewer)
    assert again is review
    assert session.query(Review).filter_by(state=ReviewState.OPEN).count() == 1


def test_first_comes_what_the_clock_approves_first(session: Session) -> None:
    slow = make_waiting(session, auto_approve_hours=168)
    quick = make_waiting(session, auto_approve_hours=24)
    first = service.open_next(session, reviewer=make_reviewer(session))
    second = service.open_next(session, reviewer=make_reviewer(session))
    assert first is not None
    assert second is not None
    assert [first.submission_id, second.submission_id] == [quick.id, slow.id]
    assert service.open_next(session, reviewer=make_reviewer(session)) is None


def test_projects_and_kinds_of_work_narrow_the_draw(session: Session) -> None:
    ranking, golden = make_waiting(session), make_waiting(session, task_type="golden_response", overlap=1)
    reviewer = make_reviewer(session)
    assert service.open_next(session, reviewer=reviewer, projects=[make_project(session).id]) is None
    assert service.open_next(session, reviewer=reviewer, task_types=["red_teaming"]) is None
    review = service.open_next(session, reviewer=reviewer, task_types=["golden_response"])
    assert review is not None
    assert review.submission_id == golden.id
    session.flush()
    other = service.open_next(session, reviewer=make_reviewer(session), projects=[ranking.project_id])
    assert other is not None
    assert other.submission_id == ranking.id


def test_nobody_judges_their_own_answer(session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT, Role.REVIEWER])
    make_waiting(session, make_assignment(session, expert=make_expert(session, user=user)))
    assert service.open_next(session, reviewer=user) is None


def test_nobody_judges_a_task_they_answered_too(session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT, Role.REVIEWER])
    project = make_project(session, overlap=3)
    make_tasks(session, project, 1)
    claim(session, make_expert(session, user=user), project)
    session.flush()
    other = make_waiting(session, make_assignment(session, project=project))
    assert other.user_id != user.id
    assert service.open_next(session, reviewer=user) is None
    assert queries.waiting_by_project(session, user.id, clock.database_now(session)) == []
    assert service.open_next(session, reviewer=make_reviewer(session)) is not None


def test_whoever_judged_a_task_cannot_claim_it(session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT, Role.REVIEWER])
    submission = make_waiting(session, overlap=3, tasks=1)
    review = opened(session, submission, user)
    project = session.get_one(Project, review.submission.project_id)
    with pytest.raises(NothingToDo):
        claim(session, make_expert(session, user=user), project)


# days since the person left the company, or None while they belong to it -> may they judge its work
@pytest.mark.parametrize(
    ("left_days_ago", "served"),
    [(None, False), (0, False), (PEOPLE.conflict_days - 1, False), (PEOPLE.conflict_days + 1, True)],
)
def test_company_members_of_the_past_year_are_not_served(
    session: Session, left_days_ago: int | None, served: bool
) -> None:
    company = make_company(session)
    reviewer = make_reviewer(session)
    left = None if left_days_ago is None else clock.now() - timedelta(days=left_days_ago)
    make_member(session, company, user=reviewer, role=MemberRole.VIEWER, left_at=left)
    make_waiting(session, make_assignment(session, project=make_project(session, company=company)))
    assert (service.open_next(session, reviewer=reviewer) is not None) is served
    other = make_company(session, owner=make_user(session))
    make_waiting(session, make_assignment(session, project=make_project(session, company=other)))
    assert service.open_next(session, reviewer=reviewer) is not None


def test_whoever_joins_the_company_with_a_review_in_hand_gives_no_verdict(session: Session) -> None:
    company, reviewer = make_company(session), make_reviewer(session)
    project = make_project(session, company=company)
    review = opened(session, make_waiting(session, make_assignment(session, project=project)), reviewer)
    make_member(session, company, user=reviewer, role=MemberRole.VIEWER)
    with pytest.raises(OwnCompany):
        service.give(session, review, reviewer=reviewer, verdict=Verdict.APPROVE)
    service.step_aside(session, review, reviewer=reviewer, reason="conflict_of_interest")
    assert whole(session, review.id).state is ReviewState.QUEUED


def test_what_the_clock_has_approved_by_now_is_not_served(session: Session) -> None:
    submission = make_waiting(session)
    with clock.shifted(submission.auto_approve_at - clock.database_now(session)):
        assert service.open_next(session, reviewer=make_reviewer(session)) is None


def test_reading_keeps_the_lock_and_a_stranger_cannot(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    first = review.locked_until
    with clock.shifted(timedelta(minutes=9)):
        service.renew(session, review, reviewer=reviewer)
        assert review.locked_until is not None
        assert first is not None
        assert timedelta(minutes=8) < review.locked_until - first < timedelta(minutes=10)
        with pytest.raises(NotYours):
            service.renew(session, review, reviewer=make_reviewer(session))


def test_a_lock_that_ended_frees_the_submission_for_others(session: Session) -> None:
    review = make_review(session)
    service.put_back(session, review.id)
    assert review.state is ReviewState.OPEN  # too early: nothing happens
    with clock.shifted(LOCK):
        service.put_back(session, review.id)
        service.put_back(session, review.id)
        assert (review.state, review.submission.state) == (ReviewState.QUEUED, SubmissionState.SUBMITTED)
        assert (review.locked_until, review.opened_at) == (None, None)
        other = make_reviewer(session)
        assert opened(session, review.submission, other).reviewer_id == other.id


def test_a_reviewer_whose_lock_ended_is_served_anew(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    with clock.shifted(LOCK):
        again = service.open_next(session, reviewer=reviewer)
    assert again is review
    assert review.state is ReviewState.OPEN
    assert review.locked_until is not None
    assert review.locked_until > clock.database_now(session) + LOCK


def test_stepping_aside_is_for_good_and_needs_a_reason(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    with pytest.raises(Invalid):
        service.step_aside(session, review, reviewer=reviewer, reason="bored")
    with pytest.raises(NotYours):
        service.step_aside(session, review, reviewer=make_reviewer(session), reason="outside_my_field")
    service.step_aside(session, review, reviewer=reviewer, reason="outside_my_field")
    session.flush()
    assert (review.state, review.reviewer_id) == (ReviewState.QUEUED, None)
    assert review.submission.state is SubmissionState.SUBMITTED
    aside = session.query(StepAside).one()
    assert (aside.submission_id, aside.user_id, aside.reason) == (
        review.submission_id,
        reviewer.id,
        "outside_my_field",
    )
    assert service.open_next(session, reviewer=reviewer) is None
    assert queries.waiting_by_project(session, reviewer.id, clock.database_now(session)) == []
    assert service.open_next(session, reviewer=make_reviewer(session)) is not None
    with pytest.raises(NotYours):
        service.step_aside(session, review, reviewer=reviewer, reason="outside_my_field")


def test_a_review_is_seen_by_whoever_it_was_served_to(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = make_review(session, reviewer)
    assert queries.for_reviewer(session, reviewer.id, review.id) is review
    assert queries.for_reviewer(session, make_reviewer(session).id, review.id) is None
    assert queries.for_reviewer(session, author(session, review.submission).id, review.id) is None


def test_the_words_of_one_reviewer_are_not_shown_to_the_next(session: Session) -> None:
    reviewer = make_reviewer(session)
    review = rule(session, make_review(session, reviewer), Verdict.REJECT)
    service.undo(session, review, reviewer=reviewer)
    assert review.note
    with clock.shifted(2 * LOCK):
        service.put_back(session, review.id)
        review = opened(session, review.submission, make_reviewer(session))
    assert (review.note, review.reason_code, review.verdict, review.clauses) == ("", None, None, {})


def test_what_its_author_can_still_take_back_is_neither_counted_nor_served(session: Session) -> None:
    submission, reviewer = make_submission(session), make_reviewer(session)
    assert queries.waiting_by_project(session, reviewer.id, clock.database_now(session)) == []
    assert service.open_next(session, reviewer=reviewer) is None
    later(session, submission)
    assert len(queries.waiting_by_project(session, reviewer.id, clock.database_now(session))) == 1
    assert service.open_next(session, reviewer=reviewer) is not None


def test_what_waits_is_counted_by_project(session: Session) -> None:
    reviewer = make_reviewer(session)
    project = make_project(session, overlap=3)
    make_tasks(session, project, 1)
    for _ in range(2):
        make_waiting(session, make_assignment(session, project=project))
    (row,) = queries.waiting_by_project(session, reviewer.id, clock.database_now(session))
    assert (row.project_id, row.title, row.waiting) == (project.id, project.title, 2)
    assert row.fee_minor == project.review_fee_minor
    assert service.open_next(session, reviewer=make_reviewer(session)) is not None
    (row,) = queries.waiting_by_project(session, reviewer.id, clock.database_now(session))
    assert row.waiting == 1


def test_given_verdicts_stand_newest_first(session: Session) -> None:
    reviewer = make_reviewer(session)
    given = [decided(session, make_waiting(session), Verdict.APPROVE, reviewer).id for _ in range(4)]
    found = queries.given_by(session, reviewer.id, None)
    assert [review.id for review in found.rows] == given[::-1]
