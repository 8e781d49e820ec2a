"""A company withdraws work under way: nobody begins any more, and each person at work is paid once."""

import uuid
from datetime import timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.payouts.models import Earning, EarningKind
from marketplace.projects import service as projects
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.policy import platform_fee
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import claim, engaged, make_assignment, make_tasks, run_promises, state_of
from tests.factories.submissions import all_warnings, good_answer, make_submission
from workspace.queue import policy as queue_policy
from workspace.queue import queries as tasks
from workspace.queue import service as queue
from workspace.queue.errors import NotEligible, NothingToDo
from workspace.queue.models import (
    WITHDRAWN,
    Assignment,
    AssignmentState,
    Batch,
    BatchState,
    Task,
    TaskPart,
    TaskState,
    Withdrawal,
)
from workspace.queue.queries import Scope
from workspace.reviews import queries as review_queries
from workspace.submissions import queries, service
from workspace.submissions.errors import CannotTakeBack, CostsMore
from workspace.submissions.models import Draft, SubmissionState
from workspace.submissions.policy import Problems
from workspace.submissions.service import drafts

A, T = AssignmentState, TaskState
REASON = "We changed the guideline and start anew."
ALL = 10**9


def owner_of(session: Session, project: Project) -> User:
    return make_owner(session, session.get_one(Company, project.company_id))


def worked(session: Session, assignment: Assignment, *, seconds: int) -> Assignment:
    draft = drafts.of(session, assignment)
    draft.active_seconds, draft.answer = seconds, {"why": "I got this far."}
    draft.saved_at = clock.database_now(session)
    session.flush()
    return assignment


def withdraw(
    session: Session, scope: Scope, *, agreed: int = ALL, key: uuid.UUID | None = None
) -> Withdrawal:
    project = session.get_one(Project, scope.project_id)
    row = service.withdraw(
        session,
        scope,
        by=owner_of(session, project),
        reason=REASON,
        form_key=key or ids.new_id(),
        agreed_minor=agreed,
    )
    session.flush()
    return row


def money(session: Session, assignment: Assignment) -> tuple[int, int, int]:
    """(budget, reserved, the expert's pending) in cents."""
    project_id = assignment.project_id
    return (
        ledger.balance(session, Kind.PROJECT_BUDGET, project_id),
        ledger.balance(session, Kind.PROJECT_RESERVED, project_id),
        ledger.balance(session, Kind.EXPERT_PENDING, assignment.user_id),
    )


def of_task(assignment: Assignment) -> Scope:
    return Scope(assignment.project_id, task_id=assignment.task_id)


def in_order(session: Session) -> bool:
    return ledger.broken(session) == [] and review_queries.broken(session) == []


# --- the sum ---------------------------------------------------------------------------------------------------


@given(
    price=st.integers(min_value=1, max_value=10**9),
    minutes=st.integers(min_value=1, max_value=480),
    seconds=st.integers(min_value=-5, max_value=10**6),
)
def test_the_pay_is_the_share_worked_a_quarter_at_least(price: int, minutes: int, seconds: int) -> None:
    pay = queue_policy.cancel_pay(price, minutes, seconds)
    share = Fraction(min(max(seconds, 0), 60 * minutes), 60 * minutes)
    assert pay == max(ceil(Fraction(price, 4)), ceil(price * share))
    assert pay >= queue_policy.stop_pay(price, minutes, seconds) or share <= Fraction(1, 2)
    assert pay <= price
    assert pay + platform_fee(pay) <= price + platform_fee(price), "what was reserved covers it"


@pytest.mark.parametrize(
    ("seconds", "pay", "fee"), [(480, 1734, 346), (0, 1084, 216), (1200, 4334, 866), (9999, 4334, 866)]
)
def test_the_pay_of_the_money_page(seconds: int, pay: int, fee: int) -> None:
    assert (queue_policy.cancel_pay(4334, 20, seconds), platform_fee(pay)) == (pay, fee)
    assert WORK.cancel_share_bps == 2500


@pytest.mark.parametrize(
    ("seconds", "words"), [(480, "8 active minutes"), (60, "1 active minute"), (200, "3:20 active minutes")]
)
def test_the_sentence(seconds: int, words: str) -> None:
    assert queue_policy.withdrawn_words("$17.34", seconds) == f"The company withdrew this. $17.34 for {words}"


# --- one task --------------------------------------------------------------------------------------------------


def test_who_is_at_work_is_paid_and_the_rest_goes_back(app: Application, session: Session) -> None:
    assignment = worked(session, make_assignment(session, tasks=2), seconds=180)  # $2.00, six minutes
    before = ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM)
    row = withdraw(session, of_task(assignment))
    assert (row.task_count, row.people_count, row.about_minor, row.most_minor) == (1, 1, 120, 280)
    assert state_of(session, assignment.task) == (T.WITHDRAWN, 1)
    run_promises(app, session)
    assignment = session.get_one(Assignment, assignment.id)
    assert (assignment.state, assignment.end_reason, assignment.end_note) == (A.CANCELLED, WITHDRAWN, REASON)
    assert money(session, assignment) == (100_000 - 120, 0, 100)
    assert ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM) - before == 20
    earning = session.query(Earning).one()
    assert (earning.kind, earning.amount_minor, earning.ledger_key, earning.reason) == (
        EarningKind.CANCELLATION,
        100,
        f"claim:{assignment.id}:cancel",
        "The company withdrew this. $1.00 for 3 active minutes",
    )
    assert state_of(session, session.get_one(Task, assignment.task_id)) == (T.WITHDRAWN, 0)
    assert session.query(TaskPart).filter_by(task_id=assignment.task_id).count() == 1
    notice = session.query(Notice).filter_by(user_id=assignment.user_id).one()
    assert (notice.kind, notice.path) == ("assignment.cancelled", f"/tasks/{assignment.id}")
    assert REASON in notice.body
    assert "$1.00 for 3 active minutes" in notice.body
    assert in_order(session)


def test_a_corrected_time_counts_and_no_time_pays_a_quarter(app: Application, session: Session) -> None:
    corrected = worked(session, make_assignment(session, tasks=2), seconds=300)
    drafts.of(session, corrected).corrected_seconds = 240
    untouched = make_assignment(session, project=corrected.project)
    assert service.costs(session, Scope(corrected.project_id)).pay_minor == 134 + 50
    withdraw(session, Scope(corrected.project_id))
    run_promises(app, session)
    paid = {row.user_id: row.amount_minor for row in session.query(Earning)}
    assert paid == {corrected.user_id: 134, untouched.user_id: 50}


def test_nobody_claims_it_and_other_tasks_go_on(app: Application, session: Session) -> None:
    project = make_project(session)
    first, second = make_tasks(session, project, 2, overlap=1)
    withdraw(session, Scope(project.id, task_id=first.id))
    assignment = make_assignment(session, project=project)
    assert assignment.task_id == second.id
    with pytest.raises(NothingToDo):
        claim(session, make_expert(session), project)
    assert project.state is ProjectState.OPEN


@pytest.mark.parametrize("state", [T.STAGED, T.AVAILABLE, T.SATURATED, T.QUARANTINED])
def test_what_is_not_done_can_be_withdrawn(session: Session, state: TaskState) -> None:
    project = make_project(session)
    task = make_tasks(session, project, 1)[0]
    task.state = state
    session.flush()
    withdraw(session, Scope(project.id, task_id=task.id))
    assert state_of(session, task)[0] is T.WITHDRAWN
    session.expire_all()
    assert session.get_one(Batch, task.batch_id).state is BatchState.COMPLETED  # nothing of it is left to do


@pytest.mark.parametrize("state", [T.DONE, T.WITHDRAWN])
def test_what_is_over_cannot(session: Session, state: TaskState) -> None:
    project = make_project(session)
    task = make_tasks(session, project, 1)[0]
    task.state = state
    session.flush()
    with pytest.raises(Conflict, match="Nothing is left"):
        withdraw(session, Scope(project.id, task_id=task.id))


def test_what_was_handed_in_is_decided_as_ever(app: Application, session: Session) -> None:
    submission = make_submission(session)
    withdraw(session, of_task(submission.assignment))
    run_promises(app, session)
    assert session.get_one(Assignment, submission.assignment_id).state is A.SUBMITTED
    queue.count_approved(session, submission.task_id)
    assert session.get_one(Task, submission.task_id).state is T.WITHDRAWN
    assert session.query(Earning).count() == 0


def test_it_is_not_taken_back_to_a_withdrawn_task(session: Session) -> None:
    submission = make_submission(session)
    assignment = submission.assignment
    withdraw(session, of_task(assignment))
    with pytest.raises(CannotTakeBack, match="reviewed and paid as ever"):
        service.take_back(session, assignment, user=assignment.expert.user)


def test_a_deadline_that_has_passed_decides_first(session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 2)
    complete, incomplete = (make_assignment(session, project=project) for _ in range(2))
    worked(session, complete, seconds=60)
    drafts.of(session, complete).answer = good_answer(complete)
    worked(session, incomplete, seconds=60)
    with clock.shifted(queue_policy.length(6) + timedelta(seconds=1)):
        costs = service.costs(session, Scope(project.id))
        assert (costs.pay_minor, costs.most_minor) == (400, 560)
        withdraw(session, Scope(project.id))
        for one in (complete, incomplete):
            service.settle(session, one.id)
    assert (complete.state, incomplete.state) == (A.SUBMITTED, A.EXPIRED)
    assert session.query(Earning).count() == 0
    assert session.query(Task).filter(Task.state != T.WITHDRAWN).count() == 0


def test_a_task_held_ahead_is_given_back_free_of_charge(app: Application, session: Session) -> None:
    assignment = make_assignment(session, tasks=3)
    held = queue.hold_next(session, assignment)
    assert held is not None
    session.flush()
    row = withdraw(session, Scope(assignment.project_id, task_id=held.task_id))
    assert (row.people_count, row.about_minor) == (0, 0)
    with pytest.raises(Conflict, match="withdrawn"):
        queue.open_held(session, tasks.lock_assignment(session, held.id))
    run_promises(app, session)
    held = session.get_one(Assignment, held.id)
    assert (held.state, session.query(Earning).count()) == (A.CANCELLED, 0)
    assert money(session, held)[1] == 280
    assert tasks.stop_history(session, held.user_id, held.project_id, clock.now().date())[0] == 1
    assert in_order(session)


# --- a batch, a project ----------------------------------------------------------------------------------------


def test_a_batch_is_cancelled_and_the_others_go_on(app: Application, session: Session) -> None:
    project = make_project(session)
    first, second = make_tasks(session, project, 2), make_tasks(session, project, 2)
    assignment = make_assignment(session, project=project)
    row = withdraw(session, Scope(project.id, batch_id=first[0].batch_id))
    assert (row.task_count, row.people_count) == (2, 1)
    run_promises(app, session)
    assert session.get_one(Batch, first[0].batch_id).state is BatchState.CANCELLED
    assert session.get_one(Batch, second[0].batch_id).state is BatchState.IN_PROGRESS
    assert session.get_one(Assignment, assignment.id).state is A.CANCELLED
    assert make_assignment(session, project=session.get_one(Project, project.id)).task_id == second[0].id
    with pytest.raises(Conflict):
        withdraw(session, Scope(project.id, batch_id=first[0].batch_id))


@pytest.mark.parametrize("state", [ProjectState.OPEN, ProjectState.PAUSED])
def test_a_project_finishes_with_everybody_paid(
    app: Application, session: Session, state: ProjectState
) -> None:
    submission = make_submission(session, tasks=5)
    project = submission.assignment.project
    at_work = [make_assignment(session, project=project) for _ in range(3)]
    expert = make_expert(session)
    engaged(session, expert, project)
    project.state = state
    session.flush()
    row = withdraw(session, Scope(project.id))
    assert (row.people_count, tasks.count_left_over(session, project.id)) == (3, 3)
    with pytest.raises(NotEligible):
        claim(session, expert, project)
    run_promises(app, session)
    project = session.get_one(Project, project.id)
    assert (project.state, tasks.count_left_over(session, project.id)) == (ProjectState.CLOSING, 0)
    assert {session.get_one(Assignment, one.id).state for one in at_work} == {A.CANCELLED}
    assert session.query(Earning).count() == 3
    assert money(session, at_work[0])[1] == 280  # the answer in review keeps what it holds
    assert session.query(Batch).filter_by(project_id=project.id).one().state is BatchState.CANCELLED
    assert in_order(session)


@pytest.mark.parametrize(
    "state", [s for s in ProjectState if s not in {ProjectState.OPEN, ProjectState.PAUSED}]
)
def test_only_a_running_project_is_withdrawn(session: Session, state: ProjectState) -> None:
    project = make_project(session)
    project.state = state
    session.flush()
    with pytest.raises(Conflict):
        withdraw(session, Scope(project.id))


def test_hundreds_go_in_chunks(app: Application, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.withdrawing, "CHUNK", 2)
    project = make_project(session)
    make_tasks(session, project, 5)
    for _ in range(5):
        make_assignment(session, project=project)
    withdraw(session, Scope(project.id))
    run_promises(app, session)
    assert session.query(Earning).count() == 5
    assert in_order(session)


def test_a_message_twice_or_lost_pays_once(app: Application, session: Session) -> None:
    assignment = worked(session, make_assignment(session), seconds=60)
    row = withdraw(session, of_task(assignment))
    for _ in range(3):
        service.settle(session, assignment.id)
        service.carry_on(session, {"withdrawal_id": str(row.id), "from_id": ""})
        run_promises(app, session)
    assert session.query(Earning).count() == 1
    service.carry_on(session, {"withdrawal_id": str(uuid.uuid4()), "from_id": ""})


def test_what_a_message_forgot_the_sweep_and_whoever_looks_end(app: Application, session: Session) -> None:
    assignment = make_assignment(session)
    withdraw(session, of_task(assignment))
    assert list(tasks.left_over(session)) == [assignment.id]
    assert list(tasks.overdue_of(session, assignment.user_id, clock.database_now(session))) == [assignment.id]
    service.sweep(session, {})
    service.settle_all(session, assignment.user_id)
    assert assignment.state is A.CANCELLED
    assert list(tasks.left_over(session)) == []


def test_a_form_sent_twice_withdraws_once(session: Session) -> None:
    project = make_project(session)
    one, other = make_tasks(session, project, 2)
    key = ids.new_id()
    first = withdraw(session, Scope(project.id, task_id=one.id), key=key)
    assert withdraw(session, Scope(project.id, task_id=one.id), key=key) is first
    with pytest.raises(Conflict, match="already used"):
        withdraw(session, Scope(project.id, task_id=other.id), key=key)


def test_it_never_reserves_more_than_was_agreed(session: Session) -> None:
    assignment = make_assignment(session)
    with pytest.raises(CostsMore):
        withdraw(session, of_task(assignment), agreed=279)
    assert state_of(session, assignment.task)[0] is not T.WITHDRAWN
    withdraw(session, of_task(assignment), agreed=280)


@pytest.mark.parametrize("change", ["UPDATE withdrawals SET reason = 'Other'", "DELETE FROM withdrawals"])
def test_what_was_written_stays(session: Session, change: str) -> None:
    withdraw(session, of_task(make_assignment(session)))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(change))


# --- the text --------------------------------------------------------------------------------------------------


def test_text_that_comes_later_is_kept_and_nothing_more_counts(session: Session) -> None:
    assignment = worked(session, make_assignment(session), seconds=60)
    user = assignment.expert.user
    withdraw(session, of_task(assignment))
    service.settle(session, assignment.id)
    answer = good_answer(assignment)
    service.save(session, assignment, user=user, rev=0, answer={"why": "later"})
    outcome = service.submit(
        session, assignment, user=user, answer=answer, confirmed=all_warnings(assignment)
    )
    assert isinstance(outcome, Problems)
    assert "withdrew" in outcome.errors["time"]
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    assert draft.answer == answer
    assert service.beat(session, assignment, user=user) == 60
    with pytest.raises(Conflict):
        service.correct_time(session, assignment, minutes=1, note="Too much")
    with clock.shifted(timedelta(days=31)):
        service.forget(session, {})
    assert session.query(Draft).count() == 1
    assert session.query(Earning).count() == 1


def test_who_hands_in_before_their_turn_is_reviewed(app: Application, session: Session) -> None:
    assignment = make_assignment(session)
    withdraw(session, of_task(assignment))
    submission = make_submission(session, assignment)
    run_promises(app, session)
    assert session.get_one(Assignment, assignment.id).state is A.SUBMITTED
    assert submission.state is SubmissionState.SUBMITTED
    assert session.query(Earning).count() == 0


def test_a_project_that_finished_in_peace_withdraws_nobody(session: Session) -> None:
    assignment = make_assignment(session, tasks=2)
    projects.finish(session, assignment.project, by=None)
    service.sweep(session, {})
    service.settle_all(session, assignment.user_id)
    assert assignment.state is A.ACTIVE


def test_a_withdrawn_task_is_not_given_back_for_nothing(session: Session) -> None:
    """Until the clock has been here, whoever skips would lose the pay they are owed."""
    assignment = worked(session, make_assignment(session), seconds=60)
    withdraw(session, of_task(assignment))
    with pytest.raises(Conflict, match="you are paid for the time worked"):
        queue.skip(session, assignment, by=assignment.expert.user, reason="too_long")
    session.rollback()
