"""Appeals against rejections: the worked example in cents, who may do what when, and what the clock does."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import PEOPLE, WORK
from marketplace.audit.models import AuditRecord
from marketplace.care.models import Exposure
from marketplace.companies.models import Company
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.payouts import queries as payouts
from marketplace.payouts.models import EarningKind
from marketplace.projects.models import GuidelineQuestion, Project
from marketplace.reputation import queries as reputation
from tests.factories.appeals import (
    RULING,
    STATEMENT,
    drawn,
    judged,
    make_judge,
    rejected,
)
from tests.factories.care import agree
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.factories.reviews import author, make_reviewer, money
from tests.workspace.reviews.test_overturns import propose, sound, two, waiting  # noqa: F401 - a fixture
from workspace.queue.models import Part, Task, TaskPart, TaskState
from workspace.reviews import policy, queries, service
from workspace.reviews.errors import AppealGone, AppealOver, OwnCompany
from workspace.reviews.models import (
    APPEAL_MOVES,
    REVIEW_MOVES,
    Appeal,
    AppealState,
    Cause,
    Outcome,
    Review,
    ReviewState,
)
from workspace.reviews.service import Ruling
from workspace.submissions import queries as submissions
from workspace.submissions.models import Submission, SubmissionState

A, S, R = AppealState, SubmissionState, ReviewState
LOCK = timedelta(minutes=WORK.appeal_lock_minutes, seconds=1)
DAYS = timedelta(days=WORK.appeal_decide_days, seconds=1)


@pytest.fixture
def reviewer(session: Session) -> User:
    return make_reviewer(session)


@pytest.fixture
def judge(session: Session) -> User:
    return make_judge(session)


@pytest.fixture
def wrong(session: Session, reviewer: User) -> Submission:
    """The worked example, rejected: 93934 in the budget, 5200 reserved, 866 with the reviewer."""
    return rejected(session, waiting(session), reviewer)


@pytest.fixture
def opened(session: Session, wrong: Submission) -> Appeal:
    return service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)


def verdict_on(session: Session, submission: Submission) -> Review:
    session.flush()
    return session.query(Review).filter_by(submission_id=submission.id).one()


def slots(session: Session, submission: Submission) -> tuple[int, int, TaskState]:
    session.flush()
    task = session.get_one(Task, submission.task_id, populate_existing=True)
    return task.taken_count, task.approved_count, task.state


def test_an_open_appeal_keeps_the_money_and_leaves_the_rejection_out(
    session: Session, wrong: Submission, reviewer: User
) -> None:
    expert = author(session, wrong)
    assert reputation.totals(session, expert.id) == (0, 0, 1)
    opened = service.open_appeal(session, wrong.id, by=expert, statement=f"  {STATEMENT} ")
    assert (opened.state, opened.statement) == (A.OPEN, STATEMENT)
    assert opened.due_at == opened.opened_at + timedelta(days=5) == wrong.due_at
    assert (wrong.state, verdict_on(session, wrong).state) == (S.REJECTED, R.IN_AUDIT)
    assert money(session, wrong, [reviewer]) == (93_934, 5_200, 0, 866, 0)
    assert reputation.totals(session, expert.id) == (0, 0, 0)
    assert queries.outcomes(session, expert.id) == []
    assert session.query(AuditRecord).filter_by(tag="expert:submission:appeal").count() == 1
    sound(session)


@pytest.mark.parametrize(
    ("outcome", "share", "row", "state", "slot"),
    [
        (Outcome.WON, None, (93_934, 0, 4_334, 866, 0), S.APPROVED_ON_APPEAL, (1, 1, TaskState.DONE)),
        (Outcome.IN_PART, 25, (97_834, 0, 1_084, 866, -650), S.EXCLUDED_PAID, (0, 0, TaskState.AVAILABLE)),
        (Outcome.IN_PART, 50, (96_534, 0, 2_167, 866, -433), S.EXCLUDED_PAID, (0, 0, TaskState.AVAILABLE)),
        (Outcome.IN_PART, 75, (95_233, 0, 3_251, 866, -216), S.EXCLUDED_PAID, (0, 0, TaskState.AVAILABLE)),
        (Outcome.UPHELD, None, (99_134, 0, 0, 866, -866), S.FINAL_REJECTED, (0, 0, TaskState.AVAILABLE)),
    ],
)
def test_every_outcome_to_the_cent(  # noqa: PLR0917 - fixtures
    session: Session,
    opened: Appeal,
    wrong: Submission,
    reviewer: User,
    judge: User,
    outcome: Outcome,
    share: int | None,
    row: tuple[int, ...],
    state: SubmissionState,
    slot: tuple[int, int, TaskState],
) -> None:
    judged(session, judge, opened, outcome=outcome, share=share)
    assert money(session, wrong, [reviewer]) == row
    assert (wrong.state, wrong.due_at, slots(session, wrong)) == (state, None, slot)
    assert (opened.state, opened.fee_minor, opened.decided_by_id) == (A.DECIDED, 866, judge.id)
    fee = payouts.earning_by_key(session, f"appeal:{opened.id}:pay")
    assert fee is not None
    assert (fee.kind, fee.amount_minor, fee.user_id) == (EarningKind.ADJUDICATION, 866, judge.id)
    upheld = outcome is Outcome.UPHELD
    assert verdict_on(session, wrong).state is (R.CONFIRMED if upheld else R.OVERTURNED)
    assert queries.rejections_by(session, reviewer.id) == (1, 0 if upheld else 1)
    counted = {Outcome.WON: (1, 1, 0), Outcome.IN_PART: (0, 0, 0), Outcome.UPHELD: (0, 0, 1)}[outcome]
    assert reputation.totals(session, wrong.user_id) == counted
    pay = payouts.earning_by_key(session, f"claim:{wrong.assignment_id}:approve")
    assert (pay.amount_minor if pay else 0) == row[2]
    sound(session)


def test_late_is_decided_for_the_expert(
    session: Session, opened: Appeal, wrong: Submission, reviewer: User, judge: User
) -> None:
    drawn(session, judge, opened)
    with clock.shifted(DAYS):
        assert service.draw_appeal(session, judge=judge) is None
        with pytest.raises(AppealOver):
            service.decide_appeal(session, opened.id, Ruling(**RULING), judge=judge)
        assert queries.appeal_over(session, clock.database_now(session)) == [wrong.id]
        service.reject_for_good(session, wrong.id)
        service.reject_for_good(session, wrong.id)
    assert money(session, wrong, [reviewer]) == (93_934, 0, 4_334, 866, 866)
    assert (wrong.state, slots(session, wrong)) == (S.APPROVED_ON_APPEAL, (1, 1, TaskState.DONE))
    assert (opened.outcome, opened.decided_by_id, opened.fee_minor) == (Outcome.WON, None, 0)
    assert verdict_on(session, wrong).state is R.CONFIRMED, "nobody has found the reviewer wrong"
    assert reputation.totals(session, wrong.user_id) == (1, 1, 0)
    sound(session)


def test_the_days_to_appeal_do_not_end_a_rejection_whose_appeal_waits(
    session: Session, wrong: Submission
) -> None:
    days = timedelta(days=WORK.appeal_days)
    with clock.shifted(days - timedelta(minutes=1)):
        opened = service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    with clock.shifted(days + timedelta(days=1)):
        service.sweep(session)
        service.reject_for_good(session, wrong.id)
    assert (wrong.state, opened.state) == (S.REJECTED, A.OPEN)
    sound(session)


def test_it_is_appealed_once_in_time_and_by_its_author(session: Session, wrong: Submission) -> None:
    expert = author(session, wrong)
    with pytest.raises(NotFound):
        service.open_appeal(session, wrong.id, by=make_user(session), statement=STATEMENT)
    for words in ("", "  ", "word " * (WORK.appeal_words + 1), "字" * (policy.STATEMENT + 1)):
        with pytest.raises(Invalid):
            service.open_appeal(session, wrong.id, by=expert, statement=words)
    with clock.shifted(timedelta(days=WORK.appeal_days, minutes=1)), pytest.raises(AppealOver):
        service.open_appeal(session, wrong.id, by=expert, statement=STATEMENT)
    service.open_appeal(session, wrong.id, by=expert, statement="word " * WORK.appeal_words)
    with pytest.raises(AppealOver):
        service.open_appeal(session, wrong.id, by=expert, statement=STATEMENT)


@pytest.mark.parametrize("state", sorted(set(S) - {S.REJECTED}, key=lambda one: one.value))
def test_only_a_rejection_is_appealed(session: Session, wrong: Submission, state: SubmissionState) -> None:
    session.execute(sa.update(Submission).where(Submission.id == wrong.id).values(state=state))
    with pytest.raises(AppealOver):
        service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)


def test_taking_it_back_makes_the_rejection_final(
    session: Session, opened: Appeal, wrong: Submission, reviewer: User, judge: User
) -> None:
    expert = author(session, wrong)
    drawn(session, judge, opened)
    with pytest.raises(AppealOver, match="deciding it now"):
        service.withdraw_appeal(session, wrong.id, by=expert)
    with pytest.raises(NotFound):
        service.withdraw_appeal(session, wrong.id, by=judge)
    with clock.shifted(LOCK):
        service.withdraw_appeal(session, wrong.id, by=expert)
        with pytest.raises(AppealOver):
            service.withdraw_appeal(session, wrong.id, by=expert)
    assert (opened.state, wrong.state, slots(session, wrong)[0]) == (A.WITHDRAWN, S.FINAL_REJECTED, 0)
    assert money(session, wrong, [reviewer]) == (99_134, 0, 0, 866, 0)
    assert reputation.totals(session, expert.id) == (0, 0, 1)
    sound(session)


def test_one_question_is_asked_and_answered(
    session: Session, opened: Appeal, wrong: Submission, judge: User
) -> None:
    drawn(session, judge, opened)
    expert = author(session, wrong)
    with pytest.raises(AppealOver):
        service.answer_question(session, wrong.id, by=expert, text="Page 4.")
    service.ask_expert(session, opened.id, judge=judge, text="On which page is it?")
    assert opened.state is A.INFO_REQUESTED
    with pytest.raises(AppealGone):
        service.decide_appeal(session, opened.id, Ruling(**RULING), judge=judge)
    with pytest.raises(Invalid):
        service.answer_question(session, wrong.id, by=expert, text=" ")
    service.answer_question(session, wrong.id, by=expert, text="Page 4.")
    assert (opened.state, opened.answer) == (A.ASSIGNED, "Page 4.")
    with pytest.raises(AppealOver):
        service.ask_expert(session, opened.id, judge=judge, text="And the line?")
    service.decide_appeal(session, opened.id, Ruling(**RULING), judge=judge)
    sound(session)


def test_a_question_without_an_answer_goes_on_after_two_days(
    session: Session, opened: Appeal, wrong: Submission, judge: User
) -> None:
    drawn(session, judge, opened)
    service.ask_expert(session, opened.id, judge=judge, text="On which page is it?")
    assert service.draw_appeal(session, judge=make_judge(session, "Otto Other")) is None
    with clock.shifted(timedelta(days=WORK.appeal_answer_days, seconds=1)):
        with pytest.raises(AppealOver):
            service.answer_question(session, wrong.id, by=author(session, wrong), text="Page 4.")
        judged(session, judge, opened, outcome=Outcome.UPHELD)
    sound(session)


def test_a_lock_that_ends_lets_somebody_else_decide(session: Session, opened: Appeal, judge: User) -> None:
    other = make_judge(session, "Otto Other")
    drawn(session, judge, opened)
    assert service.draw_appeal(session, judge=judge) is opened, "the same one again"
    assert service.draw_appeal(session, judge=other) is None
    with clock.shifted(LOCK):
        with pytest.raises(AppealGone):
            service.decide_appeal(session, opened.id, Ruling(**RULING), judge=judge)
        judged(session, other, opened)
        with pytest.raises(NotFound):
            service.decide_appeal(session, opened.id, Ruling(**RULING), judge=judge)
        with pytest.raises(AppealOver):
            service.decide_appeal(session, opened.id, Ruling(**RULING), judge=other)


def test_whoever_steps_aside_is_not_given_it_again(session: Session, opened: Appeal, judge: User) -> None:
    drawn(session, judge, opened)
    with pytest.raises(Invalid):
        service.leave_appeal(session, opened.id, judge=judge, reason="bored")
    service.leave_appeal(session, opened.id, judge=judge, reason="outside_my_field")
    session.flush()
    assert service.draw_appeal(session, judge=judge) is None
    assert service.draw_appeal(session, judge=_other_user(session, judge)) is None
    drawn(session, make_judge(session, "Otto Other"), opened)


def _the_author(session: Session, wrong: Submission) -> User:
    return author(session, wrong)


def _their_other_user(session: Session, wrong: Submission) -> User:
    return _other_user(session, author(session, wrong))


def _the_reviewer(session: Session, wrong: Submission) -> User:
    return session.get_one(User, verdict_on(session, wrong).reviewer_id)


def _the_reviewers_other_user(session: Session, wrong: Submission) -> User:
    return _other_user(session, _the_reviewer(session, wrong))


def _a_member(session: Session, wrong: Submission) -> User:
    company = session.get_one(Company, session.get_one(Project, wrong.project_id).company_id)
    return make_member(session, company, user=make_judge(session)).user


def _who_left_lately(session: Session, wrong: Submission) -> User:
    company = session.get_one(Company, session.get_one(Project, wrong.project_id).company_id)
    member = make_member(session, company, user=make_judge(session))
    member.left_at = clock.database_now(session) - timedelta(days=PEOPLE.conflict_days - 1)
    return member.user


def _another_author(session: Session, wrong: Submission) -> User:
    user = make_judge(session)
    session.add(TaskPart(task_id=wrong.task_id, user_id=user.id, part=Part.AUTHOR))
    return user


def _other_user(session: Session, of: User) -> User:
    name, _, host = of.email.partition("@")
    return make_judge(session, email=f"{name}+other@{host}")


def _a_members_other_user(session: Session, wrong: Submission) -> User:
    company = session.get_one(Company, session.get_one(Project, wrong.project_id).company_id)
    return _other_user(session, make_member(session, company).user)


def _another_authors_other_user(session: Session, wrong: Submission) -> User:
    return _other_user(session, _another_author(session, wrong))


@pytest.mark.parametrize(
    "who",
    [
        _the_author,
        _their_other_user,
        _the_reviewer,
        _the_reviewers_other_user,
        _a_member,
        _who_left_lately,
        _another_author,
        _a_members_other_user,
        _another_authors_other_user,
    ],
)
def test_nobody_with_a_part_in_it_is_given_it(
    session: Session, opened: Appeal, wrong: Submission, who: Any
) -> None:
    judge = who(session, wrong)
    session.flush()
    assert service.draw_appeal(session, judge=judge) is None
    assert opened.state is A.OPEN


def test_who_joins_the_company_meanwhile_cannot_decide(
    session: Session, opened: Appeal, wrong: Submission, judge: User
) -> None:
    drawn(session, judge, opened)
    company = session.get_one(Company, session.get_one(Project, wrong.project_id).company_id)
    make_member(session, company, user=judge)
    with pytest.raises(OwnCompany):
        service.decide_appeal(session, opened.id, Ruling(**RULING), judge=judge)


def test_whoever_decided_never_does_the_task(
    session: Session, opened: Appeal, wrong: Submission, judge: User
) -> None:
    drawn(session, judge, opened)
    assert queries.part_of(session, judge.id, wrong.task_id) is Part.REVIEWER


@pytest.mark.parametrize(
    "lacking",
    [
        {"reasons": "Too few words."},
        {"reasons": "word " * 600},
        {"clauses": []},
        {"clauses": [99]},
        {"outcome": Outcome.IN_PART},
        {"outcome": Outcome.IN_PART, "share": 30},
        {"outcome": Outcome.WON, "share": 50},
        {"cause": Cause.GAP, "gap": "Why?"},
    ],
)
def test_a_decision_needs_reasons_a_clause_and_a_finding(
    session: Session, opened: Appeal, judge: User, lacking: dict[str, Any]
) -> None:
    drawn(session, judge, opened)
    with pytest.raises(Invalid):
        service.decide_appeal(session, opened.id, Ruling(**{**RULING, **lacking}), judge=judge)
    assert opened.state is A.ASSIGNED


def test_sensitive_content_needs_consent_and_is_counted(
    session: Session, opened: Appeal, wrong: Submission, judge: User
) -> None:
    project = session.get_one(Project, wrong.project_id)
    project.content_classes = "violence"
    session.flush()
    assert service.draw_appeal(session, judge=judge) is None
    agree(session, judge, "violence")
    drawn(session, judge, opened)
    assert session.query(Exposure).filter_by(user_id=judge.id).count() == 1


def test_a_gap_in_the_guideline_is_asked_of_the_company(
    session: Session, opened: Appeal, wrong: Submission, judge: User
) -> None:
    asked = "Does a page number count as a source when no title is given?"
    judged(session, judge, opened, cause=Cause.GAP, gap=asked)
    question = session.query(GuidelineQuestion).one()
    assert (question.text, question.project_id, question.clause_number) == (asked, wrong.project_id, 1)
    assert (question.task_id, question.assignment_id) == (None, None), "rejected work is not shown to them"


def test_an_upheld_rejection_can_still_be_found_wrong_by_two_people(
    session: Session,
    opened: Appeal,
    wrong: Submission,
    judge: User,
    two: User,  # noqa: F811
) -> None:
    judged(session, judge, opened, outcome=Outcome.UPHELD)
    made = propose(session, make_judge(session, "Ona First"), wrong)
    service.approve_overturn(session, made.id, by=two)
    assert (wrong.state, verdict_on(session, wrong).state) == (S.APPROVED_ON_APPEAL, R.OVERTURNED)
    sound(session)


def test_reviewers_with_a_good_record_decide_too(session: Session, reviewer: User) -> None:
    may = service.may_judge
    assert may(session, make_judge(session), frozenset({"ops"}))
    assert may(session, make_judge(session), frozenset({"admin"}))
    assert not may(session, reviewer, frozenset({"reviewer"}))
    assert policy.is_senior(verdicts=50, rejected=10, overturned=1)
    assert not policy.is_senior(verdicts=49, rejected=10, overturned=0)
    assert not policy.is_senior(verdicts=500, rejected=10, overturned=2)
    assert not may(session, make_user(session, roles=[Role.EXPERT]), frozenset({"expert"}))


@pytest.mark.parametrize("state", list(A))
def test_the_moves_of_an_appeal(state: AppealState) -> None:
    allowed = {
        A.OPEN: {A.ASSIGNED, A.DECIDED, A.WITHDRAWN},
        A.ASSIGNED: {A.OPEN, A.INFO_REQUESTED, A.DECIDED},
        A.INFO_REQUESTED: {A.ASSIGNED, A.DECIDED},
        A.DECIDED: set(),
        A.WITHDRAWN: set(),
    }
    assert APPEAL_MOVES[state] == allowed[state]
    for other in A:
        one = Appeal(submission=None, statement="x", opened_at=None, due_at=None)  # type: ignore[arg-type]
        one.state = state
        if other in allowed[state]:
            one.move(other)
            continue
        with pytest.raises(Conflict):
            one.move(other)


def test_a_confirmed_verdict_can_be_looked_at_again() -> None:
    assert REVIEW_MOVES[R.CONFIRMED] == {R.IN_AUDIT}


@pytest.mark.parametrize("change", ["state = 'open'", "reasons = 'other'", "outcome = 'upheld'"])
def test_the_database_keeps_what_was_decided(
    session: Session, opened: Appeal, judge: User, change: str
) -> None:
    judged(session, judge, opened)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text(f"UPDATE appeals SET {change}"))


def test_the_database_deletes_no_appeal(session: Session, opened: Appeal) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text("DELETE FROM appeals"))


@pytest.mark.parametrize(
    "broken",
    [
        {"state": A.DECIDED},
        {"outcome": Outcome.WON},
        {"outcome": Outcome.UPHELD, "state": A.DECIDED, "decided_at": sa.func.current_timestamp()},
        {"share": 50},
        {"statement": ""},
        {"fee_minor": 5},
        {"state": A.ASSIGNED},
        {"state": A.INFO_REQUESTED},
    ],
)
def test_the_database_refuses_what_cannot_be(
    session: Session, opened: Appeal, broken: dict[str, Any]
) -> None:
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.update(Appeal).where(Appeal.id == opened.id).values(**broken))


def test_verify_finds_what_differs(session: Session, opened: Appeal, wrong: Submission, judge: User) -> None:
    judged(session, judge, opened, outcome=Outcome.IN_PART, share=50)
    assert queries.broken(session) == []
    session.execute(sa.update(Submission).where(Submission.id == wrong.id).values(state=S.APPROVED_ON_APPEAL))
    session.expire_all()
    assert [line for line in queries.broken(session) if f"appeal {opened.id}" in line]


def test_every_project_waits_for_its_appeals(session: Session, opened: Appeal, wrong: Submission) -> None:
    with clock.shifted(DAYS):
        assert submissions.has_undecided(session, wrong.project_id)
