"""Stopping half way: the sum, once a day, at most half of what one begins, and every cent where it belongs."""

import threading
import uuid
from datetime import timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, Refusal
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.payouts.models import Earning, EarningKind
from marketplace.projects.models import ProjectState
from marketplace.projects.policy import platform_fee
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import claim, make_assignment, make_tasks, state_of
from tests.factories.submissions import good_answer
from tests.pages import Pages
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.errors import NothingToDo
from workspace.queue.models import Assignment, AssignmentState, TaskPart, TaskState
from workspace.queue.policy import StopHistory
from workspace.submissions import queries, service
from workspace.submissions.models import Draft, Submission
from workspace.submissions.service import drafts

A = AssignmentState
FIRST, FREE = StopHistory(1, 0, 0), StopHistory(2, 0, 0)


def at_work(session: Session, *, minutes_active: int = 3, **plan: object) -> Assignment:
    """The second task of an expert on a project, with time counted on it: the first has run out."""
    first = make_assignment(session, tasks=9, **plan)
    return worked(session, following(session, first), seconds=60 * minutes_active)


def following(session: Session, assignment: Assignment) -> Assignment:
    """The next task of the same person on the same project: the time of this one has run out."""
    queue.expire(session, assignment)
    session.flush()
    following = claim(session, assignment.expert, assignment.project)
    session.flush()
    return following


def worked(session: Session, assignment: Assignment, *, seconds: int) -> Assignment:
    draft = drafts.of(session, assignment)
    draft.active_seconds, draft.answer = seconds, {"why": "I got this far."}
    draft.saved_at = clock.database_now(session)
    session.flush()
    return assignment


def stop(session: Session, assignment: Assignment, *, agreed_minor: int = 0) -> Assignment:
    stopped = service.stop(
        session,
        assignment,
        user=assignment.expert.user,
        reason="too_long",
        note="",
        agreed_minor=agreed_minor,
    )
    session.flush()
    return stopped


def money(session: Session, assignment: Assignment) -> tuple[int, int, int]:
    """(budget, reserved, the expert's pending) in cents."""
    project_id = assignment.project_id
    return (
        ledger.balance(session, Kind.PROJECT_BUDGET, project_id),
        ledger.balance(session, Kind.PROJECT_RESERVED, project_id),
        ledger.balance(session, Kind.EXPERT_PENDING, assignment.user_id),
    )


# --- the sum ---------------------------------------------------------------------------------------------------


@given(
    price=st.integers(min_value=1, max_value=10**9),
    minutes=st.integers(min_value=1, max_value=480),
    seconds=st.integers(min_value=0, max_value=10**6),
)
def test_the_pay_is_half_of_the_share_worked_rounded_up_once(price: int, minutes: int, seconds: int) -> None:
    pay = queue_policy.stop_pay(price, minutes, seconds)
    worked_minutes = min(Fraction(seconds, 60), minutes)
    assert pay == ceil(price * worked_minutes / (2 * minutes))
    assert 0 <= pay <= ceil(Fraction(price, 2))
    assert pay <= queue_policy.stop_pay(price, minutes, seconds + 1), "more time never pays less"
    assert pay + platform_fee(pay) <= price + platform_fee(price), "what was reserved covers it"


def test_the_pay_of_the_money_page() -> None:
    pay = queue_policy.stop_pay(4334, 20, 12 * 60)
    assert (pay, platform_fee(pay)) == (1301, 260)


@pytest.mark.parametrize(
    ("history", "seconds", "words"),
    [
        (FREE, 60, ""),
        (StopHistory(4, 1, 0), 60, ""),
        (FIRST, 60, "at most half"),
        (StopHistory(3, 1, 0), 60, "at most half"),
        (StopHistory(9, 1, 1), 60, "today"),
        (FREE, 0, "Skip the task instead"),
    ],
)
def test_what_stands_against_stopping(
    session: Session, history: StopHistory, seconds: int, words: str
) -> None:
    terms = queue_policy.stop_terms(make_assignment(session), seconds, history)
    assert words in terms.refusal
    assert bool(terms.refusal) is bool(words)


# --- what it does ----------------------------------------------------------------------------------------------


def test_stopping_pays_the_time_and_gives_the_rest_back(session: Session) -> None:
    assignment = at_work(session, minutes_active=3)  # $2.00, six minutes
    before = ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM)
    assert service.stop_terms(session, assignment).pay_minor == 50
    stop(session, assignment, agreed_minor=50)
    assert (assignment.state, assignment.end_reason, assignment.stopped_on) == (
        A.STOPPED,
        "too_long",
        clock.database_now(session).date(),
    )
    assert money(session, assignment) == (100_000 - 50 - 10, 0, 50)
    assert ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM) - before == 10
    assert ledger.broken(session) == []
    earning = session.query(Earning).one()
    assert (earning.kind, earning.amount_minor, earning.ledger_key) == (
        EarningKind.STOP,
        50,
        f"claim:{assignment.id}:stop",
    )
    assert earning.reason == "Stopped half way after 3:00 of active time"
    assert state_of(session, assignment.task) == (TaskState.AVAILABLE, 0)
    assert session.query(Notice).filter_by(user_id=assignment.user_id, kind="assignment.stopped").count() == 1


def test_the_text_stays_and_the_task_is_not_had_twice(session: Session) -> None:
    assignment = at_work(session)
    stop(session, assignment)
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    assert draft.answer == {"why": "I got this far."}
    with clock.shifted(timedelta(days=31)):
        service.forget(session, {})
        assert session.query(Draft).filter_by(assignment_id=assignment.id).count() == 1
    assert (
        session.query(TaskPart).filter_by(task_id=assignment.task_id, user_id=assignment.user_id).count() == 1
    )
    seen = set()
    for _ in range(9):
        try:
            seen.add(claim(session, assignment.expert, assignment.project).task_id)
        except NothingToDo:
            break
        session.flush()
        current = assignments.active_of(session, assignment.user_id, assignment.project_id)
        assert current is not None
        queue.release(session, current, by=None, reason="too_long")
        session.flush()
    assert assignment.task_id not in seen
    assert len(seen) == 8, "all but the stopped one, the one that ran out again"


def test_a_second_click_changes_nothing(session: Session) -> None:
    assignment = at_work(session)
    stop(session, assignment)
    after = money(session, assignment)
    assert stop(session, assignment).state is A.STOPPED
    assert money(session, assignment) == after
    assert session.query(Earning).count() == 1


def test_it_is_possible_once_a_day_on_a_project(session: Session) -> None:
    assignment = at_work(session)
    stop(session, assignment)
    later = worked(session, claim(session, assignment.expert, assignment.project), seconds=120)
    for _ in range(3):  # enough begun, so that only the day stands against it
        later = worked(session, following(session, later), seconds=120)
    later = assignments.lock_assignment(session, later.id)
    with pytest.raises(Conflict, match="today"):
        stop(session, later)
    elsewhere = at_work(session)
    assert elsewhere.project_id != assignment.project_id
    session.expire_all()
    later = assignments.lock_assignment(session, later.id)
    with clock.shifted(timedelta(days=1)):
        later.expires_at = clock.database_now(session) + timedelta(hours=1)
        session.flush()
        assert stop(session, later).state is A.STOPPED


def test_the_database_knows_once_a_day_too(session: Session) -> None:
    assignment = at_work(session)
    stop(session, assignment)
    other = session.query(Assignment).filter(Assignment.id != assignment.id).first()
    assert other is not None
    other.stopped_on = assignment.stopped_on
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_first_task_of_a_project_cannot_be_stopped(session: Session) -> None:
    assignment = worked(session, make_assignment(session), seconds=60)
    with pytest.raises(Conflict, match="0 of 1 so far"):
        stop(session, assignment)
    assert money(session, assignment)[1] == assignment.project.unit_minor


def test_a_skipped_task_is_not_one_that_was_begun(session: Session) -> None:
    assignment = make_assignment(session, tasks=9)
    for reason in ("too_long", "distressing", "other"):
        skipped = queue.skip(session, assignment, by=assignment.expert.user, reason=reason)
        assert skipped is not None
        session.flush()
        assignment = skipped
    worked(session, assignment, seconds=60)
    with pytest.raises(Conflict, match="0 of 1 so far"):
        stop(session, assignment)


@pytest.mark.parametrize("state", [ProjectState.PAUSED, ProjectState.CLOSING])
def test_a_project_that_rests_or_ends_still_pays_for_stopping(session: Session, state: ProjectState) -> None:
    assignment = at_work(session, minutes_active=3)
    assignment.project.state = state
    session.flush()
    assert stop(session, assignment).state is A.STOPPED
    assert money(session, assignment)[1:] == (0, 50)
    assert ledger.broken(session) == []


def test_it_never_pays_less_than_was_shown(session: Session) -> None:
    assignment = at_work(session, minutes_active=3)
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    draft.corrected_seconds = 60
    session.flush()
    assert service.stop_terms(session, assignment).pay_minor == 17
    with pytest.raises(Conflict, match="pays less"):
        stop(session, assignment, agreed_minor=50)
    session.expire_all()
    draft.corrected_seconds = 600
    session.flush()
    assert service.stop_terms(session, assignment).pay_minor == 50, "a correction upwards pays nothing more"


def test_after_the_deadline_the_deadline_decides(session: Session) -> None:
    complete, incomplete = at_work(session), at_work(session)
    draft = queries.draft_of(session, complete.id)
    assert draft is not None
    draft.answer = good_answer(complete)
    session.flush()
    with clock.shifted(queue_policy.length(6) + timedelta(seconds=1)):
        assert stop(session, complete).state is A.SUBMITTED
        assert stop(session, incomplete).state is A.EXPIRED
    assert session.query(Earning).count() == 0


@pytest.mark.parametrize("state", [A.SUBMITTED, A.RELEASED, A.EXPIRED, A.CANCELLED, A.HELD])
def test_only_what_is_in_hand_can_be_stopped(session: Session, state: AssignmentState) -> None:
    assignment = at_work(session)
    assignment.state = state
    session.flush()
    with pytest.raises(Conflict):
        stop(session, assignment)
    assert session.query(Earning).count() == 0


def test_a_task_held_ahead_is_given_back_in_its_time(session: Session) -> None:
    assignment = at_work(session)
    held = queue.hold_next(session, assignment)
    assert held is not None
    session.flush()
    stop(session, assignment)
    assert assignment.ended_at is not None
    assert held.expires_at == assignment.ended_at + queue_policy.HELD


# --- at the door -----------------------------------------------------------------------------------------------


def test_the_sum_is_shown_before_the_click_and_explained_after(pages: Pages, session: Session) -> None:
    assignment = at_work(session)
    pages.enter(assignment.expert.user)
    page = pages.get("submissions.work", assignment_id=assignment.id)
    assert "Stop and get $0.50" in page.text
    asked = pages.get("submissions.ask_stop", assignment_id=assignment.id)
    for text in ("Stop and get $0.50", "3:00", "once a day", "$2.00"):
        assert text in asked.text
    form = {"reason": "prompt_unclear", "agreed_minor": asked.value("agreed_minor")}
    done = pages.post("submissions.stop", form, assignment_id=assignment.id)
    assert done.location == pages.path("submissions.work", assignment_id=assignment.id)
    told = pages.get(done.location)
    for text in ("Stopped, paid in part", "$0.50", "I got this far.", "Prompt broken or unclear", "$0.10"):
        assert text in told.text
    again = pages.post("submissions.stop", form, assignment_id=assignment.id)
    assert again.status == 303
    earning = session.query(Earning).one()
    why = pages.get("payouts.earning", earning_id=earning.id)
    assert "Stopped half way after 3:00 of active time" in why.text
    assert f"/tasks/{assignment.id}" in why.answer.text
    assert "Stopped half way" in pages.get("payouts.earnings").text
    assert pages.get("submissions.ask_stop", assignment_id=assignment.id).status == 303


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose a reason."),
        ({"reason": "bored"}, "Choose one of the options."),
        ({"reason": "other", "note": " "}, "Write one sentence"),
        ({"reason": "too_long", "note": "x" * 513}, "512"),
    ],
)
def test_a_reason_is_asked_for(pages: Pages, session: Session, form: dict[str, str], words: str) -> None:
    assignment = at_work(session)
    pages.enter(assignment.expert.user)
    page = pages.post("submissions.stop", form, assignment_id=assignment.id)
    assert page.status == 422
    assert words in page.errors()
    assert page.value("agreed_minor") == "50"
    assert session.get_one(Assignment, assignment.id).state is A.ACTIVE


@pytest.mark.parametrize("agreed", ["", "x", "-5", "9" * 40, "50.0", "٥"])
def test_a_sum_that_is_none_counts_as_nothing(pages: Pages, session: Session, agreed: str) -> None:
    assignment = at_work(session)
    pages.enter(assignment.expert.user)
    page = pages.post(
        "submissions.stop", {"reason": "too_long", "agreed_minor": agreed}, assignment_id=assignment.id
    )
    assert page.status == 303
    assert session.query(Earning).one().amount_minor == 50


def test_more_than_it_pays_is_refused(pages: Pages, session: Session) -> None:
    assignment = at_work(session)
    pages.enter(assignment.expert.user)
    form = {"reason": "too_long", "agreed_minor": "51"}
    assert pages.post("submissions.stop", form, assignment_id=assignment.id).status == 409


def test_why_not_is_said_instead_of_a_button(pages: Pages, session: Session) -> None:
    assignment = worked(session, make_assignment(session), seconds=60)
    pages.enter(assignment.expert.user)
    assert "0 of 1 so far" in pages.get("submissions.work", assignment_id=assignment.id).text
    page = pages.get("submissions.ask_stop", assignment_id=assignment.id)
    assert "0 of 1 so far" in page.text
    assert "Stop and get" not in page.text
    assert pages.post("submissions.stop", {"reason": "too_long"}, assignment_id=assignment.id).status == 409


def test_a_heartbeat_says_what_stopping_pays(pages: Pages, session: Session) -> None:
    assignment = at_work(session)
    pages.enter(assignment.expert.user)
    beat = pages.client.post(pages.path("submissions.heartbeat", assignment_id=assignment.id), json={})
    assert (beat.json["stop_minor"], beat.json["stop_shown"], beat.json["stop_refused"]) == (50, "$0.50", "")


def test_the_task_of_another_is_nowhere(pages: Pages, session: Session) -> None:
    assignment = at_work(session)
    pages.enter(make_expert(session).user)
    assert pages.get("submissions.ask_stop", assignment_id=assignment.id).status == 404
    assert pages.post("submissions.stop", {"reason": "too_long"}, assignment_id=assignment.id).status == 404


# --- side by side ----------------------------------------------------------------------------------------------


@pytest.fixture
def committed(clean: Sessions) -> uuid.UUID:
    """An assignment that can be stopped, and handed in: its draft is complete."""
    with transaction(clean) as session:
        project = make_project(session)
        make_tasks(session, project, 9)
        assignment = following(session, make_assignment(session, project=project))
        worked(session, assignment, seconds=180)
        drafts.of(session, assignment).answer = good_answer(assignment)
        return assignment.id


def race(sessions: Sessions, assignment_id: uuid.UUID, verbs: list[str]) -> list[str]:
    """Run these verbs on one assignment at the same time; what each answered."""
    gate, said = threading.Barrier(len(verbs)), []

    def run(verb: str) -> None:
        gate.wait()
        try:
            with transaction(sessions) as session:
                found = assignments.assignment(session, assignment_id)
                assert found is not None
                user = session.get_one(User, found.user_id)
                if verb == "stop":
                    said.append(stop(session, found).state.value)
                elif verb == "submit":
                    service.submit(session, found, user=user, confirmed=["order_unchanged", "too_fast"])
                else:
                    service.settle(session, assignment_id)
        except Refusal as refusal:
            said.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def ended_once(sessions: Sessions, assignment_id: uuid.UUID) -> A:
    """The books agree with whatever the race made of it."""
    with transaction(sessions, write=False) as session:
        assignment = session.get_one(Assignment, assignment_id)
        reserved = ledger.balance(session, Kind.PROJECT_RESERVED, assignment.project_id)
        unit = assignment.price_minor + assignment.fee_minor + assignment.review_fee_minor
        submitted, paid = session.query(Submission).count(), session.query(Earning).count()
        expected = {A.STOPPED: (0, 0, 1), A.SUBMITTED: (unit, 1, 0)}
        assert (reserved, submitted, paid) == expected[assignment.state]
        assert ledger.broken(session) == []
        return assignment.state


def test_eight_clicks_stop_once(clean: Sessions, committed: uuid.UUID) -> None:
    assert race(clean, committed, ["stop"] * 8) == ["stopped"] * 8
    assert ended_once(clean, committed) is A.STOPPED


def test_stopping_and_submitting_at_once_end_in_one_of_them(clean: Sessions, committed: uuid.UUID) -> None:
    race(clean, committed, ["stop", "submit"] * 4)
    ended_once(clean, committed)


def test_stopping_at_the_deadline_ends_in_a_submission(clean: Sessions, committed: uuid.UUID) -> None:
    with clock.shifted(queue_policy.length(6) + timedelta(seconds=1)):
        race(clean, committed, ["stop", "settle"] * 4)
    assert ended_once(clean, committed) is A.SUBMITTED
