"""Accepted, refused for good, not now, unknown: by the numbers, and by accidents on the way."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.errors import PaymentsDown, PaymentsRefused
from marketplace.gateways.stripe.outcomes import REFUSED_FOR_GOOD, OutcomeKind, classify
from tests.factories.gateways import deposit_order, fund, ready_account, transfer_order

ACCEPTED, REFUSED = OutcomeKind.ACCEPTED, OutcomeKind.REFUSED
NOT_NOW, UNKNOWN = OutcomeKind.NOT_NOW, OutcomeKind.UNKNOWN
TRIES = 3  # the SDK's own: once and two repetitions


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (200, None, ACCEPTED),
        (201, None, ACCEPTED),
        *[(400, code, REFUSED) for code in sorted(REFUSED_FOR_GOOD)],
        (404, "resource_missing", REFUSED),
        (400, "balance_insufficient", NOT_NOW),
        (429, None, NOT_NOW),
        (429, "rate_limit", NOT_NOW),
        (400, "rate_limit", NOT_NOW),
        (None, None, UNKNOWN),
        (409, "idempotency_key_in_use", UNKNOWN),
        (500, None, UNKNOWN),
        (502, "resource_missing", UNKNOWN),
        (400, "idempotency_error", UNKNOWN),
        (400, "parameter_unknown", UNKNOWN),
        (400, "a_code_of_tomorrow", UNKNOWN),
        (401, None, UNKNOWN),
        (403, None, UNKNOWN),
        (302, None, UNKNOWN),
    ],
)
def test_one_function_decides(status: int | None, code: str | None, kind: OutcomeKind) -> None:
    assert classify(status, code) is kind


@pytest.mark.parametrize(
    ("fault", "times", "kind", "status", "sent"),
    [
        (Fault.UNREACHABLE, TRIES, UNKNOWN, None, 0),
        (Fault.LOST_RESPONSE, TRIES, UNKNOWN, None, 1),
        (Fault.SERVER_ERROR, TRIES, UNKNOWN, 500, 1),
        (Fault.STICKY_ERROR, 1, UNKNOWN, 500, 0),
        (Fault.STICKY_AFTER, 1, UNKNOWN, 500, 1),
        (Fault.KEY_IN_USE, TRIES, UNKNOWN, 409, 0),
        (Fault.RATE_LIMIT, 1, NOT_NOW, 429, 0),
        (Fault.REFUSED, 1, REFUSED, 400, 0),
        # one accident that the SDK's repetition with the same key heals
        (Fault.UNREACHABLE, 1, ACCEPTED, 200, 1),
        (Fault.LOST_RESPONSE, 1, ACCEPTED, 200, 1),
        (Fault.SERVER_ERROR, 2, ACCEPTED, 200, 1),
        (Fault.KEY_IN_USE, 1, ACCEPTED, 200, 1),
    ],
)
def test_accidents(
    payments: EmulatedPayments,
    fault: Fault,
    times: int,
    kind: OutcomeKind,
    *,
    status: int | None,
    sent: int,
) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    for _ in range(times):
        payments.emulator.order(fault)
    outcome = payments.transfer(order)
    assert (outcome.kind, outcome.http_status) == (kind, status)
    assert len(payments.find_transfers(order.transfer_group, order.destination)) == sent


@pytest.mark.parametrize(
    ("fault", "kind", "replayed"),
    [
        (Fault.LOST_RESPONSE, ACCEPTED, True),
        (Fault.SERVER_ERROR, ACCEPTED, True),
        (Fault.UNREACHABLE, ACCEPTED, False),
        (Fault.KEY_IN_USE, ACCEPTED, False),
        (Fault.STICKY_ERROR, UNKNOWN, True),
        (Fault.STICKY_AFTER, UNKNOWN, True),
    ],
)
def test_the_same_key_again_after_an_unknown_end(
    payments: EmulatedPayments, fault: Fault, kind: OutcomeKind, *, replayed: bool
) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    for _ in range(TRIES):
        payments.emulator.order(fault)
    payments.transfer(order)
    with payments.emulator.books() as books:
        books.sql.execute("DELETE FROM faults")  # a sticky one needs only the first
    again = payments.transfer(order)
    assert (again.kind, again.replayed) == (kind, replayed)
    assert len(payments.find_transfers(order.transfer_group, order.destination)) <= 1


def test_429_is_not_saved(payments: EmulatedPayments) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    payments.emulator.order(Fault.RATE_LIMIT)
    assert payments.transfer(order).kind is NOT_NOW
    again = payments.transfer(order)
    assert (again.kind, again.replayed) == (ACCEPTED, False)


def test_a_search_may_miss_once(payments: EmulatedPayments) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    payments.transfer(order)
    payments.emulator.order(Fault.HIDE_LISTS, method="GET")
    assert payments.find_transfers(order.transfer_group, order.destination) == []
    assert len(payments.find_transfers(order.transfer_group, order.destination)) == 1


def test_dropped_keys_pay_twice(payments: EmulatedPayments) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    payments.transfer(order)
    payments.emulator.order(Fault.DROP_KEYS)
    assert not payments.transfer(order).replayed
    assert len(payments.find_transfers(order.transfer_group, order.destination)) == 2


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda payments: ready_account(payments, verified=False), "insufficient_capabilities_for_transfer"),
        (lambda payments: "acct_of_nobody", "resource_missing"),
    ],
)
def test_refused_for_good(
    payments: EmulatedPayments, spoil: Callable[[EmulatedPayments], str], code: str
) -> None:
    fund(payments, 50_000)
    outcome = payments.transfer(transfer_order(spoil(payments)))
    assert (outcome.kind, outcome.error_code, outcome.external_id) == (REFUSED, code, None)
    assert outcome.request_id
    assert outcome.request_id.startswith("req_")


def test_a_wrong_key_proves_nothing(payments: EmulatedPayments) -> None:
    order = transfer_order(ready_account(payments))
    payments._client._requestor._options.api_key = "sk_test_wrong"
    outcome = payments.transfer(order)
    assert (outcome.kind, outcome.http_status) == (UNKNOWN, 401)


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.SERVER_ERROR, Fault.KEY_IN_USE])
def test_a_question_without_an_answer_may_be_repeated(payments: EmulatedPayments, fault: Fault) -> None:
    order = deposit_order()
    for _ in range(TRIES):
        payments.emulator.order(fault, path="/v1/checkout/sessions")
    with pytest.raises(PaymentsDown) as down:
        payments.create_deposit_session(order)
    assert down.value.status_code == 503
    assert payments.create_deposit_session(order).url


def test_a_question_about_nothing_is_refused(payments: EmulatedPayments) -> None:
    with pytest.raises(PaymentsRefused) as refused:
        payments.read_session("cs_test_of_nobody")
    assert (refused.value.provider_code, refused.value.status_code) == ("resource_missing", 502)


def test_refunds_and_reversals_have_outcomes_too(payments: EmulatedPayments) -> None:
    refund = payments.refund(
        "pi_of_nobody", refund_id=uuid.uuid4(), amount_minor=5, idempotency_key="refund:1"
    )
    assert (refund.kind, refund.error_code) == (REFUSED, "resource_missing")
    fund(payments, 50_000)
    account = ready_account(payments)
    transfer = payments.transfer(transfer_order(account))
    assert transfer.external_id
    too_much = payments.reverse_transfer(
        transfer.external_id, reversal_id=uuid.uuid4(), amount_minor=5_001, idempotency_key="reversal:1"
    )
    assert too_much.kind is UNKNOWN  # no code: it proves nothing
    done = payments.reverse_transfer(
        transfer.external_id, reversal_id=uuid.uuid4(), amount_minor=5_000, idempotency_key="reversal:2"
    )
    assert done.kind is ACCEPTED
    assert payments.read_balance().available["usd"] == 50_000


def test_every_accident_happens_once(payments: EmulatedPayments) -> None:
    fund(payments, 50_000)
    order = transfer_order(ready_account(payments))
    payments.emulator.order(Fault.RATE_LIMIT)
    kinds = [payments.transfer(replace(order, idempotency_key=f"k{n}")).kind for n in range(2)]
    assert kinds == [NOT_NOW, ACCEPTED]
