from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import WORK
from config.terms import TERMS
from marketplace.applications import queries
from marketplace.applications.forms import read_filters
from marketplace.applications.models import Application, ApplicationState, EngagementState
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.application import Application as App
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from tests.factories.applications import make_engagement, make_offer
from tests.factories.care import SENSITIVE, agree
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import CLAUSES, make_owner, make_project
from tests.factories.queue import make_tasks
from tests.factories.texts import index
from tests.pages import Pages

A = ApplicationState
SIGNED = {"read_guideline": "y", "agree_terms": "y", "signature": "Ada Example"}


@pytest.fixture
def expert(session: Session) -> Expert:
    return make_expert(session, tier="licensed")


@pytest.fixture
def mine(pages: Pages, expert: Expert) -> Pages:
    return pages.enter(expert.user, "expert")


def titles(page: object) -> list[str]:
    return [
        "".join(node.itertext())
        for node in page.all("h2")  # type: ignore[attr-defined]
        if node.get("class") == "job-title"
    ]


@pytest.mark.parametrize(
    "endpoint", ["jobs.landing", "jobs.how_pay_works", "jobs.for_companies", "jobs.board"]
)
def test_pages_for_everybody(pages: Pages, session: Session, endpoint: str) -> None:
    assert pages.get(endpoint).status == 200
    make_project(session)
    assert pages.get(endpoint).status == 200


def test_the_front_door_shows_real_jobs(pages: Pages, session: Session) -> None:
    assert "New jobs are on their way" in pages.get("jobs.landing").text
    make_project(session, title="Order answers by safety", minutes=7)
    page = pages.get("jobs.landing")
    assert "Order answers by safety" in page.text
    assert "$2.34" in page.text


def test_the_board_answers_filters_in_the_address(pages: Pages, session: Session) -> None:
    first = make_project(session, title="Rank 100% of answers", tier="licensed", specialty="medicine")
    make_project(session, title="Write letters", task_type="golden_response", options={}, minutes=30)
    index(session, first)
    assert titles(pages.get("jobs.board")) == ["Write letters", "Rank 100% of answers"]
    assert titles(pages.get("/jobs?q=100%25")) == ["Rank 100% of answers"]
    assert titles(pages.get("/jobs?type=golden_response&max_minutes=30")) == ["Write letters"]
    assert titles(pages.get("/jobs?min_hour=130&specialty=medicine&tier=licensed")) == [
        "Rank 100% of answers"
    ]
    assert titles(pages.get("/jobs?sort=pay")) == ["Rank 100% of answers", "Write letters"]
    none = pages.get("/jobs?q=nothing&language=en")
    assert "No jobs fit these filters" in none.text
    assert "Without “nothing”: 2 jobs" in none.text


@pytest.mark.parametrize(
    "query",
    [
        "specialty=juggling&tier=legend&type=x&language=xx",
        "min_hour=abc&max_minutes=-1",
        "min_hour=99999999999999999999&max_minutes=٣",
        "sort=' OR 1=1",
        "q=%25&q=_",
        "q=" + "a+" * 400,
    ],
)
def test_a_strange_address_still_opens(pages: Pages, session: Session, query: str) -> None:
    make_project(session)
    assert pages.get(f"/jobs?{query}").status == 200


def test_a_false_mark_is_not_found(pages: Pages) -> None:
    assert pages.get("/jobs?after=WyJ4Il0").status == 404


def test_numbers_in_the_address_are_bounded(app: App) -> None:
    with app.test_request_context("/jobs?min_hour=12345678&max_minutes=0&q=A+B+a"):
        filters = read_filters(request.args)
    assert (filters.min_hourly_minor, filters.max_minutes, filters.words) == (999_900, None, ("a", "b"))


def test_the_board_says_what_fits(mine: Pages, session: Session, expert: Expert) -> None:
    make_project(session, title="For licensed people", tier="licensed", specialty="medicine")
    make_project(session, title="For certified boards", tier="board_certified", specialty="medicine")
    engagement = make_engagement(
        session, expert=expert, project=make_project(session, title="Already working here")
    )
    make_offer(session, expert=expert, project=make_project(session, title="An offer is waiting"))
    page = mine.get("jobs.board")
    for words in (
        "You work on this project",
        "An offer waits for you",
        "You can do this. Fits your verified credential",
        "This job is for the tier Board-certified",
    ):
        assert words in page.text, words
    assert engagement.project.title in page.text


def test_the_board_costs_the_same_for_one_job_and_for_many(
    mine: Pages, session: Session, statements: Callable[[], int]
) -> None:
    company = make_company(session)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            make_project(session, company=company, budget_minor=280)
        session.flush()
        statements()
        assert mine.get("jobs.board").status == 200
        counts.append(statements())
    assert counts[0] == counts[1]


def test_a_visitor_reads_a_job_and_is_asked_to_sign_in(pages: Pages, session: Session) -> None:
    project = make_project(
        session, tier="licensed", minutes=20, specialty="medicine", hourly_minor=13_000, wanted=18
    )
    page = pages.get("jobs.job", slug=project.slug)
    for words in (
        "$43.34a task",
        "about $130 an hour",
        "Funded for 16 answers of the 18 still wanted",
        "Sign in to apply",
        "Every claim can be checked.",
        f"within {WORK.auto_approve_hours} hours",
        f"at least {WORK.rejection_minimum_words} words",
        "Northwind Labs",
    ):
        assert words in page.text, words
    assert "What you need" not in page.text


@pytest.mark.parametrize("state", ["draft", "in_check", "awaiting_funds"])
def test_what_never_opened_has_no_page(pages: Pages, session: Session, state: str) -> None:
    assert pages.get("jobs.job", slug=make_project(session, state=state).slug).status == 404


def test_a_job_that_is_over_names_similar_ones(pages: Pages, session: Session) -> None:
    project = make_project(session, state="closed")
    make_project(session, title="Something alike")
    page = pages.get("jobs.job", slug=project.slug)
    assert "No new tasks are given out." in page.text
    assert "Something alike" in page.text
    assert "Sign in to apply" not in page.text


def test_a_paused_job_says_why(pages: Pages, session: Session) -> None:
    project = make_project(session, state="paused")
    assert "We are looking at the first answers." in pages.get("jobs.job", slug=project.slug).text


def test_members_are_told_that_jobs_are_for_experts(pages: Pages, session: Session) -> None:
    project = make_project(session)
    pages.enter(make_owner(session, project.company), "member")
    assert "Jobs are for experts" in pages.get("jobs.job", slug=project.slug).text
    assert pages.post("jobs.apply", slug=project.slug).status == 403


def test_an_expert_without_a_profile_begins_one_by_applying(pages: Pages, session: Session) -> None:
    user = make_user(session, roles=["expert"])
    project = make_project(session)
    pages.enter(user, "expert")
    assert "Complete your profile to apply" in pages.get("jobs.job", slug=project.slug).text
    assert "You have not applied anywhere" in pages.get("applications.index").text
    page = pages.post("jobs.apply", slug=project.slug)
    assert page.status == 303
    assert experts.for_user(session, user.id) is not None
    assert "you did not meet every rule" in pages.get(page.location).text


def test_the_tick_list_leads_to_the_fix(mine: Pages, session: Session, expert: Expert) -> None:
    project = make_project(session, tier="board_certified", specialty="medicine")
    page = mine.get("jobs.job", slug=project.slug)
    assert "This job is for the tier Board-certified" in page.text
    ways = [str(node.get("href")) for node in page.all("a")]
    assert [way for way in ways if way.startswith("/profile/credentials/new")] == [
        "/profile/credentials/new?kind=board_certification&specialty=medicine"
    ]
    refused = mine.post("jobs.apply", slug=project.slug)
    assert "There is no wait" in mine.get(refused.location).text
    assert "Closed: you did not meet every rule" in mine.get("applications.index").text


def test_from_applying_to_starting(mine: Pages, session: Session, expert: Expert) -> None:
    project = make_project(session)
    make_tasks(session, project, 1)
    where = {"slug": project.slug}
    assert "Apply" in mine.get("jobs.job", **where).text
    offered = mine.post("jobs.apply", **where)
    assert offered.status == 303
    page = mine.get(offered.location)
    for words in ("$2.00 a task", "Every claim can be checked.", TERMS[0].text, "Accept by"):
        assert words in page.text, words
    seen = page.value("version_id")
    assert "See your offer" in mine.get("jobs.job", **where).text
    accept = offered.location + "/accept"
    for name, message in (
        ("read_guideline", "Tick this once you have read the guideline."),
        ("agree_terms", "Tick this to agree"),
        ("signature", "Enter your full name."),
    ):
        sent = {key: value for key, value in SIGNED.items() if key != name}
        refused = mine.post(accept, {**sent, "version_id": seen})
        assert refused.status == 422
        assert message in refused.text
    assert mine.post(accept, {**SIGNED, "version_id": "not-a-uuid"}).status == 422
    assert mine.post(accept, {**SIGNED, "version_id": seen}).status == 303
    assert "Start a task" in mine.get("jobs.job", **where).text
    assert mine.post(accept, {**SIGNED, "version_id": seen}).status == 409
    assert mine.post("jobs.apply", **where).status == 409
    assert "You can work" in mine.get("applications.index").text
    engagement = queries.engagement(session, expert.id, project.id)
    assert engagement is not None
    assert engagement.signed_name == "Ada Example"


def test_a_guideline_that_changed_meanwhile_is_shown_again(
    mine: Pages, session: Session, expert: Expert
) -> None:
    offer = make_offer(session, expert=expert)
    where = {"application_id": offer.id}
    seen = mine.get("applications.offer", **where).value("version_id")
    project_service.save_guideline(
        session, offer.project, CLAUSES[:1], by=make_owner(session, offer.project.company), publish_now=True
    )
    refused = mine.post("applications.accept", {**SIGNED, "version_id": seen}, **where)
    assert refused.status == 422
    assert "Read the new version below" in refused.text
    assert refused.value("signature") == "Ada Example"
    now = refused.value("version_id")
    assert now != seen
    assert mine.post("applications.accept", {**SIGNED, "version_id": now}, **where).status == 303


def test_a_new_version_is_read_before_the_next_task(mine: Pages, session: Session, expert: Expert) -> None:
    engagement = make_engagement(session, expert=expert)
    project = engagement.project
    make_tasks(session, project, 1)
    project_service.save_guideline(
        session, project, CLAUSES[:1], by=make_owner(session, project.company), publish_now=True
    )
    session.flush()
    page = mine.get("jobs.job", slug=project.slug)
    assert "What changed in the guideline" in page.text
    assert "Start a task" not in page.text
    assert mine.post("jobs.acknowledge", {"version_id": "x"}, slug=project.slug).status == 422
    assert (
        mine.post("jobs.acknowledge", {"version_id": page.value("version_id")}, slug=project.slug).status
        == 303
    )
    assert "Start a task" in mine.get("jobs.job", slug=project.slug).text


def test_decline_withdraw_leave(mine: Pages, session: Session, expert: Expert) -> None:
    offer = make_offer(session, expert=expert)
    assert mine.post("applications.decline", application_id=offer.id).status == 303
    assert mine.post("applications.decline", application_id=offer.id).status == 409
    assert "you declined the offer" in mine.get("applications.offer", application_id=offer.id).text
    other = make_offer(session, expert=expert)
    assert mine.post("applications.withdraw", application_id=other.id).status == 303
    engagement = make_engagement(session, expert=expert)
    slug = projects.lock(session, engagement.project_id).slug
    assert mine.post("jobs.leave", slug=slug).status == 303
    assert mine.post("jobs.leave", slug=slug).status == 404
    states = {one.state for one in session.scalars(select(Application))}
    assert states == {A.CLOSED, A.ENGAGED}
    left = queries.engagement(session, expert.id, engagement.project_id)
    assert left is not None
    assert left.state is EngagementState.ENDED


def test_a_lapsed_offer_reads_as_lapsed_before_the_sweep(
    mine: Pages, session: Session, expert: Expert
) -> None:
    offer = make_offer(session, expert=expert)
    with clock.shifted(timedelta(days=WORK.offer_days, seconds=1)):
        mine.enter(expert.user, "expert")  # the first SignIn has run out too
        assert "This offer lapsed" in mine.get("applications.offer", application_id=offer.id).text
        assert "The offer lapsed" in mine.get("applications.index").text


def test_another_experts_application_does_not_exist(mine: Pages, session: Session) -> None:
    offer = make_offer(session)
    where, slug = {"application_id": offer.id}, offer.project.slug
    assert mine.get("applications.offer", **where).status == 404
    for endpoint in ("applications.accept", "applications.decline", "applications.withdraw"):
        assert mine.post(endpoint, SIGNED, **where).status == 404, endpoint
    assert mine.post("jobs.leave", slug=slug).status == 404
    assert mine.post("jobs.acknowledge", slug=slug).status == 404


def test_the_navigation_marks_one_link(pages: Pages, session: Session) -> None:
    project = make_project(session)
    for path in ("/jobs", "/for-companies", f"/jobs/{project.slug}"):
        page = pages.get(path)
        bars = [node for node in page.all("nav") if node.get("aria-label") == "Main"]
        marked = [link.get("href") for link in bars[0].iter() if link.get("aria-current") == "page"]
        assert marked == ["/jobs" if path.startswith("/jobs") else path]


def test_examples_of_sensitive_projects_are_for_people_who_agreed(
    pages: Pages, session: Session, expert: Expert
) -> None:
    agree(session, expert.user, "hate", "violence")
    offer = make_offer(session, expert=expert, project=make_project(session, **SENSITIVE))
    slug = offer.project.slug

    def shown(*more: str) -> list[bool]:
        paths = [pages.path("jobs.job", slug=slug), pages.path("jobs.guideline", slug=slug), *more]
        places = [pages.get(path) for path in paths]
        assert all(CLAUSES[0].text in page.text for page in places), "the clauses are for everybody"
        told = [CLAUSES[0].good in page.text or CLAUSES[0].bad in page.text for page in places]
        assert told == ["shown to people who agreed" not in page.text for page in places]
        return told

    assert shown() == [False, False]  # nobody is signed in
    pages.enter(expert.user)
    mine = pages.path("applications.offer", application_id=offer.id)
    assert shown(mine) == [True, True, True]
    agree(session, expert.user, "hate")  # taken back since the offer
    assert shown(mine) == [False, False, False]
