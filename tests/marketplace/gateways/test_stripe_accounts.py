"""Accounts that people are paid to: onboarding, what is still wanted, links that run out."""

import uuid
from datetime import timedelta

import pytest

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import accounts
from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.kit import clock
from tests.factories.gateways import ready_account


def new_account(payments: EmulatedPayments) -> str:
    return payments.create_account(
        owner_id=uuid.uuid4(), email="ada@example.org", country="de", idempotency_key=f"a:{uuid.uuid4()}"
    )


def link_token(payments: EmulatedPayments, account: str) -> str:
    link = payments.account_link(account, refresh_url="http://assay.test/r", return_url="http://assay.test/b")
    assert link.startswith("http://assay.test/gateway/onboarding/")
    return link.rpartition("/")[2]


def test_a_new_account_wants_everything(payments: EmulatedPayments) -> None:
    state = payments.read_account(new_account(payments))
    assert not state.details_submitted
    assert not state.transfers_enabled
    assert "external_account" in state.currently_due
    assert state.disabled_reason
    assert state.bank_last4 is None


def test_the_same_key_makes_one_account(payments: EmulatedPayments) -> None:
    owner = uuid.uuid4()
    made = {
        payments.create_account(owner_id=owner, email="a@b.example", country="US", idempotency_key="one")
        for _ in range(2)
    }
    assert len(made) == 1


def test_onboarding_opens_transfers(payments: EmulatedPayments) -> None:
    state = payments.read_account(ready_account(payments))
    assert state.details_submitted
    assert state.transfers_enabled
    assert state.payouts_enabled
    assert state.currently_due == ()
    assert state.disabled_reason is None
    assert state.bank_last4 == "6789"


def test_a_missing_document_keeps_transfers_closed(payments: EmulatedPayments) -> None:
    state = payments.read_account(ready_account(payments, verified=False))
    assert state.details_submitted
    assert not state.transfers_enabled
    assert state.currently_due == ("individual.verification.document",)


def test_the_provider_may_ask_again_later(payments: EmulatedPayments) -> None:
    account = ready_account(payments)
    with payments.emulator.books() as books:
        accounts.restrict(books, account, ["individual.id_number"])
    state = payments.read_account(account)
    assert (state.transfers_enabled, state.currently_due) == (False, ("individual.id_number",))


def test_a_link_works_once(payments: EmulatedPayments) -> None:
    token = link_token(payments, new_account(payments))
    with payments.emulator.books() as books:
        back = accounts.submit(books, token, name="Ada", bank_number="000111222", verified=True)
    assert back == "http://assay.test/b"
    with pytest.raises(accounts.LinkSpent) as spent, payments.emulator.books() as books:
        accounts.follow(books, token, "onboarding")
    assert spent.value.refresh_url == "http://assay.test/r"


def test_a_link_lives_five_minutes_and_its_form_an_hour(payments: EmulatedPayments) -> None:
    token = link_token(payments, new_account(payments))

    def follow(after: timedelta) -> None:
        with clock.shifted(after), payments.emulator.books() as books:
            accounts.follow(books, token, "onboarding")

    with pytest.raises(accounts.LinkSpent):
        follow(timedelta(seconds=310))
    follow(timedelta(0))
    follow(timedelta(minutes=50))
    with pytest.raises(accounts.LinkSpent):
        follow(timedelta(minutes=70))


@pytest.mark.parametrize("token", ["", "x", "../..", "cs_test_1"])
def test_an_invented_link_is_spent(payments: EmulatedPayments, token: str) -> None:
    with pytest.raises(accounts.LinkSpent), payments.emulator.books() as books:
        accounts.follow(books, token, "onboarding")


def test_the_login_link_comes_after_onboarding(payments: EmulatedPayments) -> None:
    with pytest.raises(PaymentsRefused):
        payments.login_link(new_account(payments))
    token = payments.login_link(ready_account(payments)).rpartition("/")[2]
    with payments.emulator.books() as books:
        accounts.follow(books, token, "express")
    with pytest.raises(accounts.LinkSpent), payments.emulator.books() as books:
        accounts.follow(books, token, "onboarding")  # a link of one page is worthless on another
