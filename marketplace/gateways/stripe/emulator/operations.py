"""Everything the emulator answers."""

from marketplace.gateways.stripe.emulator import (
    accounts,
    balance,
    checkout,
    disputes,
    events,
    invoice_payments,
    invoices,
    payments,
    refunds,
    transfers,
)
from marketplace.gateways.stripe.emulator.call import Operation
from marketplace.gateways.stripe.emulator.params import TEXTS, Params
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import ApiError

LOOK: Params = {"expand": TEXTS}
DEEPEST = 4
OPERATIONS = (
    Operation("POST", "/v1/accounts", accounts.CREATE, accounts.create),
    Operation("GET", "/v1/accounts/{}", LOOK, accounts.retrieve),
    Operation("POST", "/v1/accounts/{}/login_links", LOOK, accounts.login),
    Operation("POST", "/v1/account_links", accounts.LINKING, accounts.link),
    Operation("GET", "/v1/balance", LOOK, balance.retrieve),
    Operation("GET", "/v1/balance_transactions", balance.LISTING, balance.listing, lists=True),
    Operation("GET", "/v1/charges/{}", LOOK, payments.retrieve_charge),
    Operation("POST", "/v1/checkout/sessions", checkout.CREATE, checkout.create),
    Operation("GET", "/v1/checkout/sessions/{}", LOOK, checkout.retrieve),
    Operation("POST", "/v1/checkout/sessions/{}/expire", LOOK, checkout.expire),
    Operation("POST", "/v1/customers", invoices.CUSTOMER, invoices.create_customer),
    Operation("POST", "/v1/customers/{}", invoices.RENAME, invoices.update_customer),
    Operation("GET", "/v1/disputes/{}", LOOK, disputes.retrieve),
    Operation("POST", "/v1/disputes/{}", disputes.UPDATE, disputes.update),
    Operation("POST", "/v1/disputes/{}/close", LOOK, disputes.close),
    Operation("GET", "/v1/events", events.LISTING, events.listing, lists=True, for_accounts=True),
    Operation("GET", "/v1/events/{}", LOOK, events.retrieve),
    Operation("POST", "/v1/invoiceitems", invoices.ITEM, invoices.add_item),
    Operation("POST", "/v1/invoices", invoices.CREATE, invoices.create),
    Operation("GET", "/v1/invoices/{}", LOOK, invoices.retrieve),
    Operation("POST", "/v1/invoices/{}/finalize", invoices.FINALIZE, invoices.finalize),
    Operation("POST", "/v1/invoices/{}/send", LOOK, invoices.send),
    Operation("POST", "/v1/invoices/{}/void", LOOK, invoices.void),
    Operation("GET", "/v1/payment_intents/{}", LOOK, payments.retrieve_intent),
    Operation("POST", "/v1/refunds", refunds.CREATE, refunds.create),
    Operation("GET", "/v1/refunds", refunds.LISTING, refunds.listing, lists=True),
    Operation("GET", "/v1/refunds/{}", LOOK, refunds.retrieve),
    Operation("POST", "/v1/transfers", transfers.CREATE, transfers.create),
    Operation("GET", "/v1/transfers", transfers.LISTING, transfers.listing, lists=True),
    Operation("GET", "/v1/transfers/{}", LOOK, transfers.retrieve),
    Operation("POST", "/v1/transfers/{}/reversals", transfers.REVERSE, transfers.reverse),
)
EXPANDABLE = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "destination": "account",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payments": "invoice_payment",
    "transfer": "transfer",
}
DUE = {
    "available": balance.become_available,
    "bank_debit": payments.arrive,
    "bank_debit_returned": payments.bounce,
    "expire": checkout.close,
    "invoice_debit": invoice_payments.arrive,
    "invoice_debit_returned": invoice_payments.bounce,
    "refund": refunds.arrive,
}


def find(method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
    """The operation and the ids in its path."""
    parts = path.split("/")
    for operation in OPERATIONS:
        wanted = operation.path.split("/")
        if operation.method == method and len(wanted) == len(parts):
            pairs = list(zip(wanted, parts, strict=True))
            if all(want in {"{}", part} for want, part in pairs):
                return operation, tuple(part for want, part in pairs if want == "{}")
    return None


def advance(books: Books) -> None:
    """Let happen what time has brought."""
    for what, object_id in books.take_due():
        DUE[what](books, object_id)


def expand(books: Books, body: Body, wanted: list[str]) -> Body:
    """Put objects in the place of their ids, along dotted paths."""
    for said in wanted:
        parts = said.split(".")
        if len(parts) > DEEPEST:
            raise _not_expandable(said)
        if parts[0] == "data" and body["object"] == "list":
            body = {**body, "data": [_expanded(books, row, parts[1:], said) for row in body["data"]]}
        else:
            body = _expanded(books, body, parts, said)
    return body


def _expanded(books: Books, body: Body, parts: list[str], said: str) -> Body:
    head, *rest = parts
    if head not in EXPANDABLE or head not in body:
        raise _not_expandable(said)
    there = body[head]
    if isinstance(there, str):
        there = books.get(EXPANDABLE[head], there)
    if there is not None and rest:
        there = _expanded(books, there, rest, said)
    return {**body, head: there}


def _not_expandable(said: str) -> ApiError:
    return ApiError(f"This property cannot be expanded ({said}).", param="expand", saved=False)
