"""The emulator speaks as Stripe does, by two witnesses: the installed SDK, and an older document of theirs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import events, operations
from marketplace.gateways.stripe.emulator.server import Emulator, Exchange
from marketplace.gateways.stripe.emulator.store import Rules
from tests.contracts import openapi_shapes, stripe_flow
from tests.contracts.stripe_contract import Contract, changed, routes_of, sdk_routes

NEWER_THAN_THE_DOCUMENT = (
    "request.controller: form has no such field",
    "request.collection_options: form has no such field",
    "request.allowed_payment_method_types: form has no such field",
    "no operation GET /v1/refunds",
    "no operation POST /v1/customers/{}",
    "no operation GET /v1/invoices/{}",
    "response.paid: missing in invoice",
    "response.paid_out_of_band: missing in invoice",
    "response.total_tax_amounts: missing in invoice",
)
second_witness = pytest.mark.skipif(
    not openapi_shapes.DOCUMENT.is_file(),
    reason=f"NO SECOND WITNESS: {openapi_shapes.DOCUMENT.name} is not beside the checkout",
)


@pytest.fixture
def payments(tmp_path: Path) -> EmulatedPayments:
    return EmulatedPayments(Emulator(tmp_path / "payments.sqlite", rules=Rules("http://assay.test")))


def seen(payments: EmulatedPayments, path: str) -> Exchange:
    """The first successful exchange with this path in the whole flow."""
    exchanges: list[Exchange] = []
    payments.emulator.watchers.append(exchanges.append)
    stripe_flow.everything(payments)
    return next(one for one in exchanges if one.path.startswith(path) and one.status == 200)


def test_the_whole_flow_keeps_the_sdks_contract(payments: EmulatedPayments) -> None:
    contract = Contract()
    payments.emulator.watchers.append(contract.watch)
    stripe_flow.everything(payments)
    assert not contract.unused()


def test_the_emulator_answers_exactly_the_operations_of_the_contract() -> None:
    ours = {(one.method.lower(), one.path.replace("{}", "id")) for one in operations.OPERATIONS}
    said = {(route.operation.verb, route.pattern.pattern.replace("[^/]+", "id")) for route in sdk_routes()}
    assert ours == said


def test_the_emulator_speaks_the_sdks_version() -> None:
    assert stripe.StripeClient("sk_test_x")._requestor.stripe_version == events.API_VERSION


@pytest.mark.parametrize(
    ("path", "spoil", "complaint"),
    [
        ("/v1/charges/", lambda body: body.pop("paid"), "paid: missing"),
        ("/v1/transfers", lambda body: body.update(amount="5000"), "'5000' is not integer"),
        ("/v1/account_links", lambda body: body.pop("expires_at"), "expires_at: missing"),
        ("/v1/checkout/sessions", lambda body: body.update(surprise=1), "surprise: Session has no such"),
        ("/v1/checkout/sessions", lambda body: body.update(status="paid"), "'paid' is not"),
        ("/v1/balance", lambda body: body["available"][0].pop("amount"), "amount: missing"),
    ],
)
def test_a_spoiled_answer_is_noticed(
    payments: EmulatedPayments, path: str, spoil: Callable[[dict[str, Any]], Any], complaint: str
) -> None:
    exchange = seen(payments, path)
    body = dict(exchange.body)
    spoil(body)
    assert any(complaint in line for line in Contract().differences(changed(exchange, body)))


@pytest.mark.parametrize(
    ("pair", "complaint"),
    [
        (("payment_method_types[0]", "card"), "has no such field"),
        (("amount", "12.5"), "is not integer"),
        (("metadata[a][b]", "c"), "is not string"),
    ],
)
def test_a_spoiled_request_is_noticed(
    payments: EmulatedPayments, pair: tuple[str, str], complaint: str
) -> None:
    one = seen(payments, "/v1/transfers")
    spoiled = Exchange(one.method, one.path, (*one.pairs, pair), one.status, one.body)
    assert any(complaint in line for line in Contract().differences(spoiled))


@second_witness
def test_the_whole_flow_keeps_the_published_document(payments: EmulatedPayments) -> None:
    contract = Contract(routes_of(openapi_shapes.read()), known=NEWER_THAN_THE_DOCUMENT)
    payments.emulator.watchers.append(contract.watch)
    stripe_flow.everything(payments)
    assert len(contract.used) >= 15


@second_witness
def test_the_document_notices_what_the_sdk_leaves_open(payments: EmulatedPayments) -> None:
    exchange = seen(payments, "/v1/charges/")
    body = {name: value for name, value in exchange.body.items() if name != "paid"}
    lines = Contract(routes_of(openapi_shapes.read())).differences(changed(exchange, body))
    assert any("paid: missing" in line for line in lines)
