"""The journey of an application that a company answers by hand, over HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import service
from marketplace.applications.models import Application, ApplicationState
from marketplace.applications.policy import Chooser
from marketplace.companies.models import MemberRole
from marketplace.experts.models import CredentialKind, CredentialState, Expert
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.projects.models import Project
from tests.factories.applications import make_offer
from tests.factories.companies import make_company
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_draft, make_owner, make_project
from tests.factories.screenings import make_screening_plan
from tests.pages import Pages

A = ApplicationState
WHY = "We needed people who read scans every day."


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session, by_hand=True, specialty="medicine.cardiology")


@pytest.fixture
def expert(session: Session) -> Expert:
    user = make_user(session, name="Grace Hidden", roles=[Role.EXPERT])
    return make_expert(session, user=user, headline="Reads hearts", tier="licensed")


@pytest.fixture
def owner(session: Session, project: Project) -> User:
    return make_owner(session, project.company)


def code(expert: Expert) -> str:
    return ids.code("E", expert.id)


def waiting(session: Session, project: Project, expert: Expert) -> Application:
    return make_offer(session, expert=expert, project=project)


@pytest.fixture
def applied(session: Session, pages: Pages, project: Project, expert: Expert, owner: User) -> Application:
    """Somebody waits, and an owner is at the desk."""
    pages.enter(owner, "member")
    return waiting(session, project, expert)


def test_from_applying_to_working(
    session: Session, pages: Pages, project: Project, expert: Expert, owner: User
) -> None:
    person = expert.user  # a request later, it has to be read again
    pages.enter(person, "expert")
    page = pages.get("jobs.job", slug=project.slug)
    assert "This company chooses by hand" in page.text
    sent = pages.post("jobs.apply", slug=project.slug)
    page = pages.get(sent.location)
    assert "This company chooses by hand" in page.text
    assert "Answer by" in page.text
    assert "See your application" in pages.get("jobs.job", slug=project.slug).text
    assert "Sent, answer by" in pages.get("applications.index").text
    board = pages.get("jobs.board").text
    assert "The company has not answered yet" in board
    assert "Your application" in board
    with clock.shifted(timedelta(days=WORK.answer_days, minutes=1)):
        assert "The company has not answered yet" not in pages.get("jobs.board").text, "its days are over"

    pages.enter(owner, "member")
    assert "1 waiting" in pages.get("projects.index").text
    assert "People, 1 waiting" in pages.get("projects.show", project_id=project.id).text
    page = pages.get("applicants.index", project_id=project.id)
    for words in (f"Expert {code(expert)}", "Reads hearts", "Licensed in Cardiology", "No decided work yet"):
        assert words in page.text, words
    application = session.query(Application).one()
    done = pages.post("applicants.offer", {"only": str(application.id)}, project_id=project.id)
    assert done.location == f"/company/projects/{project.id}/people"
    assert "Offered" in pages.get("applicants.index", project_id=project.id).text

    pages.enter(person, "expert")
    page = pages.get(sent.location)
    assert "Your offer" in page.text
    accepted = pages.post(
        f"{sent.location}/accept",
        {
            "version_id": page.value("version_id"),
            "read_guideline": "y",
            "agree_terms": "y",
            "signature": "Grace Hidden",
        },
    )
    assert accepted.status == 303
    pages.enter(owner, "member")
    assert "Works here" in pages.get("applicants.answered", project_id=project.id).text


def test_not_chosen_is_told_with_the_reason(
    session: Session, pages: Pages, project: Project, expert: Expert, owner: User
) -> None:
    application, person = waiting(session, project, expert), expert.user
    pages.enter(owner, "member")
    form = {"chosen": str(application.id), "code": "field", "sentence": WHY}
    assert pages.post("applicants.refuse", form, project_id=project.id).status == 303
    page = pages.get("applicants.answered", project_id=project.id)
    assert "Not chosen" in page.text
    assert f"You said: They needed another field first. {WHY}" in page.text
    pages.enter(person, "expert")
    page = pages.get("applications.offer", application_id=application.id)
    for words in ("Northwind Labs chose others", "They needed another field first.", WHY, "apply again on"):
        assert words in page.text, words
    assert "the company chose others" in pages.get("applications.index").text
    assert "You can try again on" in pages.get("jobs.job", slug=project.slug).text
    assert "chose others for" in pages.get("/inbox").text


def test_names_and_addresses_are_nowhere(
    session: Session, pages: Pages, project: Project, expert: Expert, owner: User
) -> None:
    make_credential(session, expert, kind=CredentialKind.DEGREE, state=CredentialState.SUBMITTED)
    make_credential(
        session, expert, kind=CredentialKind.PUBLICATION, state=CredentialState.REJECTED, title="Refused"
    )
    waiting(session, project, expert)
    page = pages.enter(owner, "member").get("applicants.index", project_id=project.id)
    assert "Being checked" in page.text
    for hidden in ("Grace", "Hidden", expert.user.email, "Refused", "Ibadan"):
        assert hidden not in page.answer.text, hidden


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Tick at least one person."),
        ({"chosen": "nobody"}, "Tick at least one person."),
        ({"chosen": [str(ids.new_id()) for _ in range(26)]}, "Tick at most 25"),
    ],
)
def test_an_offer_to_nobody_is_said_at_the_list(
    pages: Pages, applied: Application, form: dict[str, object], said: str
) -> None:
    answer = pages.post("applicants.offer", form, project_id=applied.project_id)
    assert answer.status == 422
    assert said in answer.errors()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": ""}, "Choose a reason."),
        ({"code": "age"}, "Choose one of the options."),
        ({"sentence": ""}, "Write a sentence."),
        ({"sentence": "No, sorry."}, "at least 4 words"),
        ({"sentence": "Please call +1 555 010 9999 about this matter."}, "contact details"),
    ],
)
def test_a_missing_reason_is_said_at_its_field(
    session: Session, pages: Pages, applied: Application, changes: dict[str, str], said: str
) -> None:
    form = {"chosen": str(applied.id), "code": "field", "sentence": WHY, **changes}
    answer = pages.post("applicants.refuse", form, project_id=applied.project_id)
    assert answer.status == 422
    assert said in answer.errors()
    ticked = [box for box in answer.all("input") if box.get("checked") is not None]
    assert [box.get("value") for box in ticked] == [str(applied.id)]
    session.refresh(applied)
    assert applied.state is A.RECEIVED


def test_what_somebody_else_answered_is_a_conflict(
    session: Session, pages: Pages, project: Project, expert: Expert, owner: User
) -> None:
    application = waiting(session, project, expert)
    pages.enter(owner, "member")
    form = {"chosen": str(application.id)}
    assert pages.post("applicants.offer", form, project_id=project.id).status == 303
    answer = pages.post("applicants.offer", form, project_id=project.id)
    assert answer.status == 409
    assert "answered a moment ago" in answer.text


def test_other_companies_and_experts_see_nothing(
    session: Session, pages: Pages, project: Project, expert: Expert
) -> None:
    application = waiting(session, project, expert)
    stranger = make_owner(session, make_company(session))
    pages.enter(stranger, "member")
    form = {"chosen": str(application.id), "code": "field", "sentence": WHY}
    assert pages.get("applicants.index", project_id=project.id).status == 404
    assert pages.get("applicants.answered", project_id=project.id).status == 404
    assert pages.post("applicants.offer", form, project_id=project.id).status == 404
    assert pages.post("applicants.refuse", form, project_id=project.id).status == 404
    pages.enter(make_expert(session).user, "expert")
    assert pages.get("applications.offer", application_id=application.id).status == 404
    assert pages.get("applicants.index", project_id=project.id).status == 403


def test_a_viewer_reads_and_does_not_answer(
    session: Session, pages: Pages, project: Project, expert: Expert
) -> None:
    application = waiting(session, project, expert)
    pages.enter(make_owner(session, project.company, role=MemberRole.VIEWER), "member")
    page = pages.get("applicants.index", project_id=project.id)
    assert "An owner or a manager" in page.text
    form = {"chosen": str(application.id)}
    assert pages.post("applicants.offer", form, project_id=project.id).status == 403


def test_the_days_of_an_answer_are_judged_on_read(
    session: Session, pages: Pages, project: Project, expert: Expert, owner: User
) -> None:
    application = waiting(session, project, expert)
    with clock.shifted(timedelta(days=WORK.answer_days, seconds=1)):
        pages.enter(owner, "member")
        assert "Nobody waits for you" in pages.get("applicants.index", project_id=project.id).text
        answered = pages.get("applicants.answered", project_id=project.id)
        assert "No answer in time" in answered.text
        pages.enter(expert.user, "expert")
        page = pages.get("applications.offer", application_id=application.id)
        assert "did not answer in time" in page.text
        assert "did not answer in time" in pages.get("applications.index").text
        again = pages.post("jobs.apply", slug=project.slug)
        assert "Answer by" in pages.get(again.location).text


def test_pages_of_people_cost_the_same_for_one_and_for_many(
    session: Session, pages: Pages, project: Project, owner: User, statements: Callable[[], int]
) -> None:
    pages.enter(owner, "member")
    counts = []
    for number in (1, 5):
        for _ in range(number):
            waiting(session, project, make_expert(session, tier="licensed"))
        session.flush()
        statements()
        assert pages.get("applicants.index", project_id=project.id).status == 200
        counts.append(statements())
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_the_list_is_paged(session: Session, pages: Pages, project: Project, owner: User) -> None:
    for _ in range(27):
        waiting(session, project, make_expert(session))
    page = pages.enter(owner, "member").get("applicants.index", project_id=project.id)
    boxes = [box for box in page.all("input") if box.get("type") == "checkbox"]
    assert len(boxes) == 25
    (after,) = [link.get("href") for link in page.all("a") if "after=" in (link.get("href") or "")]
    rest = pages.get(
        f"/company/projects/{project.id}/people{after if after.startswith('?') else after[after.index('?') :]}"
    )
    assert len([box for box in rest.all("input") if box.get("type") == "checkbox"]) == 2


def test_the_form_of_a_project_keeps_the_choice(session: Session, pages: Pages, owner: User) -> None:
    page = pages.enter(owner, "member").get("projects.new")
    (box,) = [one for one in page.all("input") if one.get("name") == "by_hand"]
    assert box.get("checked") is None


def test_a_screening_goes_before_the_choice_and_every_page_says_the_same(
    session: Session, pages: Pages, project: Project, expert: Expert, owner: User
) -> None:
    pages.enter(owner, "member")
    for screened in (False, True):
        if screened:
            make_screening_plan(session, project, keyed=1)
        rule = (Chooser.SCREENING if screened else Chooser.HAND).words
        other = (Chooser.HAND if screened else Chooser.SCREENING).words
        for endpoint in ("applicants.index", "applicants.answered", "applicants.people", "projects.show"):
            said = pages.get(endpoint, project_id=project.id).text
            assert rule in said, endpoint
            assert other not in said, endpoint
    application = service.apply(session, expert=expert, project=project)
    assert application.state is ApplicationState.IN_SCREENING, "and it is what happens"
    assert application.answer_by is None


def test_where_a_screening_is_chosen_it_says_what_becomes_of_the_choice(
    session: Session, pages: Pages, project: Project, owner: User
) -> None:
    make_screening_plan(session, project, keyed=1)
    pages.enter(owner, "member")
    said = pages.get("screening_plans.show", project_id=project.id).text
    assert "A screening takes the place of that" in said
    assert Chooser.HAND.words in said, "what holds again without a screening"
    draft = make_draft(session, company=project.company, by_hand=True)
    assert "A screening decides here" not in pages.get("projects.edit", project_id=draft.id).text
    make_screening_plan(session, draft, keyed=1)
    assert "A screening decides here" in pages.get("projects.edit", project_id=draft.id).text
