"""Questions from a task: the deadline rests once, the company answers without a name, everybody reads it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.companies.models import Company, MemberRole
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.notifications.models import Notice
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import GuidelineQuestion
from tests.factories.care import SENSITIVE, agree
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner
from tests.factories.queue import make_assignment
from tests.pages import Pages
from workspace.queue import policy, queries, service
from workspace.queue.errors import OutOfTime
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import service as submissions

TEXT = "Does clause two hold for answers in French?"
PAUSE = timedelta(hours=WORK.question_pause_hours)


def ask(
    session: Session, assignment: Assignment, text: str = TEXT, clause: int | None = 2
) -> GuidelineQuestion:
    question = service.ask(session, assignment, by=assignment.expert.user, text=text, clause_number=clause)
    session.flush()
    return question


def reply(session: Session, question: GuidelineQuestion, text: str = "Yes, for every language.") -> None:
    project_service.answer(session, question, by=owner(session, question), text=text)
    session.flush()


def owner(session: Session, question: GuidelineQuestion) -> User:
    project = projects.project(session, question.project_id)
    assert project is not None
    return make_owner(session, session.get_one(Company, project.company_id))


@pytest.fixture
def assignment(session: Session) -> Assignment:
    return make_assignment(session, tasks=4)


# --- the deadline ----------------------------------------------------------------------------------------------


def test_the_first_question_rests_the_deadline_once(session: Session, assignment: Assignment) -> None:
    before = assignment.expires_at
    ask(session, assignment)
    assert assignment.expires_at == before + PAUSE
    assert policy.is_paused(assignment, clock.database_now(session))
    ask(session, assignment, "And does it hold for tables?")
    assert assignment.expires_at == before + PAUSE


def test_the_answer_gives_back_what_was_not_needed(session: Session, assignment: Assignment) -> None:
    before = assignment.expires_at
    question = ask(session, assignment)
    with clock.shifted(timedelta(hours=3)):
        reply(session, question)
        now = clock.database_now(session)
        assert not policy.is_paused(assignment, now)
    assert assignment.paused_at is not None
    waited = now - assignment.paused_at
    assert abs(assignment.expires_at - before - waited) < timedelta(seconds=2)


def test_it_rests_until_every_question_of_the_task_is_answered(
    session: Session, assignment: Assignment
) -> None:
    first, second = ask(session, assignment), ask(session, assignment, "And does it hold for tables?")
    with clock.shifted(timedelta(hours=2)):
        reply(session, first)
        assert policy.is_paused(assignment, clock.database_now(session))
    with clock.shifted(timedelta(hours=5)):
        reply(session, second)
        assert not policy.is_paused(assignment, clock.database_now(session))


def test_a_question_of_somebody_else_holds_nothing_up(session: Session, assignment: Assignment) -> None:
    other = make_assignment(session, project=assignment.project)
    question = ask(session, assignment)
    ask(session, other)
    reply(session, question)
    assert not policy.is_paused(assignment, clock.database_now(session))
    assert policy.is_paused(other, clock.database_now(session))


def test_without_an_answer_it_runs_on_after_48_hours(session: Session, assignment: Assignment) -> None:
    before = assignment.expires_at
    question = ask(session, assignment)
    with clock.shifted(PAUSE + timedelta(seconds=1)):
        assert not policy.is_paused(assignment, clock.database_now(session))
        reply(session, question)
        assert assignment.expires_at == before + PAUSE
        assert assignment.state is AssignmentState.ACTIVE
    with clock.shifted(before - clock.now() + PAUSE + timedelta(seconds=1)):
        submissions.settle(session, assignment.id)
    session.refresh(assignment)
    assert assignment.state is AssignmentState.EXPIRED


def test_nothing_is_held_ahead_while_it_rests(session: Session, assignment: Assignment) -> None:
    held = service.hold_next(session, assignment)
    assert held is not None
    session.flush()
    ask(session, assignment)
    assert held.state is AssignmentState.RELEASED
    assert service.hold_next(session, assignment) is None
    reply(session, session.query(GuidelineQuestion).one())
    assert service.hold_next(session, assignment) is not None


def test_an_answer_after_the_end_changes_nothing(session: Session, assignment: Assignment) -> None:
    question = ask(session, assignment)
    service.release(session, assignment, by=None, reason="too_long")
    session.flush()
    ended = assignment.expires_at
    reply(session, question)
    assert assignment.expires_at == ended


# --- what can be asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Why?", "one two three", "x " * 600])
def test_what_cannot_be_asked(session: Session, assignment: Assignment, text: str) -> None:
    with pytest.raises(Invalid):
        ask(session, assignment, text)
    assert assignment.paused_at is None


def test_a_clause_of_the_version_or_none(session: Session, assignment: Assignment) -> None:
    with pytest.raises(Invalid, match="clause"):
        ask(session, assignment, clause=9)
    assert ask(session, assignment, clause=None).clause_number is None


def test_so_many_a_day_and_no_more(session: Session, assignment: Assignment) -> None:
    for number in range(WORK.questions_a_day):
        ask(session, assignment, f"{TEXT} Case {number}")
    with pytest.raises(Conflict, match="tomorrow"):
        ask(session, assignment)
    other = make_assignment(session, project=assignment.project)
    assert ask(session, other)
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert ask(session, assignment)


@pytest.mark.parametrize("state", [s for s in AssignmentState if s is not AssignmentState.ACTIVE])
def test_only_about_a_task_in_hand(session: Session, assignment: Assignment, state: AssignmentState) -> None:
    assignment.state = state
    with pytest.raises(Conflict):
        ask(session, assignment)


def test_not_after_the_deadline(session: Session, assignment: Assignment) -> None:
    with clock.shifted(policy.length(6) + timedelta(seconds=1)), pytest.raises(OutOfTime):
        ask(session, assignment)


def test_it_is_answered_once(session: Session, assignment: Assignment) -> None:
    question = ask(session, assignment)
    reply(session, question)
    with pytest.raises(Conflict, match="already"):
        reply(session, question, "No, only for English.")
    assert question.answer == "Yes, for every language."


def test_both_sides_are_told_and_no_name_goes_over(session: Session, assignment: Assignment) -> None:
    question = ask(session, assignment)
    asked = session.query(Notice).filter_by(kind="question_asked").all()
    members = projects.member_user_ids(session, assignment.project.company_id)
    assert {notice.user_id for notice in asked} == set(members)
    name = assignment.expert.user.name
    assert all(name not in notice.title + notice.body for notice in asked)
    reply(session, question)
    told = session.query(Notice).filter_by(kind="question.answered").one()
    assert (told.user_id, told.path) == (assignment.user_id, f"/tasks/{assignment.id}")


# --- at the door -----------------------------------------------------------------------------------------------


def test_from_the_task_to_the_answer_beside_every_task(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    assignment.expert.user.name, project = "Zebedee Quirk", assignment.project
    company = session.get_one(Company, project.company_id)
    pages.enter(assignment.expert.user)
    sent = pages.post("questions.send", {"text": TEXT, "clause": "2"}, assignment_id=assignment.id)
    assert sent.status == 303
    work = pages.get(sent.location)
    for text in ("Asked. You are told when the company answers.", "Resting", "No answer yet"):
        assert text in work.text
    question = session.query(GuidelineQuestion).one()
    pages.enter(make_owner(session, company))
    assert "Questions, 1 open" in pages.get("projects.show", project_id=project.id).text
    listed = pages.get("projects.questions", project_id=project.id)
    assert TEXT in listed.text
    one = pages.get("projects.question", question_id=question.id)
    for page in (listed, one):
        assert "Zebedee" not in page.answer.text
    assert pages.post("projects.answer", {"answer": " "}, question_id=question.id).status == 422
    assert pages.post("projects.answer", {"answer": "Yes, for all."}, question_id=question.id).status == 303
    assert pages.post("projects.answer", {"answer": "No."}, question_id=question.id).status == 409
    assert "Yes, for all." in pages.get("projects.questions", project_id=project.id, show="answered").text
    assert "Nobody waits" in pages.get("projects.questions", project_id=project.id).text
    other = make_assignment(session, project=project)
    pages.enter(other.expert.user)
    assert "Yes, for all." in pages.get("submissions.work", assignment_id=other.id).text
    for door in ("jobs.job", "jobs.guideline"):
        page = pages.get(door, slug=project.slug)
        assert "Yes, for all." in page.text
        assert "Zebedee" not in page.answer.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"text": ""}, "Write your question."),
        ({"text": "Why?"}, "at least 4 words"),
        ({"text": "word " * 300}, "1,000"),
        ({"text": TEXT, "clause": "99"}, "Choose one of the options."),
        ({"text": TEXT, "clause": "x"}, "Choose one of the options."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    pages: Pages, session: Session, assignment: Assignment, form: dict[str, str], words: str
) -> None:
    pages.enter(assignment.expert.user)
    page = pages.post("questions.send", form, assignment_id=assignment.id)
    assert page.status == 422
    assert words in page.errors()
    assert session.query(GuidelineQuestion).count() == 0


def test_others_cannot_ask_or_answer(pages: Pages, session: Session, assignment: Assignment) -> None:
    question = ask(session, assignment)
    company = session.get_one(Company, assignment.project.company_id)
    door = {"question_id": question.id}
    viewer = make_owner(session, company, role=MemberRole.VIEWER)
    for user, get, post in (
        (viewer, 200, 403),
        (make_owner(session, make_company(session)), 404, 404),
        (make_expert(session).user, 403, 403),
    ):
        pages.enter(user)
        assert pages.get("projects.question", **door).status == get
        assert pages.post("projects.answer", {"answer": "Yes."}, **door).status == post
    pages.enter(make_expert(session).user)
    assert pages.get("questions.ask", assignment_id=assignment.id).status == 404
    assert pages.post("questions.send", {"text": TEXT}, assignment_id=assignment.id).status == 404
    assert queries.assignment(session, assignment.id) is not None


def test_a_question_that_cannot_be_asked_stays_on_its_page(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    service.release(session, assignment, by=assignment.expert.user, reason="too_long")
    session.flush()
    pages.enter(assignment.expert.user)
    page = pages.post("questions.send", {"text": TEXT, "clause": ""}, assignment_id=assignment.id)
    assert (page.status, page.value("text")) == (409, TEXT)
    assert "while you work on it" in page.errors()


def test_questions_about_sensitive_tasks_are_for_people_who_agreed(pages: Pages, session: Session) -> None:
    expert = make_expert(session)
    agree(session, expert.user, "hate", "violence")
    assignment = make_assignment(session, expert=expert, **SENSITIVE)
    slug = assignment.project.slug
    reply(session, ask(session, assignment, clause=None), "Yes: every such threat counts.")

    def shown() -> list[bool]:
        places = [pages.get("jobs.job", slug=slug), pages.get("jobs.guideline", slug=slug)]
        return [TEXT in page.text and "every such threat" in page.text for page in places]

    assert shown() == [False, False]  # nobody is signed in
    assert "shown to people who agreed" in pages.get("jobs.job", slug=slug).text
    pages.enter(make_expert(session).user)
    assert shown() == [False, False]
    pages.enter(expert.user)
    assert shown() == [True, True]
    assert "every such threat" in pages.get("questions.ask", assignment_id=assignment.id).text
    agree(session, expert.user, "hate")  # taken back between claim and save
    assert shown() == [False, False]
    assert "every such threat" not in pages.get("questions.ask", assignment_id=assignment.id).text
