"""The wire: brackets, unknown parameters, wrong types, expansion, and never inside a transaction."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe

from marketplace.gateways.stripe.client.asking import error_code
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.wire import ApiError, nest
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit import clock
from marketplace.kit.database import make_sessions, transaction
from tests.factories.gateways import deposit_order, invoice_order, paid, ready_account, transfer_order


@pytest.mark.parametrize(
    ("pairs", "tree"),
    [
        ([("a", "1")], {"a": "1"}),
        ([("a[b]", "1"), ("a[c][d]", "2")], {"a": {"b": "1", "c": {"d": "2"}}}),
        ([("a[0]", "x"), ("a[1]", "y")], {"a": ["x", "y"]}),
        ([("a[1]", "y"), ("a[0]", "x")], {"a": ["x", "y"]}),
        ([("a[]", "x"), ("a[]", "y")], {"a": ["x", "y"]}),
        ([("a[0][b]", "x"), ("a[0][c]", "y")], {"a": [{"b": "x", "c": "y"}]}),
    ],
)
def test_brackets(pairs: list[tuple[str, str]], tree: dict[str, Any]) -> None:
    assert nest(pairs) == tree


@pytest.mark.parametrize("pairs", [[("a", "1"), ("a[b]", "2")], [("a" + "[b]" * 20, "1")]])
def test_brackets_that_contradict_themselves(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(ApiError):
        nest(pairs)


def sent(payments: EmulatedPayments, verb: str, path: str, **params: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        payments._client.raw_request(verb, path, **params)
    return refused.value


@pytest.mark.parametrize(
    ("path", "params", "code", "param"),
    [
        ("/v1/transfers", {"amount": 5, "currency": "usd", "destination": "a", "x": 1}, "unknown", "x"),
        ("/v1/transfers", {"amount": 5, "currency": "usd"}, "missing", "destination"),
        (
            "/v1/transfers",
            {"amount": "5.5", "currency": "usd", "destination": "a"},
            "invalid_integer",
            "amount",
        ),
        ("/v1/transfers", {"amount": 5, "currency": "", "destination": "a"}, "invalid_empty", "currency"),
        (
            "/v1/transfers",
            {"amount": 5, "currency": "usd", "destination": "a", "metadata": "x"},
            "invalid",
            "metadata",
        ),
        (
            "/v1/account_links",
            {"account": "a", "type": "x", "refresh_url": "r", "return_url": "b"},
            "invalid",
            "type",
        ),
        ("/v1/accounts", {"country": "US", "type": "express"}, "unknown", "type"),
        (
            "/v1/accounts",
            {"country": "US", "capabilities": {"transfers": {"requested": "yes"}}},
            "invalid",
            "capabilities[transfers][requested]",
        ),
    ],
)
def test_parameters_stripe_does_not_know(
    payments: EmulatedPayments, path: str, params: dict[str, Any], code: str, param: str
) -> None:
    error = sent(payments, "post", path, **params)
    assert (error.http_status, error.code, error.param) == (400, f"parameter_{code}", param)


def test_the_old_way_to_name_payment_methods_is_refused(payments: EmulatedPayments) -> None:
    item = {"price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "x"}}}
    error = sent(
        payments,
        "post",
        "/v1/checkout/sessions",
        mode="payment",
        success_url="http://assay.test/",
        line_items=[item],
        payment_method_types=["card"],
    )
    assert error.code == "payment_method_types_no_longer_supported"


def test_an_unknown_address_is_not_found(payments: EmulatedPayments) -> None:
    assert sent(payments, "get", "/v1/products/prod_1").http_status == 404
    assert sent(payments, "post", "/v1/transfers/tr_1").http_status == 404


@pytest.mark.parametrize("path", ["x", "amount", "balance_transaction.source.x", "a.b.c.d.e"])
def test_only_what_can_be_expanded_is(payments: EmulatedPayments, path: str) -> None:
    session = paid(payments)
    error = sent(payments, "get", f"/v1/charges/{session.charge_id}", expand=[path])
    assert error.param == "expand"


def test_lists_are_cut_into_pages(payments: EmulatedPayments) -> None:
    for _ in range(3):
        paid(payments)
    raw = payments._client.v1.balance_transactions
    first = raw.list({"limit": 2, "type": "charge"})
    assert (len(first.data), first.has_more) == (2, True)
    rest = raw.list({"limit": 2, "type": "charge", "starting_after": first.data[-1].id})
    assert (len(rest.data), rest.has_more) == (1, False)


CALLS: dict[str, Callable[[Payments], object]] = {
    "create_deposit_session": lambda p: p.create_deposit_session(deposit_order()),
    "read_session": lambda p: p.read_session("cs_test_1"),
    "expire_session": lambda p: p.expire_session("cs_test_1"),
    "read_charge": lambda p: p.read_charge("ch_1"),
    "read_payment": lambda p: p.read_payment("pi_1"),
    "create_customer": lambda p: p.create_customer(
        company_id=uuid.uuid4(), name="Northwind", email="a@b.example", idempotency_key="k"
    ),
    "update_customer": lambda p: p.update_customer("cus_1", name="Northwind", email="a@b.example"),
    "draft_invoice": lambda p: p.draft_invoice(invoice_order("cus_1")),
    "issue_invoice": lambda p: p.issue_invoice("in_1", invoice_order("cus_1")),
    "void_invoice": lambda p: p.void_invoice("in_1", idempotency_key="k"),
    "read_invoice": lambda p: p.read_invoice("in_1"),
    "create_account": lambda p: p.create_account(
        owner_id=uuid.uuid4(), email="a@b.example", country="US", idempotency_key="k"
    ),
    "account_link": lambda p: p.account_link("acct_1", refresh_url="r", return_url="b"),
    "login_link": lambda p: p.login_link("acct_1"),
    "read_account": lambda p: p.read_account("acct_1"),
    "transfer": lambda p: p.transfer(transfer_order("acct_1")),
    "read_transfer": lambda p: p.read_transfer("tr_1"),
    "find_transfers": lambda p: p.find_transfers("g", "acct_1"),
    "transfers": lambda p: list(p.transfers(clock.now())),
    "reverse_transfer": lambda p: p.reverse_transfer(
        "tr_1", reversal_id=uuid.uuid4(), amount_minor=1, idempotency_key="k"
    ),
    "find_reversals": lambda p: p.find_reversals("tr_1"),
    "refund": lambda p: p.refund("pi_1", refund_id=uuid.uuid4(), amount_minor=1, idempotency_key="k"),
    "read_refund": lambda p: p.read_refund("re_1"),
    "find_refunds": lambda p: p.find_refunds("pi_1"),
    "read_dispute": lambda p: p.read_dispute("du_1"),
    "submit_dispute_evidence": lambda p: p.submit_dispute_evidence("du_1", {}, idempotency_key="k"),
    "close_dispute": lambda p: p.close_dispute("du_1", idempotency_key="k"),
    "read_balance": lambda p: p.read_balance(),
    "balance_lines": lambda p: list(p.balance_lines(clock.now())),
    "read_event": lambda p: p.read_event("evt_1"),
    "account_events": lambda p: list(p.account_events("acct_1", clock.now(), ["payout.failed"])),
    "undelivered_events": lambda p: list(p.undelivered_events(clock.now() - timedelta(1), ["charge.failed"])),
}


def test_the_list_of_calls_is_whole() -> None:
    offline = {"livemode", "construct_event", "deliver"}
    said = {name for name in vars(Payments) if not name.startswith("_")}
    assert said - offline == set(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_no_call_happens_inside_a_transaction(payments: EmulatedPayments, name: str) -> None:
    sessions = make_sessions("sqlite://")
    with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
        CALLS[name](payments)
    sessions.kw["bind"].dispose()


def test_a_taker_of_lines_may_not_open_a_transaction_between_pages(payments: EmulatedPayments) -> None:
    account = ready_account(payments)
    with payments.emulator.books() as books:
        books.sql.execute("INSERT INTO balances VALUES ('platform', 'usd', 1000000, 0)")
    for _ in range(101):
        payments.transfer(transfer_order(account, amount_minor=1))
    lines = payments.balance_lines(clock.now() - timedelta(minutes=1))
    for _ in range(100):
        next(lines)
    sessions = make_sessions("sqlite://")
    with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
        next(lines)
    sessions.kw["bind"].dispose()


def test_error_codes_fall_back_to_the_type() -> None:
    error = stripe.IdempotencyError("x", json_body={"error": {"type": "idempotency_error"}})
    assert error_code(error) == "idempotency_error"
    assert error_code(stripe.APIError("x", json_body={"error": "odd"})) is None
    assert error_code(stripe.APIError("x", json_body=[1])) is None
