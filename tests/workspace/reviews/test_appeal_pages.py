"""The pages of appeals: the expert's, the desk of whoever decides, and what everybody else reads of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.companies.models import Company
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects.models import Project
from tests.factories.appeals import REASONS, STATEMENT, appealed, drawn, judged, make_judge, rejected
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.factories.reviews import author, make_reviewer, make_waiting, opened
from tests.pages import Page, Pages
from tests.workspace.reviews.test_overturns import told
from workspace.reviews import policy, queries, service
from workspace.reviews.models import AppealState, Outcome, StepAside
from workspace.submissions.models import Submission, SubmissionState

DESK = "/reviews/appeals"
RULING = {"outcome": "won", "cause": "reviewer", "clauses": ["1"], "reasons": REASONS}


@pytest.fixture
def reviewer(session: Session) -> User:
    return make_reviewer(session)


@pytest.fixture
def wrong(session: Session, reviewer: User) -> Submission:
    return rejected(session, reviewer=reviewer)


@pytest.fixture
def judge(session: Session) -> User:
    return make_judge(session)


def path_of(submission: Submission) -> str:
    return f"/submissions/{submission.id}/appeal"


def test_an_expert_appeals_is_asked_and_wins(  # noqa: PLR0915 - one journey
    session: Session, pages: Pages, wrong: Submission, reviewer: User, judge: User
) -> None:
    expert, path, price = author(session, wrong), path_of(wrong), wrong.assignment.price_minor
    mine = pages.enter(expert, "expert")
    assert "Appeal by" in mine.get(f"/submissions/{wrong.id}").text
    assert "appeal by" in mine.get("/tasks?tab=done").text
    assert "you can appeal" in mine.get("/earnings?show=refused").text
    form = mine.get(path).text
    for said in ("names no source", "ACC-2", f"At most {WORK.appeal_words} words", "Send the appeal"):
        assert said in form
    assert mine.post(path, {"statement": ""}).status == 422
    assert mine.post(path, {"statement": "word " * (WORK.appeal_words + 1)}).status == 422
    assert mine.post(path, {"statement": STATEMENT}).status == 303
    assert mine.post(path, {"statement": STATEMENT}).status == 409
    shown = mine.get(path).text
    assert STATEMENT in shown
    assert "Take the appeal back" in shown
    assert "Your appeal is open." in mine.get(f"/submissions/{wrong.id}").text
    assert "appeal open" in mine.get("/tasks?tab=done").text
    assert "appeal open" in mine.get("/earnings?show=refused").text

    desk = pages.enter(judge, "ops")
    assert "1 appeal waits" in desk.get(DESK).text
    there = desk.post(f"{DESK}/next").location
    page = desk.get(there).text
    assert STATEMENT in page
    assert "names no source" in page
    assert expert.name not in page
    assert "Rita Example" not in page
    assert desk.post(f"{there}/ask", {"text": ""}).status == 422
    assert desk.post(f"{there}/ask", {"text": "On which page is it?"}).status == 303
    assert desk.post(f"{there}/decide", RULING).status == 403
    assert "comes back to you when the expert answers" in desk.get(DESK).text
    assert "No appeal for you now" not in desk.get(DESK).text

    mine = pages.enter(expert, "expert")
    assert "Answer the question" in mine.get(f"/submissions/{wrong.id}").text
    assert "On which page is it?" in mine.get(path).text
    assert mine.post(f"{path}/answer", {"text": ""}).status == 422
    assert mine.post(f"{path}/answer", {"text": "Page 4."}).status == 303
    assert mine.post(f"{path}/withdraw").status == 409

    desk = pages.enter(judge, "ops")
    assert "Page 4." in desk.get(there).text
    assert desk.post(f"{there}/decide", RULING).status == 303
    assert desk.post(f"{there}/decide", RULING).status == 409
    assert "Overturned" in desk.get(DESK).text
    assert REASONS in desk.get(there).text

    mine = pages.enter(expert, "expert")
    assert "Decided for you." in mine.get(path).text
    assert REASONS in mine.get(path).text
    said = mine.get(f"/submissions/{wrong.id}").text
    assert "Read the decision about your appeal" in said
    assert "Somebody else" in said
    assert "decided the appeal: it is paid in full" in said
    assert "Your appeal was won" in mine.get("/earnings").text
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == price
    theirs = pages.enter(reviewer, "reviewer").get("/reviews").text
    assert "Overturned" in theirs


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"outcome": ""}, "Choose a decision."),
        ({"outcome": "in_part"}, "Choose a share when it is won in part"),
        ({"share": "50"}, "Choose a share when it is won in part"),
        ({"outcome": "in_part", "share": "33"}, "Choose one of the options."),
        ({"outcome": "in_part", "share": " "}, "Choose a share when it is won in part"),
        ({"cause": ""}, "Choose what you found."),
        ({"cause": "gap"}, "words"),
        ({"clauses": []}, "Choose at least one clause."),
        ({"clauses": ["99"]}, "Choose from the list."),
        ({"reasons": "Too short."}, "at least 12 words"),
    ],
)
def test_what_a_decision_lacks_is_said_at_its_field(
    session: Session, pages: Pages, judge: User, sent: dict[str, object], said: str
) -> None:
    appeal = drawn(session, judge, appealed(session))
    answer = pages.enter(judge, "ops").post(f"{DESK}/{appeal.id}/decide", {**RULING, **sent})
    assert answer.status == 422
    assert said in answer.text
    assert appeal.state is AppealState.ASSIGNED


def test_a_part_is_paid_and_said(session: Session, pages: Pages, judge: User, wrong: Submission) -> None:
    service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    desk = pages.enter(judge, "ops")
    there = desk.post(f"{DESK}/next").location
    assert desk.post(f"{there}/decide", {**RULING, "outcome": "in_part", "share": "50"}).status == 303
    mine = pages.enter(author(session, wrong), "expert")
    assert "50 % of the price" in mine.get(path_of(wrong)).text
    assert "50 % of the price" in mine.get(f"/submissions/{wrong.id}").text


def test_a_rejection_that_stands_says_why(
    session: Session, pages: Pages, judge: User, wrong: Submission, reviewer: User
) -> None:
    opened_one = service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    judged(session, judge, opened_one, outcome=Outcome.UPHELD)
    mine = pages.enter(author(session, wrong), "expert").get(path_of(wrong)).text
    assert "The rejection stands." in mine
    assert REASONS in mine
    assert "Upheld" in pages.enter(reviewer, "reviewer").get("/reviews").text


def test_late_is_said_before_the_worker_has_come(session: Session, pages: Pages, wrong: Submission) -> None:
    service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    session.flush()
    with clock.shifted(timedelta(days=WORK.appeal_decide_days, minutes=1)):
        mine = pages.enter(author(session, wrong), "expert")
        assert "We did not decide in 5 days" in mine.get(f"/submissions/{wrong.id}").text
        assert mine.get(path_of(wrong)).status == 303
        session.expire_all()
        assert wrong.state is SubmissionState.APPROVED_ON_APPEAL
        assert "We did not decide in 5 days" in mine.get(path_of(wrong)).text
        assert "We did not decide in 5 days" in mine.get(f"/submissions/{wrong.id}").text


def test_taking_it_back_over_http(session: Session, pages: Pages, wrong: Submission) -> None:
    service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    mine = pages.enter(author(session, wrong), "expert")
    page = mine.get(path_of(wrong)).text
    assert "goes back to the project, and you cannot appeal again." in page, "asked before it is done"
    assert mine.post(f"{path_of(wrong)}/withdraw").status == 303
    assert wrong.state is SubmissionState.FINAL_REJECTED
    assert "You took your appeal back" in mine.get(f"/submissions/{wrong.id}").text
    assert "Taken back." in mine.get(path_of(wrong)).text


def test_what_is_not_yours_is_not_there(
    session: Session, pages: Pages, wrong: Submission, judge: User
) -> None:
    other = pages.enter(make_user(session, roles=[Role.EXPERT]), "expert")
    for way, data in (("", {"statement": STATEMENT}), ("/withdraw", {}), ("/answer", {"text": "No."})):
        assert other.post(path_of(wrong) + way, data).status == 404
    assert other.get(path_of(wrong)).status == 404
    appeal = service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    session.flush()
    desk = pages.enter(judge, "ops")
    assert desk.get(f"{DESK}/{appeal.id}").status == 404, "it is drawn, not chosen"
    for way in ("ask", "decide", "step-aside"):
        assert desk.post(f"{DESK}/{appeal.id}/{way}", RULING).status == 404
    assert desk.get(f"{DESK}/{ids.new_id()}").status == 404


def test_the_wrong_roles_are_refused(session: Session, pages: Pages, reviewer: User) -> None:
    page = pages.enter(reviewer, "reviewer").get(DESK)
    assert page.status == 403
    assert str(WORK.senior_verdicts) in page.text
    for role in (Role.EXPERT, Role.FINANCE, Role.SUPPORT):
        assert pages.enter(make_user(session, roles=[role]), role.value).get(DESK).status == 403
    assert pages.enter(make_judge(session), "ops").get(path_of(rejected(session))).status == 403


def test_stepping_aside_over_http(session: Session, pages: Pages, judge: User) -> None:
    appeal = drawn(session, judge, appealed(session))
    desk = pages.enter(judge, "ops")
    assert desk.post(f"{DESK}/{appeal.id}/step-aside").status == 422
    assert desk.post(f"{DESK}/{appeal.id}/step-aside", {"reason": "outside_my_field"}).status == 303
    assert appeal.state is AppealState.OPEN
    assert "No appeal for you now" in desk.get(DESK).text
    assert desk.post(f"{DESK}/next").location.endswith(DESK)


def test_the_form_of_a_rejection_says_that_it_can_be_appealed(
    session: Session, pages: Pages, reviewer: User
) -> None:
    review = opened(session, make_waiting(session), reviewer)
    page = pages.enter(reviewer, "reviewer").get(f"/reviews/{review.id}").text
    assert "can appeal for 7 days. Somebody else decides the appeal." in page
    assert queries.waiting_appeals(session) == 0


def test_a_reviewer_with_a_good_record_decides_and_is_paid(
    session: Session, pages: Pages, wrong: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    fee = wrong.assignment.review_fee_minor
    service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    senior = make_user(session, roles=[Role.REVIEWER], name="Sena Senior")
    assert "Appeals (1)" not in pages.enter(senior, "reviewer").get("/reviews").text
    monkeypatch.setattr(policy, "is_senior", lambda **counted: True)
    desk = pages.enter(senior, "reviewer")
    assert "Appeals (1)" in desk.get("/reviews").text
    there = desk.post(f"{DESK}/next").location
    assert desk.post(f"{there}/decide", RULING).status == 303
    assert ledger.balance(session, Kind.EXPERT_PENDING, senior.id) == fee
    assert "Appeal decided, whatever the outcome" in pages.get("/earnings").text


def test_everybody_hears_what_concerns_them(
    session: Session, judge: User, wrong: Submission, reviewer: User
) -> None:
    expert = author(session, wrong)
    opened_one = service.open_appeal(session, wrong.id, by=expert, statement=STATEMENT)
    session.flush()
    appealed(session)
    assert told(session, judge.id) == ["An appeal waits for a decision"], "not of each"
    drawn(session, judge, opened_one)
    service.ask_expert(session, opened_one.id, judge=judge, text="On which page is it?")
    assert told(session, expert.id)[-1] == "A question about your appeal"
    service.answer_question(session, wrong.id, by=expert, text="Page 4.")
    assert told(session, judge.id)[-1] == "Your question about an appeal was answered"
    judged(session, judge, opened_one)
    assert told(session, expert.id)[-1] == "Your appeal is decided for you: $2.00"
    assert told(session, reviewer.id)[-1] == "A rejection of yours was overturned"


def test_of_a_late_one_only_the_expert_hears(session: Session, wrong: Submission, reviewer: User) -> None:
    expert = author(session, wrong)
    service.open_appeal(session, wrong.id, by=expert, statement=STATEMENT)
    before = told(session, reviewer.id)
    with clock.shifted(timedelta(days=WORK.appeal_decide_days, minutes=1)):
        service.reject_for_good(session, wrong.id)
    assert told(session, expert.id)[-1] == "Your appeal is decided for you: $2.00"
    assert told(session, reviewer.id) == before


def test_the_company_reads_nothing_of_it(session: Session, pages: Pages, wrong: Submission) -> None:
    service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    project = session.get_one(Project, wrong.project_id)
    owner = make_member(session, session.get_one(Company, project.company_id)).user
    theirs = pages.enter(owner, "member")
    assert theirs.get(path_of(wrong)).status == 403
    assert theirs.get(DESK).status == 403
    assert STATEMENT not in theirs.get(f"/company/projects/{project.id}").text


def test_the_pages_ask_the_database_little(
    session: Session, pages: Pages, judge: User, wrong: Submission, statements: Callable[[], int]
) -> None:
    opened_one = service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    drawn(session, judge, opened_one)
    mine = pages.enter(author(session, wrong), "expert")
    statements()
    assert mine.get(path_of(wrong)).status == 200
    assert statements() <= 20
    desk = pages.enter(judge, "ops")
    statements()
    assert desk.get(f"{DESK}/{opened_one.id}").status == 200
    assert statements() <= 20
    assert desk.get(DESK).status == 200
    assert statements() <= 20


@pytest.mark.parametrize("role", [Role.OPS, Role.ADMIN])
def test_the_navigation_counts_what_waits_for_whoever_decides(
    session: Session, pages: Pages, wrong: Submission, statements: Callable[[], int], role: Role
) -> None:
    who = make_user(session, roles=[role])
    desk = pages.enter(who, role.value)
    desk.get("/staff/rejections")
    statements()
    assert _counted(desk.get("/staff/rejections")) == ""
    before = statements()
    service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    own = appealed(session)
    session.add(StepAside(submission_id=own.submission_id, user_id=who.id, round=0, reason="other"))
    session.flush()
    statements()
    assert _counted(desk.get("/staff/rejections")) == "1"
    assert statements() <= before
    asked = [one for one in _asked(session, desk, DESK) if "count(*)" in one and "appeals" in one]
    assert len(asked) == 1, "the page and the navigation share it"


def _counted(page: Page) -> str:
    """The number at Appeals in the bar; on a phone it stands in the menu."""
    shown = [link for link in page.all("a") if link.get("href") == DESK]
    numbers = {
        "".join(node.itertext()) for link in shown for node in link.iter() if node.get("class") == "count"
    }
    assert len(shown) >= 2
    assert len(numbers) <= 1
    return "".join(numbers)


def _asked(session: Session, pages: Pages, path: str) -> list[str]:
    said: list[str] = []
    engine = session.get_bind().engine

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    assert pages.get(path).status == 200
    sa.event.remove(engine, "before_cursor_execute", note)
    return said


def test_the_desk_lists_its_keys_and_names_each_at_its_control(
    session: Session, pages: Pages, judge: User
) -> None:
    appeal = appealed(session)
    desk = pages.enter(judge, "ops")
    named = _keys(desk.get(DESK))
    drawn(session, judge, appeal)
    page = desk.get(f"{DESK}/{appeal.id}")
    listed = {node.get("data-key") for node in page.all("button")} - {None}
    assert listed == {"n", "a", "v", "r", "w", "q", "i", "p"}
    assert listed <= named | _keys(page)
    assert "?" in _keys(page)


def _keys(page: Page) -> set[str]:
    tags = ("button", "a", "input", "textarea", "summary", "h2")
    return {node.get("aria-keyshortcuts", "") for tag in tags for node in page.all(tag)}
