"""Finance plays the payer's bank; nobody else comes near."""

import pytest
from sqlalchemy.orm import Session

from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.identity.models import Role
from marketplace.kit.application import Application
from tests.factories.billing import payments_of
from tests.factories.gateways import paid
from tests.factories.identity import make_user
from tests.pages import Pages

PAGE = "/gateway/disputes"


@pytest.fixture
def bank(session: Session, pages: Pages) -> Pages:
    return pages.enter(make_user(session, roles=[Role.FINANCE]), "finance")


def disputes_of(app: Application) -> list[str]:
    with payments_of(app).emulator.books() as books:
        return [one["status"] for one in books.newest("dispute")]


def test_the_bank_takes_back_and_decides(app: Application, session: Session, bank: Pages) -> None:
    charge = paid(payments_of(app), PaidHow.CARD).charge_id
    assert "$1,000.00" in bank.get(PAGE).text
    sent = {"charge": charge, "amount": "250", "reason": "general"}
    assert bank.post(PAGE, sent).location == PAGE
    assert "$250.00, general" in bank.get(PAGE).text
    with payments_of(app).emulator.books() as books:
        dispute_id = next(iter(books.newest("dispute")))["id"]
    assert bank.post("provider_disputes.decide", dispute_id=dispute_id, what="win").location == PAGE
    assert disputes_of(app)[0] == "won"
    bank.post("provider_disputes.decide", dispute_id=dispute_id, what="lose")
    assert "has been decided" in bank.get(PAGE).text
    assert bank.post("provider_disputes.decide", dispute_id=dispute_id, what="burn").status == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "general"}, "Choose one of the options."),
        ({"charge": "ch_nobody", "reason": "general"}, "Choose one of the options."),
        ({"amount": "1000.01", "reason": "general"}, "A dispute is about a part of the charge"),
        ({"amount": "abc", "reason": "general"}, "Enter an amount"),
    ],
)
def test_bad_input_is_said(app: Application, bank: Pages, sent: dict[str, str], said: str) -> None:
    charge = paid(payments_of(app)).charge_id or ""
    first = {"charge": charge} if "amount" in sent else {}
    answer = bank.post(PAGE, {**first, **sent})
    assert answer.status == 422
    assert said in answer.text


@pytest.mark.parametrize("role", [Role.EXPERT, Role.SUPPORT, Role.MEMBER])
def test_others_stay_outside(session: Session, pages: Pages, role: Role) -> None:
    visitor = pages.enter(make_user(session, roles=[role]), role.value)
    assert visitor.get(PAGE).status == 403
    assert visitor.post(PAGE, {}).status == 403
