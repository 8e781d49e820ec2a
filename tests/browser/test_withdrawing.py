"""A company withdraws work while somebody is at it: the sums, what the open page says, what is left to read."""

import os
from pathlib import Path

from marketplace.companies.models import Company
from marketplace.projects.models import Project
from tests.browser import people
from tests.browser.conftest import Enter
from tests.browser.desk import Desk, desk
from tests.browser.house import House
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.browser.ways import response_ranking
from tests.factories.projects import make_owner

REASON = "We changed the guideline and start anew next week."


def company(house: House, visitor: Visitor, at: Desk) -> None:
    with house.writing() as session:
        project = session.get_one(Project, at.project_id)
        owner_id = make_owner(session, session.get_one(Company, project.company_id)).id
    people.enter_as(visitor, house, owner_id)


def look(visitor: Visitor, name: str) -> None:
    """Clean in both themes, at a desk and on a phone."""
    for size in (DESK, PHONE):
        visitor.page.set_viewport_size(size)
        for theme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            visitor.look()
            if "SHOTS" in os.environ:
                visitor.page.screenshot(
                    path=Path(os.environ["SHOTS"]) / f"{name}-{size['width']}-{theme}.png", full_page=True
                )
    visitor.page.set_viewport_size(DESK)


def test_a_project_is_withdrawn_under_somebodys_hands(house: House, enter: Enter) -> None:
    expert, owner = enter(strict=False), enter()
    at = desk(house, expert, response_ranking.WAY)
    assignment_id = at.open()
    expert.page.evaluate("document.querySelector('details.about').open = true")
    expert.page.locator("#answer textarea[name=note]").fill("I was not done yet.")
    expert.page.locator("#saved").get_by_text("Draft saved").wait_for()
    company(house, owner, at)
    owner.go(f"/company/projects/{at.project_id}")
    look(owner, "project")
    owner.press("Withdraw the project…", "link")
    look(owner, "ask")
    owner.fill(reason=REASON)
    owner.press("Withdraw this project")
    owner.says("Being withdrawn.")
    look(owner, "withdrawn")
    house.run()
    expert.page.locator("#trouble").get_by_text("The company withdrew this.").wait_for(
        timeout=30_000
    )  # types nothing
    expert.says("Not open any more")
    expert.page.get_by_role("button", name="Go on").click()
    expert.says("Withdrawn by the company, paid")
    expert.says(REASON)
    expert.says("I was not done yet.")
    look(expert, "expert")
    assert at.draft(assignment_id) is not None
    owner.go(f"/company/projects/{at.project_id}/tasks")
    look(owner, "tasks")
