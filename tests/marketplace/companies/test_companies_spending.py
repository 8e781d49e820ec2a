"""Where a company's money is, from the books alone."""

import uuid

from sqlalchemy.orm import Session

from marketplace.companies import queries
from marketplace.companies.queries import Spending
from marketplace.kit import ids
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import PLATFORM, Entry
from tests.factories.companies import make_company

Place = tuple[Kind, uuid.UUID]


def move(session: Session, source: Place, target: Place, minor: int) -> None:
    ledger.post_all(
        session, [Entry(kind="test", key=f"test:{ids.new_id()}", legs=[(source, target, Money(minor))])]
    )


def test_every_cent_is_in_one_place(session: Session) -> None:
    company, other = make_company(session), make_company(session)
    wallet, outside = (Kind.COMPANY_WALLET, company.id), (Kind.STRIPE_BALANCE, PLATFORM)
    assert queries.spending(session, company.id) == Spending(
        wallet_minor=0, budget_minor=0, reserved_minor=0, spent_minor=0
    )
    move(session, outside, wallet, 100_000)
    move(session, outside, (Kind.COMPANY_WALLET, other.id), 70_000)
    first, second, theirs = ids.new_id(), ids.new_id(), ids.new_id()
    move(session, wallet, (Kind.PROJECT_BUDGET, first), 40_000)
    move(session, wallet, (Kind.PROJECT_BUDGET, second), 10_000)
    move(session, (Kind.COMPANY_WALLET, other.id), (Kind.PROJECT_BUDGET, theirs), 9_999)
    move(session, (Kind.PROJECT_BUDGET, first), (Kind.PROJECT_RESERVED, first), 5_000)
    expert = (Kind.EXPERT_PENDING, ids.new_id())
    move(session, (Kind.PROJECT_RESERVED, first), expert, 1_200)
    move(session, (Kind.PROJECT_RESERVED, first), (Kind.PROJECT_BUDGET, first), 300)
    move(session, (Kind.PROJECT_BUDGET, second), wallet, 4_000)
    found = queries.spending(session, company.id)
    assert found == Spending(
        wallet_minor=54_000, budget_minor=41_300, reserved_minor=3_500, spent_minor=1_200
    )
    parts = (found.wallet_minor, found.budget_minor, found.reserved_minor, found.spent_minor)
    assert sum(parts) == 100_000


def test_money_that_comes_back_from_an_expert_is_not_spent(session: Session) -> None:
    company, project = make_company(session), ids.new_id()
    wallet, budget = (Kind.COMPANY_WALLET, company.id), (Kind.PROJECT_BUDGET, project)
    expert = (Kind.EXPERT_PENDING, ids.new_id())
    move(session, (Kind.STRIPE_BALANCE, PLATFORM), wallet, 1_000)
    move(session, wallet, budget, 1_000)
    move(session, budget, expert, 600)
    move(session, expert, budget, 600)
    assert queries.spending(session, company.id).spent_minor == 0
