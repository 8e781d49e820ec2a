"""Money at the emulator adds up, and nobody spends what is not there."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import refunds
from marketplace.gateways.stripe.emulator.payments import PageClosed, PaidHow, fee, pay
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.emulator.store import Rules
from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.gateways.stripe.outcomes import OutcomeKind
from marketplace.kit import clock
from tests.factories.gateways import deposit_order, fund, paid, ready_account, transfer_order


@pytest.mark.parametrize(
    ("method", "amount", "cost"),
    [
        ("card", 100_000, 2_930),
        ("card", 2_000, 88),
        ("card", 50, 31),
        ("card", 1_017, 59),
        ("us_bank_account", 2_000, 16),
        ("us_bank_account", 62_500, 500),
        ("us_bank_account", 10_000_000, 500),
    ],
)
def test_fees(method: str, amount: int, cost: int) -> None:
    assert fee(method, amount) == cost


def test_a_card_payment_arrives_less_the_fee(payments: EmulatedPayments) -> None:
    before = payments.create_deposit_session(deposit_order())
    state = payments.read_session(before.id)
    assert (state.status, state.payment_status, state.payment_intent_id) == ("open", "unpaid", None)
    assert state.url == before.url
    session = paid(payments)
    assert (session.status, session.payment_status, session.payment_state) == (
        "complete",
        "paid",
        "succeeded",
    )
    assert (session.amount_minor, session.fee_minor, session.currency) == (100_000, 2_930, "usd")
    assert session.deposit_id
    assert session.balance_transaction_id
    assert payments.read_balance().available == {"usd": 97_070}


def test_card_money_may_be_pending_first(tmp_path: Path) -> None:
    rules = Rules("http://assay.test", card_seconds=2 * 86_400)
    payments = EmulatedPayments(Emulator(tmp_path / "slow.sqlite", rules=rules))
    paid(payments)
    balance = payments.read_balance()
    assert (balance.available["usd"], balance.pending["usd"]) == (0, 97_070)
    with clock.shifted(timedelta(days=2, seconds=1)):
        balance = payments.read_balance()
    assert (balance.available["usd"], balance.pending["usd"]) == (97_070, 0)


def test_a_page_is_paid_once(payments: EmulatedPayments) -> None:
    session = paid(payments)
    with pytest.raises(PageClosed), payments.emulator.books() as books:
        pay(books, session.id, PaidHow.CARD)
    with pytest.raises(PaymentsRefused):
        payments.expire_session(session.id)


def test_a_page_ends_by_itself(payments: EmulatedPayments) -> None:
    page = payments.create_deposit_session(deposit_order(expires_at=clock.now() + timedelta(minutes=31)))
    with clock.shifted(timedelta(minutes=32)):
        assert payments.read_session(page.id).status == "expired"
        with pytest.raises(PageClosed), payments.emulator.books() as books:
            pay(books, page.id, PaidHow.CARD)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_minor": 49}, "amount_too_small"),
        ({"expires_at": clock.now() + timedelta(minutes=10)}, "invalid_request_error"),
        ({"expires_at": clock.now() + timedelta(hours=25)}, "invalid_request_error"),
        ({"success_url": ""}, "parameter_invalid_empty"),
    ],
)
def test_orders_that_stripe_refuses(
    payments: EmulatedPayments, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(PaymentsRefused) as refused:
        payments.create_deposit_session(deposit_order(**changes))
    assert refused.value.provider_code == code


def test_refunds_are_bounded_by_the_charge(payments: EmulatedPayments) -> None:
    fund(payments, 500_000)
    intent = paid(payments).payment_intent_id
    assert intent

    def give_back(amount: int) -> tuple[OutcomeKind, str | None]:
        refund_id = uuid.uuid4()
        outcome = payments.refund(
            intent, refund_id=refund_id, amount_minor=amount, idempotency_key=f"refund:{refund_id}"
        )
        return outcome.kind, outcome.error_code or outcome.state

    assert give_back(60_000) == (OutcomeKind.ACCEPTED, "succeeded")
    assert give_back(40_001) == (OutcomeKind.UNKNOWN, "invalid_request_error")
    assert give_back(40_000) == (OutcomeKind.ACCEPTED, "succeeded")
    assert give_back(1) == (OutcomeKind.REFUSED, "charge_already_refunded")
    assert [refund.amount_minor for refund in payments.find_refunds(intent)] == [40_000, 60_000]


def test_refunds_are_bounded_by_the_balance(payments: EmulatedPayments) -> None:
    intent = paid(payments).payment_intent_id
    fund(payments, 999)
    outcome = payments.refund(
        intent or "", refund_id=uuid.uuid4(), amount_minor=1_000, idempotency_key="refund:1"
    )
    assert (outcome.kind, outcome.error_code) == (OutcomeKind.NOT_NOW, "balance_insufficient")


def test_a_refund_to_a_bank_takes_time_and_may_come_back(payments: EmulatedPayments) -> None:
    session = paid(payments, PaidHow.BANK)
    intent = session.payment_intent_id or ""
    with clock.shifted(timedelta(seconds=61)):
        outcome = payments.refund(
            intent, refund_id=uuid.uuid4(), amount_minor=1_000, idempotency_key="refund:1"
        )
        assert outcome.state == "pending"
    with clock.shifted(timedelta(seconds=130)):
        assert payments.find_refunds(intent)[0].state == "succeeded"
        with payments.emulator.books() as books:
            refunds.fail(books, outcome.external_id or "")
        assert payments.find_refunds(intent)[0].state == "failed"
        assert payments.read_balance().available["usd"] == 100_000 - 500


def test_transfers_and_reversals_move_both_sides(payments: EmulatedPayments) -> None:
    fund(payments, 20_000)
    account = ready_account(payments)
    sent = payments.transfer(transfer_order(account))
    assert payments.read_balance().available["usd"] == 15_000

    def take_back(amount: int, key: str) -> OutcomeKind:
        return payments.reverse_transfer(
            sent.external_id or "", reversal_id=uuid.uuid4(), amount_minor=amount, idempotency_key=key
        ).kind

    assert take_back(2_000, "reversal:1") is OutcomeKind.ACCEPTED
    with payments.emulator.books() as books:  # the person has taken 2,500 to their bank
        books.sql.execute("UPDATE balances SET available = 500 WHERE owner = ?", (account,))
    assert take_back(3_000, "reversal:2") is OutcomeKind.NOT_NOW
    assert take_back(500, "reversal:3") is OutcomeKind.ACCEPTED
    assert payments.read_balance().available["usd"] == 17_500


def test_lines_add_up_to_the_balance_over_several_pages(payments: EmulatedPayments) -> None:
    start = clock.now() - timedelta(seconds=5)
    fund(payments, 1_000_000)
    account = ready_account(payments)
    session = paid(payments)
    for _ in range(105):
        payments.transfer(transfer_order(account, amount_minor=100))
    lines = list(payments.balance_lines(start))
    assert len(lines) == 107
    assert len({line.id for line in lines}) == 107
    assert sum(line.net_minor for line in lines) == payments.read_balance().available["usd"]
    charge = next(line for line in lines if line.reporting_category == "charge")
    assert (charge.source_id, charge.fee_minor) == (session.charge_id, 2_930)
    assert list(payments.balance_lines(clock.now() + timedelta(minutes=1))) == []
    made = list(payments.transfers(start))
    assert len({transfer.id for transfer in made}) == len(made) == 105
    assert {transfer.destination for transfer in made} == {account}
    assert list(payments.transfers(clock.now() + timedelta(minutes=1))) == []


def test_a_restart_forgets_nothing(payments: EmulatedPayments, tmp_path: Path) -> None:
    fund(payments, 20_000)
    order = transfer_order(ready_account(payments))
    payments.transfer(order)
    again = EmulatedPayments(Emulator(tmp_path / "payments.sqlite", rules=Rules("http://assay.test")))
    assert again.read_balance().available["usd"] == 15_000
    assert again.transfer(order).replayed
    assert again.emulator.secrets == payments.emulator.secrets
