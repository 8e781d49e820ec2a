"""Low funds are said once, and again after there was enough meanwhile."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing import queries, service
from marketplace.billing.queries import standing
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.notifications.models import Notice
from marketplace.projects import service as projects
from marketplace.projects.policy.answers import answers
from tests.factories.billing import make_payer
from tests.factories.projects import fill_wallet, make_project
from tests.pages import Pages


def titles(session: Session, user: User) -> Sequence[str]:
    """What this person was told of low funds."""
    mine = select(Notice.title).where(Notice.user_id == user.id, Notice.kind == "funds.low")
    return session.scalars(mine.order_by(Notice.id)).all()


def look(session: Session) -> None:
    service.look_for_low_funds(session)
    session.flush()


def test_a_budget_that_runs_low_is_said_once_and_again_after_a_top_up(session: Session) -> None:
    payer = make_payer(session)
    user = payer.user
    project = make_project(session, company=payer.company, budget_minor=1, wanted=100)
    fill_wallet(session, payer.company, 10 * MONEY.low_wallet_minor)
    unit = project.unit_minor
    (budget,) = queries.budgets(session, payer.company_id)
    assert budget.answers == budget.budget_minor // unit < MONEY.low_answers
    look(session)
    look(session)
    assert list(titles(session, user)) == [f"“{project.title}” is funded for {answers(budget.answers)} more"]
    more = MONEY.low_answers * unit
    fill_wallet(session, payer.company, more)
    projects.fund(session, project, by=user, amount_minor=more, form_key=ids.new_id())
    look(session)
    assert len(titles(session, user)) == 1
    projects.defund(session, project)
    look(session)
    assert list(titles(session, user))[1:] == [f"“{project.title}” is funded for 0 answers more"]


def test_a_wallet_that_runs_low_is_said_while_a_project_is_open(session: Session) -> None:
    payer = make_payer(session)
    user = payer.user
    fill_wallet(session, payer.company, MONEY.low_wallet_minor - 1)
    look(session)
    assert list(titles(session, user)) == []  # nothing runs
    make_project(session, company=payer.company, budget_minor=1, wanted=100)
    look(session)
    assert any("Your wallet holds" in one for one in titles(session, user))


def test_the_company_sees_what_its_money_is_enough_for(session: Session, pages: Pages) -> None:
    payer = make_payer(session)
    project = make_project(session, company=payer.company, budget_minor=1, wanted=100)
    (budget,) = queries.budgets(session, payer.company_id)
    title = project.title
    text = pages.enter(payer.user).get("billing.index").text
    assert title in text
    assert budget.words in text
    assert f"Enough for {budget.answers}" in budget.words


def test_a_finishing_project_is_listed_while_it_holds_money(session: Session, pages: Pages) -> None:
    payer = make_payer(session)
    ending = make_project(session, company=payer.company, budget_minor=1, wanted=0, state="closing")
    running = make_project(session, company=payer.company, budget_minor=1, wanted=100)
    assert [one.project.id for one in queries.budgets(session, payer.company_id)] == [running.id, ending.id]
    assert ending.title in pages.enter(payer.user).get("billing.index").text


def test_a_project_with_nothing_left_to_claim_is_not_low(session: Session) -> None:
    payer = make_payer(session)
    user = payer.user
    fill_wallet(session, payer.company, 10 * MONEY.low_wallet_minor)
    make_project(session, company=payer.company, budget_minor=1, wanted=0)
    look(session)
    assert list(titles(session, user)) == []


def test_the_look_asks_no_more_for_more_companies(session: Session, statements: Callable[[], int]) -> None:
    def company() -> None:
        payer = make_payer(session)
        fill_wallet(session, payer.company, 10 * MONEY.low_wallet_minor)
        make_project(session, company=payer.company, budget_minor=10**6, wanted=1)

    def asked() -> int:
        session.flush()
        session.expunge_all()
        statements()
        look(session)
        return statements()

    company()
    few = asked()
    for _ in range(4):
        company()
    assert asked() == few <= 8


def test_the_look_goes_on_after_a_page(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "AT_ONCE", 2)
    payer = make_payer(session)
    fill_wallet(session, payer.company, 10 * MONEY.low_wallet_minor)
    for _ in range(5):
        make_project(session, company=payer.company, budget_minor=1, wanted=100)
    look(session)
    assert len(titles(session, payer.user)) == 5
