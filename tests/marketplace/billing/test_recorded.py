"""Money written down by hand: two people, one line of the bank statement once, a reason that stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.billing import queries, service
from marketplace.billing.errors import RecordedOver, ReferenceUsed, SecondPersonNeeded
from marketplace.billing.models import Deposit, DepositState, RecordedDeposit, RecordedState
from marketplace.companies.models import Company, MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from tests.factories.billing import make_payer
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.pages import Pages

REASON = "Sent to our bank although no invoice was open."
AMOUNT = 750_000


@pytest.fixture
def company(session: Session) -> Company:
    """A company with an owner."""
    return make_payer(session).company


@pytest.fixture
def finance(session: Session) -> tuple[User, User]:
    """Two people in finance."""
    return make_user(session, roles=[Role.FINANCE]), make_user(session, roles=[Role.FINANCE])


def recorded(session: Session, company: Company, by: User, **changes: Any) -> RecordedDeposit:
    said = {"amount_minor": AMOUNT, "bank_reference": "FT 2611", "reason": REASON, **changes}
    service.record(session, company, by=by, arrived_on=clock.now().date(), **said)
    return session.scalars(select(RecordedDeposit).order_by(RecordedDeposit.id.desc()).limit(1)).one()


def test_nothing_moves_before_somebody_else_confirms(
    session: Session, company: Company, finance: tuple[User, User]
) -> None:
    first, second = finance
    row = recorded(session, company, first)
    assert ledger.balance(session, Kind.COMPANY_WALLET, company.id) == 0
    with pytest.raises(SecondPersonNeeded):
        service.confirm(session, row.id, by=first)
    service.confirm(session, row.id, by=second)
    session.flush()
    assert ledger.balance(session, Kind.COMPANY_WALLET, company.id) == AMOUNT
    assert ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM) == AMOUNT
    with pytest.raises(RecordedOver):
        service.confirm(session, row.id, by=second)
    deposit = session.get(Deposit, row.id)
    assert deposit is not None
    assert deposit.state is DepositState.SUCCEEDED
    (entry,) = queries.credits_of(session, row.id)
    assert (entry.kind, entry.actor_id, entry.approver_id) == ("deposit_recorded", first.id, second.id)
    assert (entry.reason, entry.external_id) == (REASON, "FT 2611")
    assert ledger.broken(session) == []


def test_a_line_of_the_statement_is_written_down_once(
    session: Session, company: Company, finance: tuple[User, User]
) -> None:
    row = recorded(session, company, finance[0])
    with pytest.raises(ReferenceUsed):
        recorded(session, company, finance[1], bank_reference="  ft   2611 ")
    service.drop(session, row.id, by=finance[0])
    assert recorded(session, company, finance[1]).id != row.id
    assert row.state is RecordedState.DROPPED
    with pytest.raises(RecordedOver):
        service.confirm(session, row.id, by=finance[1])


def test_people_of_the_company_stay_outside(
    session: Session, company: Company, finance: tuple[User, User]
) -> None:
    mine = make_member(session, company, role=MemberRole.MANAGER).user
    with pytest.raises(SecondPersonNeeded):
        recorded(session, company, mine)
    row = recorded(session, company, finance[0])
    with pytest.raises(SecondPersonNeeded):
        service.confirm(session, row.id, by=mine)


def test_one_person_under_two_users_is_one_person(
    session: Session, company: Company, finance: tuple[User, User]
) -> None:
    name, _, host = finance[0].email.partition("@")
    twin = make_user(session, roles=[Role.FINANCE], email=f"{name}+two@{host}")
    row = recorded(session, company, finance[0])
    with pytest.raises(SecondPersonNeeded):
        service.confirm(session, row.id, by=twin)


def test_confirming_wants_the_password_once_more(
    session: Session, pages: Pages, company: Company, finance: tuple[User, User]
) -> None:
    row = recorded(session, company, finance[0])
    pages.enter(finance[1])
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        answer = pages.post("recorded_deposits.confirm", recorded_id=row.id)
        assert answer.status == 303
        assert "/prove" in answer.location
        assert row.state is RecordedState.PREPARED


def form(slug: str) -> dict[str, str]:
    return {
        "company": slug,
        "amount": "7,500.00",
        "bank_reference": "FT 2611",
        "arrived_on": clock.now().date().isoformat(),
        "reason": REASON,
    }


def test_the_pages_of_finance(
    session: Session, pages: Pages, company: Company, finance: tuple[User, User]
) -> None:
    first, second = finance
    name = company.name
    pages.enter(first)
    assert pages.post("recorded_deposits.record", form(name.upper())).status == 303
    row = session.scalars(select(RecordedDeposit)).one()
    page = pages.get("recorded_deposits.index")
    assert page.status == 200
    said = page.text
    assert "Somebody else confirms it" in said
    assert pages.post("recorded_deposits.confirm", recorded_id=row.id).status == 403
    pages.enter(second)
    assert pages.post("recorded_deposits.confirm", recorded_id=row.id).status == 303
    page = pages.get("recorded_deposits.index")
    assert page.status == 200
    assert f"$7,500.00 is in the wallet of {name}" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"company": "nobody-of-ours"},
        {"amount": "0"},
        {"amount": "much"},
        {"bank_reference": "x"},
        {"reason": "too short"},
        {"arrived_on": "2999-01-01"},
        {"arrived_on": "yesterday"},
    ],
)
def test_bad_input_is_said_at_the_field(
    session: Session, pages: Pages, company: Company, finance: tuple[User, User], changes: dict[str, str]
) -> None:
    answer = pages.enter(finance[0]).post("recorded_deposits.record", {**form(company.slug), **changes})
    assert answer.status == 422
    assert answer.errors()
    assert session.scalars(select(RecordedDeposit)).all() == []


@pytest.mark.parametrize("role", list(Role))
def test_the_page_is_for_finance(session: Session, pages: Pages, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    expected = 200 if role in {Role.FINANCE, Role.ADMIN} else 403
    assert pages.get("recorded_deposits.index").status == expected
