"""A company by keys alone: a project is written, the count of who fits follows, it is funded and on the board."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.experts.models import CredentialKind
from marketplace.identity.models import Role
from marketplace.projects import service as projects
from marketplace.projects.models import Project
from tests.browser import company, people
from tests.browser.conftest import Enter
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.browser.visitor import PHONE
from tests.factories.companies import make_company
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user

TITLE = "Rank answers about bread"
EVERYBODY, WITH_DEGREE = 14, 6


@pytest.fixture
def member(house: House, enter: Enter) -> Hands:
    """The owner of a company at a keyboard, among experts who could work for it."""
    with house.writing() as session:
        owner = make_user(session, roles=[Role.MEMBER], name="Olga Owner")
        make_company(session, owner)
        _experts(session)
        owner_id = owner.id
    visitor = enter()
    people.enter_as(visitor, house, owner_id)
    return Hands(visitor)


def test_a_company_publishes_and_sees_the_count_change(
    house: House, enter: Enter, member: Hands, tmp_path: Path
) -> None:
    member.visitor.go("/company/projects")
    member.follow("New project", within="main *")
    _describe(member)
    _narrow(member)
    member.follow("Save the draft", within=".form-acts *")
    _write_the_guideline(member)
    _add_tasks(member, company.write_file(tmp_path))
    _send(member, house)
    _pay(member, house)
    _open(member)
    visitor = enter(size=PHONE, theme="dark")
    visitor.go("/jobs")
    visitor.follow(visitor.page.get_by_role("link", name=TITLE).first)
    visitor.says("$10.00")


def _experts(session: Session) -> None:
    for number in range(EVERYBODY):
        expert = make_expert(session)
        if number < WITH_DEGREE:
            make_credential(session, expert, kind=CredentialKind.DEGREE, specialty="general")


def _describe(member: Hands) -> None:
    """What the work is and what it pays; the price follows."""
    member.choose("task_type", "response_ranking")
    member.fill(title=TITLE, summary="Three answers to one question: put them in order and say why.")
    member.fill(specialty="General knowledge").choose("tier", "general")
    _says_fit(member, EVERYBODY)
    member.visitor.look_twice()


def _narrow(member: Hands) -> None:
    """A rule halves the count, which is announced where it stands; without the rule it is as before."""
    fit = member.page.locator("[aria-live=polite]", has=member.page.locator("#fit"))
    expect(fit).to_have_count(1)
    member.reach("select[name='rules-new-0']").write("Verified c")
    member.to("Add rule").press("Enter")
    member.page.locator("#rules-0-value").wait_for()
    member.reach("[name='rules-0-value']").write("Degree").press("Space")
    _says_fit(member, WITH_DEGREE)
    member.visitor.look_twice()
    member.fill(hourly="20", minutes="30", overlap="1", why_min_words="10")
    expect(member.page.locator("#price")).to_contain_text("$10.00")
    _says_fit(member, WITH_DEGREE)


def _says_fit(member: Hands, count: int) -> None:
    expect(member.page.locator("#fit")).to_contain_text(
        re.compile(rf"At least {count - count % 5} (verified )?experts fit")
    )


def _write_the_guideline(member: Hands) -> None:
    member.follow("Write it")
    rule, meaning = company.CLAUSES[0]
    member.fill(**{"clauses-0-title": rule, "clauses-0-text": meaning})
    member.follow("Save", within=".form-acts *")


def _add_tasks(member: Hands, file: Path) -> None:
    member.follow("Import")
    member.attach(file)
    member.follow("Check the file")
    member.follow("Add 3 tasks").follow("Go on with the draft")


def _send(member: Hands, house: House) -> None:
    """Send it, and have it passed by staff, who are not part of this."""
    member.follow("Send the project")
    member.visitor.says("Being checked")
    with house.writing() as session:
        project = session.scalars(select(Project)).one()
        projects.pass_check(session, project, by=make_user(session, roles=[Role.OPS]))


def _pay(member: Hands, house: House) -> None:
    """From the project that waits for funds to a full wallet."""
    member.follow("Add funds").follow("Add funds to your wallet first")
    member.fill(amount="100").follow("Continue to payment")
    house.run()
    member.follow("Go to payment").fill(number=company.CARD).follow("Pay $100.00")
    house.run()
    member.page.reload()
    member.visitor.says("The money is in your company's wallet.")
    member.follow("Fund a project").follow(TITLE)


def _open(member: Hands) -> None:
    member.follow("Add funds").fill(amount="80").follow("Move to the budget")
    member.visitor.says("Open")
    member.visitor.look_twice()
