"""The board and the page of a job: by keys on a desk, by thumb on a phone, clean for axe in both themes."""

import uuid

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser import people
from tests.browser.conftest import Enter
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.browser.visitor import PHONE
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import make_tasks

MEDICINE, LAW = "Rank answers about drug interactions", "Rank answers about leases"


@pytest.fixture
def expert_id(house: House) -> uuid.UUID:
    """An expert, and two jobs of different fields."""
    with house.writing() as session:
        _open(session, MEDICINE, specialty="medicine")
        _open(session, LAW, specialty="law")
        user_id = make_expert(session).user_id
    house.run()  # writes what is searched in
    return user_id


def _open(session: Session, title: str, **plan: str) -> None:
    make_tasks(session, make_project(session, title=title, **plan), 3)


def test_a_job_is_searched_for_saved_and_found_again_by_keys(
    house: House, enter: Enter, expert_id: uuid.UUID
) -> None:
    visitor = enter()
    hands, page = Hands(visitor), visitor.page
    people.enter_as(visitor, house, expert_id)
    visitor.go("/jobs")
    hands.fill(q="leases").press("Enter")
    page.wait_for_url("**/jobs?*q=leases*")
    expect(page.get_by_role("link", name=MEDICINE, exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name=LAW, exact=True)).to_be_visible()
    visitor.look_twice()
    with page.expect_navigation(wait_until="load"):
        hands.to(f"Save: {LAW}").press("Enter")
    assert "q=leases" in page.url, "saving leads back to what was searched, at the job"
    page.evaluate("() => scrollTo(0, 0)")  # half a chip under the bar is no target of its size
    visitor.look()
    hands.follow("Saved jobs and searches")
    visitor.look_twice()
    hands.follow(LAW)
    visitor.says("What you need")


def test_filters_are_a_sheet_on_the_phone(house: House, enter: Enter, expert_id: uuid.UUID) -> None:
    visitor = enter(size=PHONE, theme="dark")
    people.enter_as(visitor, house, expert_id)
    page = visitor.go("/jobs")
    sheet = page.locator("#filters")
    expect(sheet).to_be_hidden()
    page.locator(".filter-open").click()
    expect(sheet).to_be_visible()
    visitor.look()
    sheet.get_by_label("Law", exact=False).first.check()
    page.wait_for_url("**/jobs?*specialty=law*")
    expect(page.get_by_role("link", name=MEDICINE, exact=True)).to_have_count(0)
    expect(sheet).to_be_visible()  # for the next filter
    sheet.get_by_label("Medicine", exact=False).first.check()
    page.wait_for_url("**/jobs?*specialty=medicine*")
    sheet.get_by_role("button", name="Show jobs").click()
    expect(sheet).to_be_hidden()
    page.get_by_role("link", name="Remove filter Medicine").click()
    page.get_by_role("link", name="Remove filter Law").click()
    expect(page.get_by_role("link", name=MEDICINE, exact=True)).to_be_visible()
    visitor.look()


def test_the_pay_and_its_button_stay_in_view_on_the_phone(
    house: House, enter: Enter, expert_id: uuid.UUID
) -> None:
    visitor = enter(size=PHONE)
    people.enter_as(visitor, house, expert_id)
    page = visitor.go("/jobs")
    visitor.follow(page.get_by_role("link", name=LAW, exact=True))
    dock = page.locator(".paydock")
    for place in ("0", "document.body.scrollHeight / 2"):
        page.evaluate(f"() => scrollTo(0, {place})")
        expect(dock).to_be_in_viewport(ratio=1)
        expect(dock).to_contain_text("$")
    visitor.look_twice()
    assert page.locator("section[aria-label='Pay']:visible").count() == 1, "the pay stands there once"
