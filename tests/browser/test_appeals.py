"""An expert appeals against a rejection and somebody else overturns it, both by keyboard; looked at in both themes."""

import uuid

from playwright.sync_api import Locator

from config.policy import WORK
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from tests.browser import people
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.factories.appeals import REASONS, STATEMENT, make_judge, rejected
from workspace.submissions.models import Submission


def test_an_appeal_by_keyboard(house: House, enter: Enter) -> None:
    with house.writing() as session:
        submission, judge = rejected(session), make_judge(session)
        submission_id, expert_id, judge_id = submission.id, submission.user_id, judge.id
        price = submission.assignment.price_minor
    expert, other = enter(), enter(theme="dark")
    people.enter_as(expert, house, expert_id)
    people.enter_as(other, house, judge_id)
    _appeals(expert, submission_id)
    _asks(other)
    _answers(expert, submission_id)
    _overturns(other)
    expert.go(f"/submissions/{submission_id}/appeal")
    expert.says("Decided for you.")
    expert.look_twice()
    house.run()
    with house.writing() as session:
        assert ledger.balance(session, Kind.EXPERT_PENDING, expert_id) >= price
        assert session.get_one(Submission, submission_id).state.value == "approved_on_appeal"


def _appeals(expert: Visitor, submission_id: uuid.UUID) -> None:
    expert.go(f"/submissions/{submission_id}")
    expert.look_twice()
    _enter(expert, expert.page.get_by_role("link", name="Appeal by"))
    box = expert.page.get_by_label("Why is it wrong?")
    box.focus()
    expert.page.keyboard.type(STATEMENT)
    expert.says(f"You have {len(STATEMENT.split())}.")
    expert.look_twice()
    _enter(expert, expert.control("Send the appeal"))
    expert.says("Your appeal is open.")
    expert.look_twice()


def _asks(judge: Visitor) -> None:
    judge.go("/reviews/appeals")
    judge.look_twice()
    _enter(judge, judge.control("Decide next"))
    judge.says(STATEMENT)
    judge.look_twice()
    judge.page.keyboard.press("q")
    judge.page.get_by_label("Question to the expert").focus()
    judge.page.keyboard.type("On which page is it?")
    _enter(judge, judge.control("Ask"))


def _answers(expert: Visitor, submission_id: uuid.UUID) -> None:
    expert.go(f"/submissions/{submission_id}/appeal")
    expert.look_twice()
    expert.page.get_by_role("textbox", name="Your answer").focus()
    expert.page.keyboard.type("Page 4.")
    _enter(expert, expert.control("Send the answer"))


def _overturns(judge: Visitor) -> None:
    judge.go("/reviews/appeals")
    with judge.page.expect_navigation(wait_until="load"):
        judge.page.keyboard.press("n")
    judge.says("Page 4.")
    for key, value in (("r", "upheld"), ("v", "in_part"), ("a", "won")):
        judge.page.keyboard.press(key)
        assert judge.page.locator("[name=outcome]:checked").get_attribute("value") == value
    judge.page.keyboard.press("?")
    judge.says("Ask the expert first")
    judge.look_twice()
    judge.page.keyboard.press("Escape")
    judge.page.get_by_label("Finding").select_option("reviewer")
    judge.page.get_by_role("checkbox").first.press("Space")
    judge.page.keyboard.press("w")
    judge.page.keyboard.type("Too few.")
    judge.page.keyboard.press("Control+Enter")
    judge.says("It cannot be undone.")
    with judge.page.expect_navigation(wait_until="load"):
        judge.page.keyboard.press("Control+Enter")
    judge.says(f"Say in at least {WORK.rejection_minimum_words} words why you decide so.")
    judge.look_twice()
    judge.page.get_by_role("textbox", name="Reasons").fill(REASONS)
    _decide(judge)
    judge.says("Overturned")
    judge.look_twice()


def _decide(judge: Visitor) -> None:
    judge.control("Decide…").press("Enter")
    judge.says("It cannot be undone.")
    _enter(judge, judge.page.locator("#sure").get_by_role("button", name="Decide", exact=True))


def _enter(visitor: Visitor, control: Locator) -> None:
    """Press Enter on what has the focus, and look at the page it leads to."""
    with visitor.page.expect_navigation(wait_until="load"):
        control.press("Enter")
    visitor.look()
