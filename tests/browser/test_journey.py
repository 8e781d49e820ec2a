"""From the first click of a company and an expert to money at a bank and data on a disk, in a real browser."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from config.policy import MONEY, WORK
from marketplace.kit.clock import shifted
from tests.browser import company, expert, people
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Theme, Visitor

TITLE = "Rank answers about bread"
STAFF = {"reviewer": "reviewer", "ops": "ops", "finance": "finance", "approver": "finance"}


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Theme:
    return request.param


def test_from_sign_up_to_paid(house: House, enter: Enter, theme: Theme, tmp_path: Path) -> None:
    for part, role in STAFF.items():
        house.user(role, name=part.capitalize(), email=f"{part}@example.org")
    owner, worker = enter(theme=theme), enter(theme=theme)
    project = _company_opens_a_project(owner, enter(theme=theme), house, tmp_path)
    _expert_does_a_task(worker, house)
    with ExitStack() as time:
        time.enter_context(shifted(timedelta(seconds=WORK.undo_seconds)))
        _reviewer_approves(enter(theme=theme))
        time.enter_context(shifted(timedelta(seconds=WORK.undo_seconds + 1)))
        house.run()
        _expert_has_earned(worker, house)
        time.enter_context(shifted(timedelta(days=MONEY.hold_days, minutes=1)))
        house.run()
        _finance_pays(enter(theme=theme), enter(theme=theme), house)
        people.log_in(worker, "expert@example.org")  # after three days nobody is signed in any more
        worker.go("/earnings")
        worker.says("1 payout to")
        worker.go("/earnings/payouts")
        worker.says("Paid")
        people.log_in(owner, "owner@example.org")
        files = company.export(owner, house, project)
    assert any(expert.WHY in text for text in files.values())


def _company_opens_a_project(owner: Visitor, ops: Visitor, house: House, folder: Path) -> str:
    people.join(owner, house, door="Post a project", name="Olga Owner", email="owner@example.org")
    company.found_company(owner)
    project = company.write_project(owner, TITLE)
    company.add_tasks(owner, project, company.write_file(folder))
    company.deposit(owner, house, "100")
    company.publish(owner, project)
    people.log_in(ops, "ops@example.org")
    ops.go("/staff/projects")
    ops.follow(ops.page.get_by_role("link", name=TITLE, exact=True))
    ops.press("Pass")
    company.fund(owner, project, "80")
    return project


def _expert_does_a_task(worker: Visitor, house: House) -> None:
    people.join(worker, house, door="Find work", name="Eve Expert", email="expert@example.org")
    expert.fill_profile(worker)
    expert.find_job(worker, TITLE)
    expert.accept_offer(worker, "Eve Expert")
    worker.press("Start a task")
    with worker.page.expect_navigation(wait_until="load"):
        expert.rank_by_keyboard(worker)
    worker.look()
    worker.go("/tasks?tab=review")
    worker.says(TITLE)
    house.run()


def _reviewer_approves(reviewer: Visitor) -> None:
    people.log_in(reviewer, "reviewer@example.org")
    reviewer.press("Review next")
    with reviewer.page.expect_navigation(wait_until="load"):
        reviewer.page.keyboard.press("a")
    reviewer.look()
    reviewer.says("Approved")


def _expert_has_earned(worker: Visitor, house: House) -> None:
    worker.go("/earnings")
    worker.says("$10.00")
    worker.says("Tell us where to pay you")
    expert.open_payout_account(worker, "Eve Expert")


def _finance_pays(preparer: Visitor, approver: Visitor, house: House) -> None:
    people.log_in(preparer, "finance@example.org")
    preparer.go("/staff/payouts")
    preparer.press("Prepare a run of $10.00")
    preparer.says("somebody else approves it")
    people.log_in(approver, "approver@example.org")
    approver.go(preparer.page.url)
    approver.press("Approve $10.00")
    house.run()
    approver.go(approver.page.url)
    approver.says("1 paid")
