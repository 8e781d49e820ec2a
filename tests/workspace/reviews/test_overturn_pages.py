"""The pages of rejections found wrong, as operations and everybody else see them; and all of it at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind, LedgerTransaction
from marketplace.payouts.models import Earning, EarningKind
from marketplace.projects.models import Project
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import engaged, make_assignment
from tests.factories.reviews import author, final_rejected, make_reviewer, make_waiting
from tests.pages import Pages
from tests.workspace.queue.test_queue_races import at_once, claim_as
from tests.workspace.reviews.test_overturns import NO, WHY, propose
from workspace.queue.models import Task
from workspace.reviews import queries, service
from workspace.reviews.models import Overturn
from workspace.submissions.models import Submission, SubmissionState

LIST = "/staff/rejections"


@pytest.fixture
def one(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Ona First")


@pytest.fixture
def two(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Otto Second")


@pytest.fixture
def wrong(session: Session) -> Submission:
    return final_rejected(session, reviewer=make_reviewer(session))


def path_of(wrong: Submission) -> str:
    return f"{LIST}/projects/{wrong.project_id}"


def test_a_rejection_is_found_looked_at_proposed_and_paid(
    session: Session, pages: Pages, one: User, two: User, wrong: Submission
) -> None:
    path, number = path_of(wrong), ids.code("S", wrong.id)
    expert, price = author(session, wrong), wrong.assignment.price_minor
    title = session.get_one(Project, wrong.project_id).title
    desk = pages.enter(one, "ops")
    assert title in desk.get(LIST).text
    page = desk.get(path)
    assert "Rita Example" in page.text
    assert "names no source" in page.text
    assert not [
        box for box in page.all("input") if box.get("name") == "submissions" and "checked" in box.attrib
    ]
    assert [box for box in desk.get(f"{path}?all=1").all("input") if "checked" in box.attrib]
    assert "The answer" in desk.get(f"{LIST}/submissions/{wrong.id}").text
    sent = {
        "form_key": page.value("form_key"), "submissions": [str(wrong.id)], "code": "misread", "reason": WHY,
    }  # fmt: skip
    first, again = desk.post(path, sent), desk.post(path, sent)
    assert first.status == again.status == 303
    assert first.location == again.location
    assert "Nothing to put right here" in desk.get(path).text
    assert "stands in a proposal already" in desk.get(f"{LIST}/submissions/{wrong.id}").text
    assert "You can take it back" in desk.get(first.location).text
    assert desk.post(first.location + "/approve").status == 403
    other = pages.enter(two, "ops")
    assert title in other.get(f"{LIST}/proposals").text
    assert number in other.get(first.location).text
    assert other.post(first.location + "/approve").status == 303
    assert other.post(first.location + "/approve").status == 409
    assert "Paid from the budget" in other.get(first.location).text
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == price
    assert other.get(f"{LIST}/submissions/{wrong.id}").status == 404
    theirs = pages.enter(expert, "expert").get(f"/submissions/{wrong.id}").text
    for said in ("is yours", "found wrong later", "found the rejection wrong: it is paid after all"):
        assert said in theirs
    assert "The rejection was wrong" in pages.get("/earnings").text


def test_the_reviewer_sees_what_was_found_wrong(session: Session, pages: Pages, one: User, two: User) -> None:
    reviewer = make_reviewer(session)
    made = propose(session, one, final_rejected(session, reviewer=reviewer))
    service.approve_overturn(session, made.id, by=two)
    said = pages.enter(reviewer, "reviewer").get("/reviews").text
    assert "Overturned" in said
    assert "Of your 1 rejection 1 was found wrong later." in said


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"submissions": []}, "Choose at least one rejection."),
        ({"submissions": ["1"]}, "Choose from the list."),
        ({"submissions": [str(ids.new_id()) for _ in range(51)]}, "Choose at most 50 at once."),
        ({"code": ""}, "Choose what was wrong."),
        ({"code": "mood"}, "Choose one of the options."),
        ({"reason": "It was wrong."}, "20"),
    ],
)
def test_bad_input_is_said_at_the_field(  # noqa: PLR0917 - fixtures
    session: Session, pages: Pages, one: User, wrong: Submission, sent: dict[str, Any], said: str
) -> None:
    good = {"form_key": str(ids.new_id()), "submissions": [str(wrong.id)], "code": "many", "reason": WHY}
    page = pages.enter(one, "ops").post(path_of(wrong), {**good, **sent})
    assert page.status == 422
    assert said in page.text
    assert session.query(Overturn).count() == 0


def test_other_peoples_and_other_projects_things_do_not_exist(
    session: Session, pages: Pages, one: User, two: User, wrong: Submission
) -> None:
    good = {"form_key": str(ids.new_id()), "submissions": [str(wrong.id)], "code": "many", "reason": WHY}
    desk, other = pages.enter(one, "ops"), make_project(session).id
    assert desk.post(f"{LIST}/projects/{other}", good).status == 404
    for missing in (f"{LIST}/projects/{ids.new_id()}", f"{LIST}/proposals/{ids.new_id()}"):
        assert desk.get(missing).status == 404
    assert desk.get(path_of(wrong) + "?reviewer=nobody").status == 200
    assert desk.get(path_of(wrong) + "?after=forged").status == 404
    made = propose(session, one, wrong)
    assert pages.enter(two, "ops").post(f"{LIST}/proposals/{made.id}/withdraw").status == 404
    for role in (Role.EXPERT, Role.REVIEWER, Role.FINANCE, Role.SUPPORT):
        seen = pages.enter(make_user(session, roles=[role]))
        assert {seen.get(LIST).status, seen.get(f"{LIST}/proposals/{made.id}").status} == {403}


def test_the_password_is_asked_before_anything_is_typed_or_paid(
    session: Session, pages: Pages, one: User, two: User, wrong: Submission
) -> None:
    made, path = propose(session, one, wrong), path_of(wrong)
    show = f"{LIST}/proposals/{made.id}"
    desk = pages.enter(two, "ops")
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert desk.get(path).location == f"/prove?next={path}"
        for verb, back in ((path, path), (f"{show}/approve", show), (f"{show}/refuse", show)):
            assert desk.post(verb, {"why": NO}).location == f"/prove?next={back}"
    assert session.get_one(Submission, wrong.id).state is SubmissionState.FINAL_REJECTED
    assert desk.post(f"{show}/refuse", {"why": "No."}).status == 422
    assert desk.post(f"{show}/refuse", {"why": NO}).status == 303
    assert NO in desk.get(show).text


def test_ten_approvals_and_ten_claims_at_once_pay_once_and_never_exceed_n(clean: Sessions) -> None:
    with transaction(clean) as session:
        project = make_project(session, overlap=1)
        wrong = final_rejected(session, make_waiting(session, make_assignment(session, project=project)))
        made = propose(session, make_user(session, roles=[Role.OPS]), wrong)
        people = [make_user(session, roles=[Role.OPS]).id for _ in range(10)]
        experts = [make_expert(session) for _ in range(10)]
        for expert in experts:
            engaged(session, expert, project)
        claims = [claim_as(expert.id, project.id) for expert in experts]
        overturn_id, task_id, wrong_id = made.id, wrong.task_id, wrong.id

    def approve_as(user_id: Any) -> Any:
        def verb(session: Session) -> str:
            service.approve_overturn(session, overturn_id, by=session.get_one(User, user_id))
            return "approved"

        return verb

    said = at_once(clean, [*claims, *(approve_as(person) for person in people)])
    assert (said["approved"], said["ProposalOver"]) == (1, 9), said
    with transaction(clean, write=False) as session:
        task, state = session.get_one(Task, task_id), session.get_one(Submission, wrong_id).state
        assert (task.taken_count, task.approved_count == 1) == (
            1,
            state is SubmissionState.APPROVED_ON_APPEAL,
        )
        assert said["claimed"] == (state is SubmissionState.EXCLUDED_PAID), said
        assert session.query(LedgerTransaction).filter_by(kind="claim_overturn").count() == 1
        assert session.query(Earning).filter_by(kind=EarningKind.SUBMISSION).count() == 1
        assert [*queries.broken(session), *ledger.broken(session)] == []
