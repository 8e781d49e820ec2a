"""A key answers once, for one request, for a day."""

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.emulator.store import Rules
from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.gateways.stripe.outcomes import OutcomeKind
from marketplace.gateways.stripe.states import TransferOrder
from marketplace.kit import clock
from tests.factories.gateways import deposit_order, fund, ready_account, transfer_order


def test_the_same_key_answers_the_same_transfer(payments: EmulatedPayments) -> None:
    fund(payments, 20_000)
    order = transfer_order(ready_account(payments))
    first, second = payments.transfer(order), payments.transfer(order)
    assert (first.kind, first.replayed) == (OutcomeKind.ACCEPTED, False)
    assert (second.external_id, second.replayed) == (first.external_id, True)
    assert first.request_id != second.request_id
    assert payments.read_balance().available["usd"] == 15_000


def test_the_same_key_for_something_else_is_refused_and_proves_nothing(payments: EmulatedPayments) -> None:
    fund(payments, 20_000)
    order = transfer_order(ready_account(payments))
    payments.transfer(order)
    outcome = payments.transfer(replace(order, amount_minor=5_001))
    assert (outcome.kind, outcome.http_status) == (OutcomeKind.UNKNOWN, 400)
    assert outcome.error_code == "idempotency_error"
    assert payments.transfer(order).replayed  # the mismatch did not overwrite the first answer


def test_a_question_with_a_used_key_is_a_refusal(payments: EmulatedPayments) -> None:
    order = deposit_order()
    page = payments.create_deposit_session(order)
    assert payments.create_deposit_session(order) == page
    with pytest.raises(PaymentsRefused) as refused:
        payments.create_deposit_session(replace(order, amount_minor=200_000))
    assert refused.value.provider_code == "idempotency_error"


def test_a_short_balance_is_saved_under_the_key(payments: EmulatedPayments) -> None:
    fund(payments, 4_000)
    order = transfer_order(ready_account(payments))
    assert payments.transfer(order).kind is OutcomeKind.NOT_NOW
    fund(payments, 50_000)
    again = payments.transfer(order)
    assert (again.kind, again.error_code, again.replayed) == (
        OutcomeKind.NOT_NOW,
        "balance_insufficient",
        True,
    )
    fresh = payments.transfer(replace(order, idempotency_key=f"{order.idempotency_key}:2"))
    assert (fresh.kind, fresh.replayed) == (OutcomeKind.ACCEPTED, False)


def test_a_request_that_was_wrong_saves_nothing(payments: EmulatedPayments) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    assert payments.transfer(replace(order, amount_minor=0)).error_code == "parameter_invalid_integer"
    assert payments.transfer(order).kind is OutcomeKind.ACCEPTED


def test_keys_are_forgotten_after_a_day_and_then_the_same_key_pays_again(payments: EmulatedPayments) -> None:
    """The reason why payouts search before they send an old key again."""
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    payments.transfer(order)
    with clock.shifted(timedelta(hours=23)):
        assert payments.transfer(order).replayed
    with clock.shifted(timedelta(hours=25)):
        assert not payments.transfer(order).replayed
    assert len(payments.find_transfers(order.transfer_group, order.destination)) == 2


def at_a_barrier(path: Path, orders: list[TransferOrder]) -> list[bool]:
    """Every order at the same moment, each by its own client; who was told that it had been sent before."""
    barrier = threading.Barrier(len(orders))

    def send(order: TransferOrder) -> bool:
        payments = EmulatedPayments(Emulator(path, rules=Rules("http://assay.test")))
        barrier.wait(timeout=20)
        outcome = payments.transfer(order)
        assert outcome.kind is OutcomeKind.ACCEPTED
        return outcome.replayed

    with ThreadPoolExecutor(len(orders)) as pool:
        return sorted(pool.map(send, orders))


def test_two_workers_with_one_key_send_once(payments: EmulatedPayments, tmp_path: Path) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    assert at_a_barrier(tmp_path / "payments.sqlite", [order] * 4) == [False, True, True, True]
    assert len(payments.find_transfers(order.transfer_group, order.destination)) == 1
    assert payments.read_balance().available["usd"] == 45_000


def test_two_workers_with_a_key_each_send_twice(payments: EmulatedPayments, tmp_path: Path) -> None:
    """The broken twin: this is what the one key prevents, so the test above can fail."""
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    orders = [replace(order, idempotency_key=f"attempt:{number}") for number in range(2)]
    assert at_a_barrier(tmp_path / "payments.sqlite", orders) == [False, False]
    assert len(payments.find_transfers(order.transfer_group, order.destination)) == 2


def send_from_a_process(path: Path, orders: list[TransferOrder]) -> list[str | None]:
    payments = EmulatedPayments(Emulator(path, rules=Rules("http://assay.test")))
    return [payments.transfer(order).external_id for order in orders]


def test_two_processes_share_keys_and_money(payments: EmulatedPayments, tmp_path: Path) -> None:
    fund(payments, 100_000)
    account = ready_account(payments)
    orders = [transfer_order(account, amount_minor=1_000) for _ in range(10)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        one = pool.submit(send_from_a_process, tmp_path / "payments.sqlite", orders)
        other = pool.submit(send_from_a_process, tmp_path / "payments.sqlite", orders[::-1])
        assert one.result() == other.result()[::-1]
    assert len(set(one.result())) == 10
    assert payments.read_balance().available["usd"] == 90_000


def test_a_key_of_256_letters_is_refused(payments: EmulatedPayments) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments), idempotency_key="k" * 256)
    assert payments.transfer(order).kind is OutcomeKind.UNKNOWN
    assert payments.find_transfers(order.transfer_group, order.destination) == []
