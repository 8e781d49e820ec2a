"""Balances, entries of an account, what a claim holds, the trial balance."""

import itertools
import uuid

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.errors import NotFound
from marketplace.kit.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from tests.factories.ledger import (
    FEE,
    PRICE,
    REVENUE,
    REVIEW,
    STRIPE,
    UNIT,
    Parties,
    deposit,
    end,
    fund,
    leg,
    reserve,
    review_paid,
)


def test_unused_accounts_hold_nothing(session: Session) -> None:
    assert queries.balance(session, Kind.PROJECT_BUDGET, uuid.uuid4()) == 0
    assert queries.balance(session, *STRIPE) == 0
    assert queries.balances(session, []) == {}
    assert queries.trial_balance(session) == []
    assert queries.broken(session) == []
    assert queries.account(session, *STRIPE) is None


def test_balances_of_many_accounts_are_one_or_three_statements(session: Session, statements) -> None:
    parties = [Parties() for _ in range(5)]
    for who in parties:
        fund(session, who, 100)
        deposit(session, who, 7)
    places = [place for who in parties for place in (who.wallet, who.budget)]
    statements()
    found = queries.balances(session, [*places, *places])
    assert statements() == 1
    assert found == {place: 7 if place[0] is Kind.COMPANY_WALLET else 100 for place in places}
    assert queries.balances(session, [*places, STRIPE])[STRIPE] == 535
    assert statements() == 3


def test_a_debit_account_counts_debits(session: Session) -> None:
    deposit(session, Parties(), 100)
    service.post(
        session,
        Entry(kind="processor_fee", key="bt:1:fee", legs=[leg((Kind.PROCESSOR_FEES, PLATFORM), STRIPE, 30)]),
    )
    assert queries.balance(session, *STRIPE) == 70
    assert queries.balance(session, Kind.PROCESSOR_FEES, PLATFORM) == 30


def test_what_a_claim_still_holds_follows_its_postings(session: Session) -> None:
    who, one, other = Parties(), uuid.uuid4(), uuid.uuid4()
    fund(session, who, 3 * UNIT)
    service.post_all(session, [reserve(who, one), reserve(who, other)])
    assert queries.rest_of_claim(session, "assignment", one) == UNIT
    service.post(session, review_paid(who, one, uuid.uuid4()))
    assert queries.rest_of_claim(session, "assignment", one) == PRICE + FEE
    assert queries.promised(session, who.project) == {
        ("assignment", one): PRICE + FEE,
        ("assignment", other): UNIT,
    }
    service.post(session, end(who, one, "approve", pay=PRICE, fee=FEE, rest=0))
    assert queries.rest_of_claim(session, "assignment", one) == 0
    assert queries.promised(session, who.project) == {("assignment", other): UNIT}
    assert queries.rest_of_claim(session, "screening", other) == 0
    assert queries.rest_of_claim(session, "assignment", uuid.uuid4()) == 0
    assert queries.promised(session, uuid.uuid4()) == {}


def test_an_account_is_read_page_by_page_with_the_balance_after_each_entry(session: Session) -> None:
    who = Parties()
    deposit(session, who, 1000)
    for n in range(30):
        spent = Entry(
            kind="fund", key=f"project:{n}", legs=[leg(who.wallet, who.budget, n + 1)], external_id=f"x{n}"
        )
        service.post(session, spent)
    account = queries.account(session, *who.wallet)
    assert account is not None
    first = queries.entries(session, account, mark=None)
    second = queries.entries(session, account, mark=first.next_mark)
    assert (len(first.rows), len(second.rows), second.next_mark) == (25, 6, None)
    lines = [
        *queries.with_balances(session, account, first.rows),
        *queries.with_balances(session, account, second.rows),
    ]
    assert [row.change_minor for row, _ in lines] == [-n for n in range(30, 0, -1)] + [1000]
    assert lines[0][1] == queries.balance(session, *who.wallet) == 1000 - sum(range(1, 31))
    assert lines[-1][1] == 1000
    assert all(after - row.change_minor == before for (row, after), (_, before) in itertools.pairwise(lines))
    newest = lines[0][0]
    assert (newest.kind, newest.idempotency_key, newest.external_id) == ("fund", "project:29", "x29")
    assert (newest.other_kind, newest.other_owner_id) == who.budget
    assert (lines[-1][0].other_kind, lines[-1][0].other_owner_id) == STRIPE
    with pytest.raises(NotFound):
        queries.entries(session, account, mark="nonsense")


def test_a_debit_account_is_read_the_same_way(session: Session) -> None:
    deposit(session, Parties(), 100)
    service.post(
        session, Entry(kind="processor_fee", key="1", legs=[leg((Kind.PROCESSOR_FEES, PLATFORM), STRIPE, 30)])
    )
    account = queries.account(session, *STRIPE)
    assert account is not None
    page = queries.entries(session, account, mark=None)
    lines = queries.with_balances(session, account, page.rows)
    assert [(row.change_minor, after) for row, after in lines] == [(-30, 70), (100, 100)]
    assert queries.with_balances(session, account, []) == []


def test_the_trial_balance_adds_up(session: Session) -> None:
    who, claim = Parties(), uuid.uuid4()
    fund(session, who, UNIT)
    fund(session, Parties(), 500)
    service.post(session, reserve(who, claim))
    service.post_all(
        session,
        [review_paid(who, claim, uuid.uuid4()), end(who, claim, "approve", pay=PRICE, fee=FEE, rest=0)],
    )
    service.post(session, Entry(kind="deposit", key="jpy", legs=[(STRIPE, who.wallet, Money(70, "jpy"))]))
    totals = queries.trial_balance(session)
    told = [(t.currency, t.kind, t.accounts, t.balance_minor) for t in totals]
    assert told == [
        ("jpy", Kind.STRIPE_BALANCE, 1, 70),
        ("jpy", Kind.COMPANY_WALLET, 1, 70),
        ("usd", Kind.STRIPE_BALANCE, 1, UNIT + 500),
        ("usd", Kind.PLATFORM_REVENUE, 1, FEE),
        ("usd", Kind.COMPANY_WALLET, 2, 0),
        ("usd", Kind.PROJECT_BUDGET, 2, 500),
        ("usd", Kind.PROJECT_RESERVED, 1, 0),
        ("usd", Kind.EXPERT_PENDING, 2, PRICE + REVIEW),
    ]
    usd = [total for total in totals if total.currency == "usd"]
    assert (
        sum(t.debits_minor for t in usd) == sum(t.credits_minor for t in usd) == 2 * (UNIT + 500) + 2 * UNIT
    )


def test_entries_are_found_by_everything_people_have(session: Session) -> None:
    who = Parties()
    posted = deposit(session, who, 5).transaction
    fund(session, who, 5)
    assert posted is not None
    handles = [posted.idempotency_key, posted.closes, posted.external_id, str(posted.ref_id)]
    for handle in handles:
        page = queries.matching(session, str(handle), mark=None)
        assert [found.id for found in page.rows] == [posted.id], handle
    assert not queries.matching(session, "", mark=None).rows
    assert not queries.matching(session, str(uuid.uuid4()), mark=None).rows
    assert [each.id for each in queries.with_cause(session, "deposit", posted.ref_id)] == [posted.id]


def test_platform_accounts_are_one_each(session: Session) -> None:
    for _ in range(3):
        deposit(session, Parties(), 5)
    assert [
        account.owner_id for account in queries.of_kind(session, Kind.STRIPE_BALANCE, mark=None).rows
    ] == [PLATFORM]
    wallets = queries.of_kind(session, Kind.COMPANY_WALLET, mark=None).rows
    assert len(wallets) == 3
    assert [wallet.id for wallet in wallets] == sorted((wallet.id for wallet in wallets), reverse=True)
    assert queries.balance(session, *REVENUE) == 0
