"""A week of finance in a real browser: money in, a run of two people, a payout that fails, a dispute, statements."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select

from config.policy import MONEY
from marketplace.companies.models import Company, Member
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.clock import shifted
from marketplace.ledger.models import Kind
from marketplace.projects import service as projects
from tests.browser import company, people
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Theme, Visitor
from tests.factories import gateways
from tests.factories.billing import payments_of
from tests.factories.identity import make_user
from tests.factories.payouts import earn, make_account
from tests.factories.projects import make_project

ADA, BOB = "ada@example.org", "bob@example.org"
EARNED = {ADA: 4_334, BOB: 2_500}


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Theme:
    return request.param


def test_a_week_of_finance(house: House, enter: Enter, theme: Theme) -> None:
    for name in ("finance", "approver"):
        house.user("finance", name=name.capitalize(), email=f"{name}@example.org")
    owner, preparer, approver = enter(theme=theme), enter(theme=theme), enter(theme=theme)
    people.join(owner, house, door="Post a project", name="Olga Owner", email="owner@example.org")
    company.found_company(owner)
    company.deposit(owner, house, "300")
    accounts = _work_is_paid(house)
    with ExitStack() as time:
        time.enter_context(shifted(timedelta(days=MONEY.hold_days, minutes=1)))
        house.run()
        people.log_in(preparer, "finance@example.org")
        people.log_in(approver, "approver@example.org")
        run = _a_run_is_let_go(preparer, approver)
        _loses_its_right(house, accounts[BOB])
        _one_is_paid_and_one_fails(approver, house, run)
        _the_one_who_failed_reads_why(enter(theme=theme))
        _a_dispute_is_won(preparer, house)
        _the_books_agree(preparer, house)
        _the_statement_is_the_payout(enter(theme=theme))


def _work_is_paid(house: House) -> dict[str, str]:
    """Two people earned from the company's project; e-mail -> account at the provider."""
    accounts = {email: gateways.ready_account(payments_of(house.app)) for email in EARNED}
    with house.writing() as session:
        northwind = session.scalars(select(Company)).one()
        owner = session.get_one(User, session.scalars(select(Member.user_id)).one())
        project = make_project(session, company=northwind, by=owner, state="awaiting_funds")
        projects.fund(session, project, by=owner, amount_minor=20_000, form_key=ids.new_id())
        for email, minor in EARNED.items():
            user = make_user(session, roles=["expert"], name=email[:3].capitalize(), email=email)
            make_account(session, user, accounts[email])
            earn(session, user, minor, source=(Kind.PROJECT_BUDGET, project.id))
    return accounts


def _a_run_is_let_go(preparer: Visitor, approver: Visitor) -> str:
    preparer.go("/staff/payouts")
    preparer.press("Prepare a run of $68.34")
    preparer.says("somebody else approves it")
    run = preparer.page.url
    assert not preparer.control("Approve $68.34").count()
    approver.go(run)
    approver.look_twice()
    approver.press("Approve $68.34")
    return run


def _loses_its_right(house: House, account_id: str) -> None:
    """The provider stops an account before the worker comes to it, and tells nobody yet."""

    def stop(books: Books) -> None:
        account: Body | None = books.get("account", account_id)
        assert account is not None
        books.save({**account, "capabilities": {"transfers": "inactive"}})

    with payments_of(house.app).emulator.books() as books:
        stop(books)


def _one_is_paid_and_one_fails(approver: Visitor, house: House, run: str) -> None:
    house.run()
    approver.go(run)
    approver.says("1 paid, 0 under way, 1 back in Available.")
    approver.look_twice()


def _the_one_who_failed_reads_why(bob: Visitor) -> None:
    people.log_in(bob, BOB)
    bob.go("/earnings/payouts")
    bob.says("back in Available")
    bob.look_twice()


def _a_dispute_is_won(finance: Visitor, house: House) -> None:
    finance.go("/gateway/disputes")
    finance.page.locator("input[name=charge]").first.check()
    finance.press("Take the payment back")
    house.run()
    finance.go("/staff/disputes")
    finance.follow(finance.page.get_by_role("table").get_by_role("link").first)
    finance.says("Not touched, whatever the end")
    finance.look_twice()
    dispute = finance.page.url
    finance.page.get_by_label("I have read the evidence").check()
    finance.press("Hand in the evidence")
    house.run()
    finance.go("/gateway/disputes")
    finance.follow(finance.page.get_by_role("button", name="For the platform"))
    house.run()
    finance.go(dispute)
    finance.says("Won")


def _the_books_agree(finance: Visitor, house: House) -> None:
    finance.go("/staff/reconciliation")
    finance.press("Compare now")
    house.run()
    finance.go("/staff/reconciliation")
    finance.says("Everything agrees")
    finance.look_twice()
    finance.go("/staff/ledger")
    finance.says("Books balance")


def _the_statement_is_the_payout(ada: Visitor) -> None:
    people.log_in(ada, ADA)
    ada.go("/earnings/statements")
    ada.look_twice()
    with ada.page.expect_download() as coming:
        ada.page.locator("main a[href*='/payouts/'][href$='.pdf']").first.click()
    text = "".join(page.extract_text() for page in pypdf.PdfReader(Path(coming.value.path())).pages)
    assert "$43.34" in text
    ada.follow(ada.page.locator("main th a[href*='/statements/payouts/']").first)
    ada.says("$43.34")
    ada.look_twice()
