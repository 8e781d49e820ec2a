"""Withdrawing at the doors of the company and of the expert; and everything at the same moment."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.companies.models import Company, MemberRole
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Refusal
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.payouts.models import Earning
from marketplace.projects.models import Project, ProjectState
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import claim, engaged, make_assignment, make_tasks, run_promises
from tests.factories.submissions import all_warnings, good_answer, make_submission
from tests.pages import Pages
from workspace.queue import queries as tasks
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState, Task, TaskState, Withdrawal
from workspace.queue.queries import Scope
from workspace.submissions import service
from workspace.submissions.models import Submission
from workspace.submissions.service import drafts

A, T = AssignmentState, TaskState
REASON = "We changed the guideline and start anew."


def company_of(session: Session, project: Project) -> Company:
    return session.get_one(Company, project.company_id)


def worked(session: Session, assignment: Assignment, *, seconds: int) -> Assignment:
    draft = drafts.of(session, assignment)
    draft.active_seconds, draft.answer = seconds, good_answer(assignment)
    draft.saved_at = clock.database_now(session)
    session.flush()
    return assignment


# --- the company -----------------------------------------------------------------------------------------------


def test_who_may_not_withdraw_sees_no_button(pages: Pages, session: Session) -> None:
    project = make_submission(session, tasks=5).assignment.project
    aside, open_one = session.query(Task).filter_by(project_id=project.id, taken_count=0).limit(2)
    aside.state = T.QUARANTINED
    session.flush()
    pages.enter(make_owner(session, company_of(session, project), role=MemberRole.VIEWER))
    place = {"project_id": project.id}
    for endpoint, more in (
        ("projects.show", {}),
        ("tasks.index", {}),
        ("tasks.show", {"task_id": aside.id}),
        ("tasks.show", {"task_id": open_one.id}),
    ):
        page = pages.get(endpoint, **place, **more)
        assert not [a for a in page.all("a") if a.get("href", "").endswith("/withdraw")], endpoint


def test_from_the_project_to_everybody_paid(app: Application, pages: Pages, session: Session) -> None:
    submission = make_submission(session, tasks=5)
    project = submission.assignment.project
    assignment = worked(session, make_assignment(session, project=project), seconds=180)
    place = {"project_id": project.id}
    pages.enter(make_owner(session, company_of(session, project)))
    shown = pages.get("projects.show", **place).text
    assert "Withdraw the project…" in shown
    assert "Decided and withdrawn work and bonuses" in shown
    job = pages.get("jobs.job", slug=project.slug).text
    assert "you are paid for your time, 25 % of the price at least." in job
    assert "You can appeal for 7 days" in job
    page = pages.get("withdrawals.ask_project", **place)
    for text in (
        "Finish is the friendlier way",
        "About $1.00",
        "About $0.20",
        "About $1.20",
        "At most $2.80",
        "About $1.60",
        "25 % of the price",
        "1 answer waits",
    ):
        assert text in page.text, text
    form = {name: page.value(name) for name in ("form_key", "agreed_minor")}
    short = pages.post("withdrawals.withdraw_project", {**form, "reason": "No."}, **place)
    assert (short.status, "Write at least 4 words" in short.errors()) == (422, True)
    assert short.value("form_key") == form["form_key"]
    form["reason"] = REASON
    for _ in range(2):
        done = pages.post("withdrawals.withdraw_project", form, **place)
        assert (done.status, done.location) == (303, pages.path("projects.show", **place))
    shown = pages.get("projects.show", **place).text
    for text in (
        "Being withdrawn.",
        "One person still has",
        REASON,
        "The project: 5 tasks, 1 at work",
        "Finishing",
    ):
        assert text in shown, text
    run_promises(app, session)
    assert "Being withdrawn." not in pages.get("projects.show", **place).text
    assert session.query(Withdrawal).count() == 1
    assert session.get_one(Assignment, assignment.id).state is A.CANCELLED
    assert pages.get("withdrawals.ask_project", **place).status == 303


def test_a_task_and_a_batch_have_their_own_doors(pages: Pages, session: Session) -> None:
    project = make_project(session)
    one, free = make_tasks(session, project, 2)
    other = make_tasks(session, project, 1)[0]
    pages.enter(make_owner(session, company_of(session, project)))
    place = {"project_id": project.id, "task_id": one.id}
    assert "Withdraw this task…" in pages.get("tasks.show", **place).text
    page = pages.get("withdrawals.ask_one", **place)
    assert "Nobody is at work" in page.text
    assert "About" not in page.text
    form = {"form_key": page.value("form_key"), "agreed_minor": "0", "reason": REASON}
    assert pages.post("withdrawals.withdraw_one", form, **place).location == pages.path("tasks.show", **place)
    assert "Withdraw this task…" not in pages.get("tasks.show", **place).text
    assert "Nothing is left to withdraw" in pages.get("withdrawals.ask_one", **place).text
    assert pages.post("withdrawals.withdraw_one", {**form, "form_key": ids.new_id()}, **place).status == 409
    batch = {"project_id": project.id, "batch_id": other.batch_id}
    page = pages.get("withdrawals.ask_batch", **batch)
    form["form_key"] = page.value("form_key")
    done = pages.post("withdrawals.withdraw_batch", form, **batch)
    assert done.location == pages.path("tasks.index", project_id=project.id)
    states = [row[0] for row in session.query(Task.state).order_by(Task.position)]
    assert states == [T.WITHDRAWN, T.AVAILABLE, T.WITHDRAWN]
    listed = pages.client.get(pages.path("tasks.index", project_id=project.id) + "?state=withdrawn").text
    assert [f'/tasks/{task.id}"' in listed for task in (one, free, other)] == [True, False, True]


def test_what_was_handed_in_before_still_counts(pages: Pages, session: Session) -> None:
    submission = make_submission(session, tasks=3)
    project = submission.assignment.project
    task = submission.assignment.task
    company = company_of(session, project)
    service.withdraw(
        session,
        Scope(project.id, batch_id=task.batch_id),
        by=make_owner(session, company),
        reason=REASON,
        form_key=ids.new_id(),
        agreed_minor=10_000,
    )
    session.flush()
    session.expire_all()
    told = tasks.progress(session, project.id)
    assert (told.task_count, told.taken_count, told.approved_count, told.wanted_count) == (0, 1, 0, 1)


@pytest.mark.parametrize("agreed", ["", "x", "279", "-1"])
def test_who_began_meanwhile_is_shown_first(pages: Pages, session: Session, agreed: str) -> None:
    assignment = make_assignment(session)
    place = {"project_id": assignment.project_id, "task_id": assignment.task_id}
    pages.enter(make_owner(session, company_of(session, assignment.project)))
    form = {"form_key": ids.new_id(), "agreed_minor": agreed, "reason": REASON}
    page = pages.post("withdrawals.withdraw_one", form, **place)
    assert (page.status, page.value("agreed_minor"), page.value("reason")) == (409, "280", REASON)
    assert "More people have begun" in page.text
    assert session.query(Withdrawal).count() == 0
    assert session.get_one(Task, assignment.task_id).state is not T.WITHDRAWN


@pytest.mark.parametrize("reason", ["", "Write to boss@example.com about it please", "x " * 300])
def test_a_reason_that_experts_can_read(pages: Pages, session: Session, reason: str) -> None:
    assignment = make_assignment(session)
    place = {"project_id": assignment.project_id, "task_id": assignment.task_id}
    pages.enter(make_owner(session, company_of(session, assignment.project)))
    form = {"form_key": ids.new_id(), "agreed_minor": "280", "reason": reason}
    page = pages.post("withdrawals.withdraw_one", form, **place)
    assert (page.status, bool(page.errors())) == (422, True)


def test_what_was_withdrawn_is_listed_newest_first_and_has_pages(pages: Pages, session: Session) -> None:
    project = make_submission(session, tasks=1).assignment.project
    owner = make_owner(session, company_of(session, project))
    forms = [ids.new_id() for _ in range(12)]
    for number, form in enumerate(reversed(forms)):  # the form drawn last was sent first
        with clock.shifted(timedelta(minutes=number)):
            values = {"task_count": number, "people_count": 0, "about_minor": 0, "most_minor": 0}
            row = Withdrawal(
                id=form, project=project, by=owner, reason=f"Reason number {number} of it.", **values
            )
            session.add(row)
            session.flush()
    page = pages.enter(owner).get("projects.show", project_id=project.id)
    places = [page.text.find(f"Reason number {number} of it.") for number in range(11, -1, -1)]
    assert places[10:] == [-1, -1]
    assert places[:10] == sorted(places[:10])
    assert places[0] > 0
    following = next(link.get("href") for link in page.all("a") if link.get("rel") == "next")
    rest = pages.get(following).text
    assert "Reason number 1 of it." in rest
    assert "Reason number 2 of it." not in rest
    assert pages.get("projects.show", project_id=project.id, withdrawn="x").status == 404


def test_others_find_nothing(pages: Pages, session: Session) -> None:
    project = make_project(session)
    task = make_tasks(session, project, 1)[0]
    doors = {
        "project": {"project_id": project.id},
        "one": {"project_id": project.id, "task_id": task.id},
        "batch": {"project_id": project.id, "batch_id": task.batch_id},
    }
    own = make_project(session)
    form = {"form_key": ids.new_id(), "agreed_minor": "0", "reason": REASON}
    visitors = [
        (make_owner(session, make_company(session)), 404),
        (make_owner(session, company_of(session, project), role=MemberRole.VIEWER), 403),
        (make_expert(session).user, 403),
    ]
    for visitor, status in visitors:
        pages.enter(visitor)
        for name, place in doors.items():
            assert pages.get(f"withdrawals.ask_{name}", **place).status == status
            assert pages.post(f"withdrawals.withdraw_{name}", form, **place).status == status
    pages.enter(make_owner(session, company_of(session, own)))
    for name in ("one", "batch"):  # a task of others under an own project
        place = {**doors[name], "project_id": own.id}
        assert pages.get(f"withdrawals.ask_{name}", **place).status == 404
        assert pages.post(f"withdrawals.withdraw_{name}", form, **place).status == 404
    assert session.query(Withdrawal).count() == 0


# --- the expert ------------------------------------------------------------------------------------------------


@pytest.fixture
def withdrawn(session: Session) -> Assignment:
    """Three minutes of work that the company has withdrawn and not yet come to."""
    assignment = worked(session, make_assignment(session), seconds=180)
    owner = make_owner(session, company_of(session, assignment.project))
    scope = Scope(assignment.project_id, task_id=assignment.task_id)
    service.withdraw(session, scope, by=owner, reason=REASON, form_key=ids.new_id(), agreed_minor=280)
    session.flush()
    return assignment


def test_whoever_looks_reads_what_was_paid_and_why(
    pages: Pages, session: Session, withdrawn: Assignment
) -> None:
    place = {"assignment_id": withdrawn.id}
    pages.enter(withdrawn.expert.user)
    assert pages.get("submissions.work", **place).status == 303  # before the worker came
    page = pages.get("submissions.work", **place)
    for text in (
        "Withdrawn by the company, paid",
        REASON,
        "$1.00",
        "$0.20",
        "25 % of the price at least",
        "3:00",
    ):
        assert text in page.text, text
    listed = pages.get("submissions.mine", tab="stopped").text
    for text in ("Withdrawn by the company, paid", "$1.00"):
        assert text in listed
    earning = session.query(Earning).one()
    why = pages.get("payouts.earning", earning_id=earning.id)
    assert "The company withdrew this. $1.00 for 3 active minutes" in why.text
    assert f"/tasks/{withdrawn.id}" in why.answer.text
    assert "Cancellation pay" in pages.get("payouts.earnings").text


def test_the_open_page_is_told_and_keeps_its_text(
    pages: Pages, session: Session, withdrawn: Assignment
) -> None:
    place = {"assignment_id": withdrawn.id}
    service.settle(session, withdrawn.id)
    session.flush()
    pages.enter(withdrawn.expert.user)
    answer = good_answer(withdrawn)
    saved = pages.client.post(pages.path("submissions.save", **place), json={"rev": 0, "answer": answer})
    sent = pages.client.post(
        pages.path("submissions.submit", **place),
        json={"rev": 1, "answer": answer, "confirmed": all_warnings(withdrawn)},
    )
    for said in (saved, sent):
        assert said.status_code == 410
        assert said.json["message"] == (
            "The company withdrew this. $1.00 for 3 active minutes. Your text is kept."
        )
        assert said.json["next"] == pages.path("submissions.work", **place)
    beat = pages.client.post(pages.path("submissions.heartbeat", **place), json={})
    assert beat.status_code == 410
    assert beat.json == {"active_seconds": 180, "message": saved.json["message"], "next": saved.json["next"]}
    assert pages.post("submissions.stop", {"reason": "too_long"}, **place).status == 409
    assert pages.post("submissions.submit", {}, **place).status == 303


@pytest.mark.parametrize("door", ["queue.skip", "submissions.stop"])
def test_who_skips_or_stops_before_the_worker_comes_is_paid_all_the_same(
    pages: Pages, session: Session, withdrawn: Assignment, door: str
) -> None:
    place = {"assignment_id": withdrawn.id}
    pages.enter(withdrawn.expert.user)
    sent = pages.post(door, {"reason": "too_long", "agreed_minor": "0"}, **place)
    assert (sent.status, sent.location) == (303, pages.path("submissions.work", **place))
    pages.get("submissions.work", **place)
    session.expire_all()
    assert session.get_one(Assignment, withdrawn.id).state is A.CANCELLED
    assert session.query(Earning).one().amount_minor == 100
    assert "Withdrawn by the company, paid" in pages.get("submissions.work", **place).text
    assert ledger.broken(session) == []


def test_the_work_of_another_is_nowhere(pages: Pages, session: Session, withdrawn: Assignment) -> None:
    service.settle(session, withdrawn.id)
    pages.enter(make_expert(session).user)
    assert pages.get("submissions.work", assignment_id=withdrawn.id).status == 404


# --- side by side ----------------------------------------------------------------------------------------------


@pytest.fixture
def committed(clean: Sessions) -> uuid.UUID:
    """An assignment that can be handed in, stopped and withdrawn, and a task beside it that is free."""
    with transaction(clean) as session:
        project = make_project(session)
        make_tasks(session, project, 3, overlap=1)
        first = make_assignment(session, project=project)
        queue.expire(session, first)
        session.flush()
        assignment = claim(session, first.expert, project)
        session.flush()
        worked(session, assignment, seconds=180)
        engaged(session, make_expert(session), project)
        make_owner(session, company_of(session, project))
        return assignment.id


def race(sessions: Sessions, assignment_id: uuid.UUID, verbs: list[str]) -> None:
    """Run these verbs on one assignment, or the project around it, at the same time."""
    gate, key = threading.Barrier(len(verbs)), ids.new_id()

    def run(verb: str) -> None:
        gate.wait()
        try:
            with transaction(sessions) as session:
                one(session, assignment_id, verb, key)
        except Refusal:
            pass

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def one(session: Session, assignment_id: uuid.UUID, verb: str, key: uuid.UUID) -> None:
    found = tasks.assignment(session, assignment_id)
    assert found is not None
    user = session.get_one(User, found.user_id)
    if verb == "withdraw":
        owner = make_owner(session, company_of(session, found.project))
        scope = Scope(found.project_id)
        service.withdraw(session, scope, by=owner, reason=REASON, form_key=key, agreed_minor=10**6)
    elif verb == "settle":
        service.settle(session, assignment_id)
    elif verb == "stop":
        service.stop(session, found, user=user, reason="too_long", note="", agreed_minor=0)
    elif verb == "claim":
        other = session.query(Assignment).filter(Assignment.id != assignment_id).first()
        assert other is not None
        make_assignment(session, project=found.project)
    else:
        service.submit(session, found, user=user, confirmed=all_warnings(found))


def settle_rest(sessions: Sessions) -> None:
    """What the worker does afterwards."""
    with transaction(sessions) as session:
        for assignment_id in tasks.left_over(session):
            service.settle(session, assignment_id)


def withdraw_first(sessions: Sessions, assignment_id: uuid.UUID) -> None:
    with transaction(sessions) as session:
        one(session, assignment_id, "withdraw", ids.new_id())


def ended_once(sessions: Sessions, assignment_id: uuid.UUID) -> A:
    """The books agree with whatever the race made of it."""
    with transaction(sessions, write=False) as session:
        assignment = session.get_one(Assignment, assignment_id)
        reserved = ledger.balance(session, Kind.PROJECT_RESERVED, assignment.project_id)
        submitted, paid = session.query(Submission).count(), session.query(Earning).count()
        expected = {A.STOPPED: (0, 0, 1), A.CANCELLED: (0, 0, 1), A.SUBMITTED: (280, 1, 0)}
        assert (reserved, submitted, paid) == expected[assignment.state]
        assert ledger.broken(session) == []
        return assignment.state


def test_eight_workers_pay_once(clean: Sessions, committed: uuid.UUID) -> None:
    withdraw_first(clean, committed)
    race(clean, committed, ["settle"] * 8)
    assert ended_once(clean, committed) is A.CANCELLED


@pytest.mark.parametrize("verb", ["submit", "stop"])
def test_the_expert_and_the_worker_at_once(clean: Sessions, committed: uuid.UUID, verb: str) -> None:
    withdraw_first(clean, committed)
    race(clean, committed, ["settle", verb] * 4)
    ended_once(clean, committed)


@pytest.mark.parametrize("verb", ["submit", "stop"])
def test_the_expert_and_the_company_at_once(clean: Sessions, committed: uuid.UUID, verb: str) -> None:
    race(clean, committed, ["withdraw", verb, "settle"] * 2)
    settle_rest(clean)
    ended_once(clean, committed)
    with transaction(clean, write=False) as session:
        assert session.query(Withdrawal).count() == 1


def test_the_deadline_and_the_worker_at_once_end_in_a_submission(
    clean: Sessions, committed: uuid.UUID
) -> None:
    withdraw_first(clean, committed)
    with clock.shifted(timedelta(hours=2)):
        race(clean, committed, ["settle", "submit"] * 4)
    assert ended_once(clean, committed) is A.SUBMITTED


def test_who_claims_in_that_moment_is_refused_or_paid(clean: Sessions, committed: uuid.UUID) -> None:
    race(clean, committed, ["withdraw", "claim", "claim"])
    settle_rest(clean)
    with transaction(clean, write=False) as session:
        live = session.query(Assignment).filter(Assignment.state.in_((A.ACTIVE, A.HELD))).count()
        cancelled = session.query(Assignment).filter_by(state=A.CANCELLED).count()
        project = session.query(Project).one()
        assert (live, project.state) == (0, ProjectState.CLOSING)
        assert session.query(Earning).count() == cancelled
        assert ledger.balance(session, Kind.PROJECT_RESERVED, project.id) == 0
        assert ledger.broken(session) == []
