"""Finance lets the played provider have an accident; nobody else comes near."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from marketplace.gateways.stripe.emulator import faults
from marketplace.gateways.stripe.emulator_accidents import ACCIDENTS
from marketplace.gateways.stripe.outcomes import OutcomeKind
from marketplace.identity.models import Role
from marketplace.kit.application import Application
from tests.factories.billing import payments_of
from tests.factories.gateways import fund, ready_account, transfer_order
from tests.factories.identity import make_user
from tests.pages import Pages

PAGE = "/gateway/accidents"


@pytest.fixture
def finance(app: Application, session: Session, pages: Pages) -> Iterator[Pages]:
    yield pages.enter(make_user(session, roles=[Role.FINANCE]), "finance")
    with payments_of(app).emulator.books() as books:
        faults.forget(books)


@pytest.mark.parametrize(
    ("what", "kind", "made"),
    [
        ("payout-refused", OutcomeKind.REFUSED, 0),
        ("payout-silent", OutcomeKind.UNKNOWN, 1),
        ("payout-down", OutcomeKind.UNKNOWN, 0),
        ("payout-error", OutcomeKind.UNKNOWN, 1),
    ],
)
def test_the_next_payout_has_the_accident_and_the_one_after_it_has_none(
    app: Application, finance: Pages, what: str, kind: OutcomeKind, made: int
) -> None:
    payments = payments_of(app)
    fund(payments, 50_000)
    account = ready_account(payments)
    first, second = transfer_order(account), transfer_order(account)
    assert finance.post(PAGE, {"what": what}).location == PAGE
    text = finance.get(PAGE).text
    assert text.count(ACCIDENTS[what].title) == 2  # it waits, and can be chosen again
    assert payments.transfer(first).kind is kind
    assert len(payments.find_transfers(first.transfer_group, account)) == made
    assert finance.get(PAGE).text.count(ACCIDENTS[what].title) == 1
    assert payments.transfer(second).kind is OutcomeKind.ACCEPTED


def test_what_was_ordered_can_be_taken_back(app: Application, finance: Pages) -> None:
    for what in ACCIDENTS:
        finance.post(PAGE, {"what": what})
    assert finance.post(f"{PAGE}/none").location == PAGE
    with payments_of(app).emulator.books() as books:
        assert faults.waiting(books) == []


def test_nothing_chosen_is_said_at_the_field(finance: Pages) -> None:
    for sent in ({}, {"what": "earthquake"}):
        answer = finance.post(PAGE, sent)
        assert answer.status == 422
        assert "Choose one of the options." in answer.text


@pytest.mark.parametrize("role", [Role.EXPERT, Role.SUPPORT, Role.MEMBER])
def test_others_stay_outside(session: Session, pages: Pages, role: Role) -> None:
    visitor = pages.enter(make_user(session, roles=[role]), role.value)
    assert visitor.get(PAGE).status == 403
    assert visitor.post(PAGE, {"what": "payout-refused"}).status == 403
    assert visitor.post(f"{PAGE}/none").status == 403
