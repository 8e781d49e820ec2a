"""The contract with Stripe, for every request a test makes: `Contract.watch` sees them at the emulator."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from marketplace.gateways.stripe.emulator.server import Exchange
from marketplace.gateways.stripe.emulator.wire import nest
from tests.contracts.sdk_shapes import Operation, operation
from tests.contracts.shapes import differences

IDS = re.compile(r"/[a-z]+_\w+")  # in a path
OPERATIONS = (
    ("stripe._account_service", "AccountService", "create"),
    ("stripe._account_service", "AccountService", "retrieve"),
    ("stripe._account_link_service", "AccountLinkService", "create"),
    ("stripe._account_login_link_service", "AccountLoginLinkService", "create"),
    ("stripe._balance_service", "BalanceService", "retrieve"),
    ("stripe._balance_transaction_service", "BalanceTransactionService", "list"),
    ("stripe._charge_service", "ChargeService", "retrieve"),
    ("stripe.checkout._session_service", "SessionService", "create"),
    ("stripe.checkout._session_service", "SessionService", "retrieve"),
    ("stripe.checkout._session_service", "SessionService", "expire"),
    ("stripe._customer_service", "CustomerService", "create"),
    ("stripe._customer_service", "CustomerService", "update"),
    ("stripe._dispute_service", "DisputeService", "retrieve"),
    ("stripe._dispute_service", "DisputeService", "update"),
    ("stripe._dispute_service", "DisputeService", "close"),
    ("stripe._event_service", "EventService", "list"),
    ("stripe._event_service", "EventService", "retrieve"),
    ("stripe._invoice_item_service", "InvoiceItemService", "create"),
    ("stripe._invoice_service", "InvoiceService", "create"),
    ("stripe._invoice_service", "InvoiceService", "retrieve"),
    ("stripe._invoice_service", "InvoiceService", "finalize_invoice"),
    ("stripe._invoice_service", "InvoiceService", "send_invoice"),
    ("stripe._invoice_service", "InvoiceService", "void_invoice"),
    ("stripe._payment_intent_service", "PaymentIntentService", "retrieve"),
    ("stripe._refund_service", "RefundService", "create"),
    ("stripe._refund_service", "RefundService", "list"),
    ("stripe._refund_service", "RefundService", "retrieve"),
    ("stripe._transfer_service", "TransferService", "create"),
    ("stripe._transfer_service", "TransferService", "list"),
    ("stripe._transfer_service", "TransferService", "retrieve"),
    ("stripe._transfer_reversal_service", "TransferReversalService", "create"),
)


@dataclass(frozen=True)
class Route:
    """An operation and what its path looks like."""

    pattern: re.Pattern[str]
    operation: Operation


def routes_of(operations: Iterable[Operation]) -> tuple[Route, ...]:
    """Routes in the order given."""
    return tuple(Route(re.compile(re.sub(r"\{\w+\}", "[^/]+", one.path)), one) for one in operations)


@cache
def sdk_routes() -> tuple[Route, ...]:
    """What the installed SDK can say and hear."""
    return routes_of(operation(*name) for name in OPERATIONS)


class Contract:
    """Compares exchanges with their operation; `used` remembers which operations were seen."""

    def __init__(self, routes: tuple[Route, ...] | None = None, *, known: Iterable[str] = ()) -> None:
        self.routes = sdk_routes() if routes is None else routes
        self.known = frozenset(known)  # differences that are right, word for word
        self.used: set[tuple[str, str]] = set()

    def watch(self, exchange: Exchange) -> None:
        """AssertionError with one line per difference."""
        lines = self.differences(exchange)
        assert not lines, f"{exchange.method} {exchange.path} breaks the contract:\n" + "\n".join(lines)

    def differences(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request, and with its answer when that is a success."""
        if exchange.status >= 300:
            return []  # a refusal: its request may be wrong on purpose
        return [line for line in self._lines(exchange) if line not in self.known]

    def _lines(self, exchange: Exchange) -> list[str]:
        found = self._operation(exchange)
        if found is None:
            return [f"no operation {exchange.method} {IDS.sub('/{}', exchange.path)}"]
        self.used.add((found.verb, found.path))
        return [
            *differences(found.request, nest(exchange.pairs), form=True, path="request"),
            *differences(found.response, exchange.body, form=False, path="response"),
        ]

    def _operation(self, exchange: Exchange) -> Operation | None:
        for route in self.routes:
            if route.operation.verb == exchange.method.lower() and route.pattern.fullmatch(exchange.path):
                return route.operation
        return None

    def unused(self) -> set[tuple[str, str]]:
        """Operations nobody has called."""
        return {(route.operation.verb, route.operation.path) for route in self.routes} - self.used


def changed(exchange: Exchange, body: Mapping[str, object]) -> Exchange:
    """The same exchange with another answer, to see that the contract notices."""
    return Exchange(exchange.method, exchange.path, exchange.pairs, exchange.status, dict(body))
