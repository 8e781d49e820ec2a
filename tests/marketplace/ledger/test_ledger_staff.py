"""The finance pages: who may see them, and that they tell the truth."""

import uuid

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.kit.money import Money
from marketplace.ledger import service
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from tests.factories.identity import make_user
from tests.factories.ledger import FEE, PRICE, REASON, STRIPE, UNIT, Parties, deposit, end, fund, leg, reserve
from tests.pages import Pages

ADDRESSES = [
    ("ledger.index", {}),
    ("ledger.find", {"q": "x"}),
    ("ledger.accounts", {"kind": "company_wallet"}),
    ("ledger.account", {"kind": "company_wallet", "owner_id": uuid.UUID(int=5)}),
    ("ledger.transaction", {"transaction_id": 1}),
]


@pytest.fixture
def finance(session: Session, pages: Pages) -> Pages:
    return pages.enter(make_user(session, roles=[Role.FINANCE]))


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.FINANCE, Role.ADMIN}])
def test_nobody_else_may_see_the_books(session: Session, pages: Pages, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    for endpoint, values in ADDRESSES:
        assert pages.get(endpoint, **values).status == 403


def test_visitors_are_sent_away(pages: Pages) -> None:
    for endpoint, values in ADDRESSES:
        assert pages.get(endpoint, **values).status in {302, 303, 401}


def test_admins_may_read_too(session: Session, pages: Pages) -> None:
    pages.enter(make_user(session, roles=[Role.ADMIN]))
    assert pages.get("ledger.index").status == 200


def test_empty_books_say_what_opens_them(finance: Pages) -> None:
    text = finance.get("ledger.index").text
    assert "No money has moved yet" in text
    assert "Books balance" in text


def test_the_trial_balance_is_on_the_page(session: Session, finance: Pages) -> None:
    who = Parties()
    fund(session, who, 100_000)
    service.post(session, reserve(who, uuid.uuid4()))
    service.post(session, Entry(kind="deposit", key="jpy", legs=[(STRIPE, who.wallet, Money(70, "jpy"))]))
    text = finance.get("ledger.index").text
    assert "Books balance" in text
    assert "Trial balance in USD" in text
    assert "Trial balance in JPY" in text
    for expected in ("$939.34", "$60.66", "$1,000.00", "¥70", "equal"):
        assert expected in text
    assert "not equal" not in text


def test_a_broken_rule_is_on_the_page(session: Session, finance: Pages) -> None:
    fund(session, Parties(), 100)
    sqlite = session.get_bind().dialect.name == "sqlite"
    on = "" if sqlite else " ON ledger_accounts"
    session.connection().exec_driver_sql(f"DROP TRIGGER ledger_accounts_balance_guard{on}")
    session.connection().exec_driver_sql(
        "UPDATE ledger_accounts SET credits_minor = 7777 WHERE kind = 'company_wallet'"
    )
    text = finance.get("ledger.index").text
    assert "Books do not balance" in text
    assert "Books balance" not in text
    assert "I2: accounts whose kept balance" in text
    assert "I6: what is owed differs from what is held: usd by $76.77" in text
    assert "I13: trigger ledger_accounts_balance_guard is missing" in text


def test_from_a_kind_to_an_account_to_an_entry_to_its_cause(session: Session, finance: Pages) -> None:
    who, claim = Parties(), uuid.uuid4()
    fund(session, who, UNIT)
    service.post(session, reserve(who, claim))
    ended = service.post(session, end(who, claim, "approve", pay=PRICE, fee=FEE, rest=UNIT - PRICE - FEE))
    assert ended.transaction is not None

    listed = finance.get("ledger.accounts", kind="project_reserved")
    assert str(who.project) in listed.text
    assert "$0.00" in listed.text

    shown = finance.get("ledger.account", kind="project_reserved", owner_id=who.project)
    for expected in (
        "never below zero",
        "+$60.66",
        "-$43.34",
        "-$8.66",
        f"claim:{claim}:approve",
        "Balance after",
    ):
        assert expected in shown.text
    assert finance.path("ledger.transaction", transaction_id=ended.transaction.id) in {
        link.get("href") for link in shown.all("a")
    }

    entry = finance.get("ledger.transaction", transaction_id=ended.transaction.id)
    for expected in (
        "$43.34",
        f"assignment {claim}",
        f"claim:{claim}",
        "the system",
        f"claim:{claim}:reserve",
    ):
        assert expected in entry.text


def test_the_platform_is_called_by_its_name(session: Session, finance: Pages) -> None:
    deposit(session, Parties(), 5)
    shown = finance.get("ledger.account", kind="stripe_balance", owner_id=PLATFORM)
    assert "Stripe balance, Platform" in shown.text
    assert "never below zero" not in shown.text


def test_a_reversal_and_its_original_point_at_each_other(session: Session, finance: Pages) -> None:
    original = deposit(session, Parties(), 70).transaction
    assert original is not None
    anna, ben = uuid.uuid4(), uuid.uuid4()
    back = service.reverse(
        session, original, key="adj:1", actor_id=anna, approver_id=ben, reason=REASON
    ).transaction
    assert back is not None
    first = finance.get("ledger.transaction", transaction_id=original.id)
    assert f"Open no. {back.id}" in first.text
    second = finance.get("ledger.transaction", transaction_id=back.id)
    for expected in (f"Open no. {original.id}", ids.code("U", anna), ids.code("U", ben), REASON):
        assert expected in second.text
    assert str(anna) not in second.text


def test_long_accounts_have_pages(session: Session, finance: Pages) -> None:
    who = Parties()
    for _ in range(27):
        deposit(session, who, 5)
    first = finance.get("ledger.account", kind="company_wallet", owner_id=who.company)
    following = next(link.get("href") for link in first.all("a") if link.get("rel") == "next")
    second = finance.get(following)
    assert second.status == 200
    assert len(second.all("tr")) == 1 + 2
    assert "That is all of it." in second.text


def test_accounts_in_another_currency_have_their_own_page(session: Session, finance: Pages) -> None:
    who = Parties()
    service.post(session, Entry(kind="deposit", key="jpy", legs=[(STRIPE, who.wallet, Money(70, "jpy"))]))
    assert finance.get("ledger.account", kind="company_wallet", owner_id=who.company).status == 404
    shown = finance.get("ledger.account", kind="company_wallet", owner_id=who.company, currency="jpy")
    assert "¥70" in shown.text
    assert "¥70" in finance.get("ledger.accounts", kind="company_wallet").text


def test_entries_are_found_by_what_people_have(session: Session, finance: Pages) -> None:
    posted = deposit(session, Parties(), 5).transaction
    assert posted is not None
    number = str(posted.id)
    for handle in (
        posted.idempotency_key,
        posted.external_id,
        str(posted.ref_id),
        number,
        f"No. {number}",
        f"entry {number}",
    ):
        assert posted.idempotency_key in finance.get("ledger.find", q=handle).text
    assert "Nothing was posted under that" in finance.get("ledger.find", q="tr_unknown").text
    assert "Nothing was posted under that" in finance.get("ledger.find", q="9" * 18).text
    assert "Type what you are looking for" in finance.get("ledger.find").text


@pytest.mark.parametrize(
    "path",
    [
        "/staff/ledger/999999999",
        "/staff/ledger/99999999999999999999999999",
        "/staff/ledger/accounts/my_pocket",
        f"/staff/ledger/accounts/my_pocket/{PLATFORM}",
        f"/staff/ledger/accounts/company_wallet/{uuid.UUID(int=3)}",
        "/staff/ledger/accounts/company_wallet?after=nonsense",
        "/staff/ledger/find?q=x&after=nonsense",
    ],
)
def test_what_is_not_there_is_404(finance: Pages, path: str) -> None:
    assert finance.get(path).status == 404


def test_kinds_nobody_used_yet_say_so(finance: Pages) -> None:
    for kind in Kind:
        assert "No such account yet" in finance.get("ledger.accounts", kind=kind.value).text


def test_reading_the_books_is_a_handful_of_statements(session: Session, finance: Pages, statements) -> None:
    for _ in range(30):
        service.post(session, Entry(kind="t", key=str(uuid.uuid4()), legs=[leg(STRIPE, Parties().wallet, 5)]))
    session.flush()
    statements()
    finance.get("ledger.accounts", kind="company_wallet")
    assert statements() <= 8
