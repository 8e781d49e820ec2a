"""W7: nobody is ever served a class of content not opted in to; covered first; reviewers under the same rules."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.content import CLASSES, HIDDEN, SUPPORT
from marketplace.care import service as care
from marketplace.companies.models import MemberRole
from marketplace.identity.models import Role, User, UserRole
from marketplace.kit import clock
from marketplace.matching.policy import content
from marketplace.notifications.models import Notice
from marketplace.projects import queries as projects
from marketplace.projects import service as projects_service
from marketplace.projects.models import Project, ProjectState
from tests.factories.care import NOTE, SENSITIVE, agree, make_exposure
from tests.factories.companies import make_member
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import make_assignment, make_tasks
from tests.factories.reviews import later, make_reviewer, make_waiting, opened
from tests.factories.submissions import make_submission
from tests.pages import Page, Pages
from tests.properties import calm
from workspace.reviews import queries, service
from workspace.reviews.models import Review, ReviewState
from workspace.submissions.models import Submission

SEEN = "kitchen tap"  # words of the example's prompt


def is_served(page: Page) -> bool:
    return page.is_html and SEEN in page.answer.text.replace("<wbr>", "")


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session, **SENSITIVE)


def waiting(session: Session, project: Project) -> Submission:
    """An answer in a sensitive project, old enough to be reviewed; its expert agreed to everything."""
    make_tasks(session, project, 2)
    expert = make_expert(session)
    agree(session, expert.user, *CLASSES)
    return later(session, make_submission(session, make_assignment(session, project=project, expert=expert)))


# --- W7 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "agreed",
    [(), ("hate",), ("violence",), ("abuse", "sexual", "violence"), ("hate", "violence"), tuple(CLASSES)],
)
def test_nobody_is_served_what_they_did_not_agree_to(
    pages: Pages, session: Session, project: Project, agreed: tuple[str, ...]
) -> None:
    submission = waiting(session, project)
    reviewer = make_reviewer(session)
    agree(session, reviewer, *agreed)
    allowed = {"hate", "violence"} <= set(agreed)
    served = service.open_next(session, reviewer=reviewer)
    assert (served is not None) is allowed
    if served is None:  # a link from before the consent was taken back
        served = session.query(Review).filter_by(submission_id=submission.id).one()
        served.move(ReviewState.OPEN)
        served.reviewer, served.opened_at = reviewer, clock.database_now(session)
        served.locked_until = served.opened_at + timedelta(minutes=9)
    session.flush()
    pages.enter(reviewer)
    for show in ({}, {"show": 1}):
        page = pages.get("reviews.show", review_id=served.id, **show)
        assert is_served(page) is (allowed and bool(show))
        assert page.status == (200 if allowed else 403)
    page = pages.post("reviews.verdict", {"verdict": "reject"}, review_id=served.id)
    assert is_served(page) is allowed
    assert not is_served(pages.get("reviews.queue"))


@pytest.mark.parametrize("show", [{}, {"show": 1}])
def test_taking_it_back_closes_every_address_at_once(
    pages: Pages, session: Session, project: Project, show: dict[str, int]
) -> None:
    submission = waiting(session, project)
    author = session.get(User, submission.user_id)
    assert author is not None
    make_tasks(session, project, 2)
    second = make_assignment(session, project=project, expert=submission.assignment.expert)
    pages.enter(author)
    for endpoint, values in (
        ("submissions.work", {"assignment_id": second.id}),
        ("submissions.show", {"submission_id": submission.id}),
        ("/jobs/" + project.slug, {}),
    ):
        path = pages.path(endpoint, **values) + ("?show=1" if show else "")
        assert is_served(pages.get(path)) is (bool(show) or endpoint.startswith("/jobs"))
    agree(session, author, "hate")
    for endpoint, values in (
        ("submissions.work", {"assignment_id": second.id}),
        ("submissions.show", {"submission_id": submission.id}),
        ("submissions.mine", {}),
        ("submissions.mine", {"tab": "review"}),
        ("/jobs/" + project.slug, {}),
    ):
        path = pages.path(endpoint, **values)
        page = pages.get(path + ("&" if "?" in path else "?") + "show=1")
        assert not is_served(page)
        assert page.status in {200, 403}
    assert not is_served(pages.post("submissions.submit", {"rev": "0"}, assignment_id=second.id))
    assert HIDDEN in pages.get("submissions.mine").text


@calm
@given(st.frozensets(st.sampled_from(sorted(CLASSES))), st.frozensets(st.sampled_from(sorted(CLASSES))))
def test_only_those_who_agreed_to_all_of_it_may_claim(
    declared: frozenset[str], agreed: frozenset[str]
) -> None:
    result = content(agreed, _Declared(tuple(sorted(declared))))  # type: ignore[arg-type]
    assert result.passed is (declared <= agreed)
    assert (result.fix is None) is result.passed


class _Declared:
    """Only what the rule asks of a project."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self.classes = classes


def test_visitors_and_staff_see_no_example_they_did_not_agree_to(
    pages: Pages, session: Session, project: Project
) -> None:
    make_tasks(session, project)
    page = pages.get("jobs.job", slug=project.slug)
    assert not is_served(page)
    assert NOTE in page.text
    assert "Hate, Violence" in page.text
    assert "Sensitive content: Hate, Violence" in pages.get("jobs.board").text
    ops = make_user(session, roles=[Role.OPS])
    pages.enter(ops)
    assert not is_served(pages.get("project_checks.show", project_id=project.id))
    agree(session, ops, "hate", "violence")
    page = pages.get("project_checks.show", project_id=project.id)
    assert is_served(page)
    assert any("Show the content" in "".join(node.itertext()) for node in page.all("summary"))


def test_notices_and_mail_say_nothing_of_it(session: Session, project: Project) -> None:
    waiting(session, project)
    assert not [notice for notice in session.query(Notice) if SEEN in notice.title + notice.body]


# --- covered first, and a way out ----------------------------------------------------------------------------------


def test_the_cover_names_the_classes_and_offers_a_way_out(
    pages: Pages, session: Session, project: Project
) -> None:
    make_tasks(session, project, 2)
    expert = make_expert(session)
    agree(session, expert.user, "hate", "violence")
    assignment = make_assignment(session, project=project, expert=expert)
    pages.enter(expert.user)
    cover = pages.get("submissions.work", assignment_id=assignment.id)
    assert "Hate, Violence" in cover.text
    assert SUPPORT in cover.text
    assert any("show=1" in node.get("href", "") for node in cover.all("a"))
    opened_page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert is_served(opened_page)
    assert "of 120 min sensitive" in opened_page.text
    answer = pages.post("queue.skip", {"reason": "distressing"}, assignment_id=assignment.id)
    assert answer.status == 303


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_scheme=javascript", "_anchor=%22", "assignment_id=1", "a=1&a=2"]
)
def test_the_way_in_keeps_the_address_whatever_it_says(
    pages: Pages, session: Session, project: Project, query: str
) -> None:
    make_tasks(session, project, 2)
    expert = make_expert(session)
    agree(session, expert.user, "hate", "violence")
    assignment = make_assignment(session, project=project, expert=expert)
    pages.enter(expert.user)
    path = pages.path("submissions.work", assignment_id=assignment.id)
    way = next(
        node.get("href", "")
        for node in pages.get(f"{path}?{query}").all("a")
        if "show=1" in node.get("href", "")
    )
    assert way == f"{path}?{query}&show=1"
    assert is_served(pages.get(way))


def test_a_reviewer_steps_aside_without_consequence(pages: Pages, session: Session, project: Project) -> None:
    submission = waiting(session, project)
    reviewer = make_reviewer(session)
    agree(session, reviewer, "hate", "violence")
    review = opened(session, submission, reviewer)
    pages.enter(reviewer)
    assert "Step aside" in pages.get("reviews.show", review_id=review.id).text
    pages.post("reviews.step_aside", {"reason": "distressing_content"}, review_id=review.id)
    assert session.get(Review, review.id).state is ReviewState.QUEUED  # type: ignore[union-attr]
    another = make_waiting(session)
    found = service.open_next(session, reviewer=reviewer)
    assert found is not None
    assert found.submission_id == another.id


# --- exposure of reviewers -------------------------------------------------------------------------------------------


def test_a_tired_reviewer_is_served_only_what_is_not_sensitive(
    pages: Pages, session: Session, project: Project
) -> None:
    waiting(session, project)
    reviewer = make_reviewer(session)
    agree(session, reviewer, "hate", "violence")
    make_exposure(session, reviewer, 26)
    pages.enter(reviewer)
    answer = pages.post("reviews.next_one")
    assert answer.location.endswith("/pause")
    calm_one = make_waiting(session)
    found = service.open_next(session, reviewer=reviewer)
    assert found is not None
    assert found.submission_id == calm_one.id


def test_reading_a_review_counts(session: Session, project: Project) -> None:
    submission = waiting(session, project)
    reviewer = make_reviewer(session)
    agree(session, reviewer, "hate", "violence")
    review = opened(session, submission, reviewer)
    with clock.shifted(timedelta(minutes=8)):
        service.renew(session, review, reviewer=reviewer)
        session.flush()
        assert timedelta(minutes=7) < care.standing(session, reviewer.id).today < timedelta(minutes=9)


# --- reports ------------------------------------------------------------------------------------------------------------

REPORT = {"content_class": "abuse", "note": "Somebody is threatened in it."}


def test_one_flag_of_a_reviewer_pauses_the_project_and_tells_ops(
    pages: Pages, session: Session, project: Project
) -> None:
    ops = make_user(session, roles=[Role.OPS])
    submission = waiting(session, project)
    reviewer = make_reviewer(session)
    agree(session, reviewer, "hate", "violence")
    review = opened(session, submission, reviewer)
    pages.enter(reviewer)
    refused = pages.post("reviews.report", {**REPORT, "note": ""}, review_id=review.id)
    assert refused.status == 422
    assert "Say in a sentence" in refused.errors()
    assert projects.open_reports(session, project.id) == []
    pages.post("reviews.report", REPORT, review_id=review.id)
    assert projects.lock(session, project.id).state is ProjectState.PAUSED
    notices = session.query(Notice).filter_by(user_id=ops.id).all()
    assert [notice.path for notice in notices] == [f"/staff/projects/{project.id}"]
    assert REPORT["note"] not in notices[0].title + notices[0].body
    pages.enter(ops)
    assert project.title in pages.get("project_checks.index").text
    assert REPORT["note"] in pages.get("project_checks.show", project_id=project.id).text
    page = pages.post("project_checks.retag", {"content_classes": ["abuse"]}, project_id=project.id)
    assert page.status == 422
    new = {
        "content_classes": ["abuse", "hate"],
        "content_reason": "Two tasks threaten people, so this is abuse too.",
    }
    pages.post("project_checks.retag", new, project_id=project.id)
    assert projects.lock(session, project.id).classes == ("abuse", "hate")
    assert projects.open_reports(session, project.id) == []
    pages.enter(reviewer)
    assert pages.get("reviews.show", review_id=review.id, show=1).status == 403


def test_two_people_pause_a_project_and_one_does_not(pages: Pages, session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 3)
    for count in (1, 2):
        assignment = make_assignment(session, project=project)
        pages.enter(assignment.expert.user)
        pages.post("queue.report", REPORT, assignment_id=assignment.id)
        pages.post("queue.report", REPORT, assignment_id=assignment.id)  # once more changes nothing
        state = projects.lock(session, project.id).state
        assert state is (ProjectState.OPEN if count == 1 else ProjectState.PAUSED)
    owner = make_member(session, project.company, role=MemberRole.OWNER).user
    pages.enter(owner, "member")
    answer = pages.post("projects.resume", project_id=project.id)
    assert answer.status == 409
    assert projects.lock(session, project.id).state is ProjectState.PAUSED


def test_what_was_typed_into_a_report_stays(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session)
    pages.enter(assignment.expert.user)
    page = pages.post(
        "queue.report", {"content_class": "none", "note": REPORT["note"]}, assignment_id=assignment.id
    )
    assert page.status == 422
    assert REPORT["note"] in page.value("note")
    assert projects.open_reports(session, assignment.project_id) == []


def told(session: Session, kind: str) -> int:
    return session.query(Notice).filter_by(kind=kind).count()


def test_ops_hear_of_the_first_report_and_of_the_stop_and_of_nothing_twice(
    pages: Pages, session: Session
) -> None:
    """One word stops no work, but it keeps a pause from ending: so ops have to know of it."""
    make_user(session, roles=[Role.OPS])
    project = make_project(session)
    make_tasks(session, project, 3)
    made = [make_assignment(session, project=project) for _ in range(2)]
    first, second = ((one.id, one.expert.user) for one in made)
    for (assignment_id, person), content_class, expected in (
        (first, "abuse", 1),
        (first, "abuse", 1),
        (first, "hate", 1),
        (second, "hate", 2),
        (second, "abuse", 2),
    ):
        pages.enter(person)
        pages.post("queue.report", {**REPORT, "content_class": content_class}, assignment_id=assignment_id)
        assert told(session, "content_reported") == expected


@pytest.mark.parametrize("state", [ProjectState.CLOSING, ProjectState.CLOSED])
def test_reports_of_what_has_ended_are_told_once(session: Session, state: ProjectState) -> None:
    make_user(session, roles=[Role.OPS])
    project = make_project(session)
    make_member(session, project.company, role=MemberRole.OWNER)
    task = make_tasks(session, project, 1)[0]
    project.state = state
    session.flush()
    for content_class in ("abuse", "hate", "abuse"):
        projects_service.report_content(
            session,
            project,
            by=make_reviewer(session),
            by_reviewer=True,
            task_id=task.id,
            content_class=content_class,
            note=REPORT["note"],
        )
    assert told(session, "content_reported") == 1
    company = session.query(Notice).filter_by(kind="project_content").all()
    assert company
    assert not [notice for notice in company if "paused" in notice.title]
    assert projects.lock(session, project.id).state is state


def test_a_short_reason_describes_nothing_to_experts(pages: Pages, session: Session) -> None:
    """Where the company described nothing, the reason of ops is what experts decide by: it is not padded."""
    project = make_project(session)
    pages.enter(make_user(session, roles=[Role.OPS]))
    short = {"content_classes": ["abuse"], "content_reason": "It threatens people."}
    page = pages.post("project_checks.retag", short, project_id=project.id)
    assert page.status == 422
    assert "at least 30" in page.errors()
    assert short["content_reason"] in page.value("content_reason")
    assert projects.lock(session, project.id).classes == ()
    none = pages.post(
        "project_checks.retag", {"content_reason": short["content_reason"]}, project_id=project.id
    )
    assert none.status == 303


def test_a_word_of_minors_stops_at_once(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session)
    pages.enter(assignment.expert.user)
    pages.post("queue.report", REPORT, assignment_id=assignment.id)
    pages.post("queue.report", {**REPORT, "content_class": "minors"}, assignment_id=assignment.id)
    kept = [report.content_class for report in projects.open_reports(session, assignment.project_id)]
    assert kept == [REPORT["content_class"], "minors"]  # the graver one is not lost behind the first
    assert projects.lock(session, assignment.project_id).state is ProjectState.PAUSED


def test_other_peoples_tasks_cannot_be_reported(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session)
    pages.enter(make_expert(session).user)
    assert pages.post("queue.report", REPORT, assignment_id=assignment.id).status == 404
    reviewer = make_reviewer(session)
    pages.enter(reviewer)
    review = opened(session, make_waiting(session), make_reviewer(session))
    assert pages.post("reviews.report", REPORT, review_id=review.id).status == 404


def test_nobody_of_the_company_declares_for_the_house(
    pages: Pages, session: Session, project: Project
) -> None:
    insider = make_member(session, project.company).user
    session.add(UserRole(user=insider, role=Role.OPS))
    session.flush()
    pages.enter(insider, "ops")
    new = {"content_classes": ["hate"], "content_reason": "It is only hate, and nothing else at all."}
    assert pages.post("project_checks.retag", new, project_id=project.id).status == 403


def test_served_work_is_found_again_when_it_was_agreed(session: Session, project: Project) -> None:
    submission = waiting(session, project)
    reviewer = make_reviewer(session)
    now = clock.database_now(session)
    assert queries.waiting_by_project(session, reviewer.id, now) == []
    agree(session, reviewer, "hate", "violence")
    assert [row.project_id for row in queries.waiting_by_project(session, reviewer.id, now)] == [
        submission.project_id
    ]
