"""Transfers to accounts, and taking them back."""

from marketplace.gateways.stripe.emulator import balance, events
from marketplace.gateways.stripe.emulator.call import Call, must, no_rows, page
from marketplace.gateways.stripe.emulator.params import (
    INTEGER,
    LABELS,
    PAGING,
    TEXT,
    TEXTS,
    Params,
    needed,
)
from marketplace.gateways.stripe.emulator.store import Body
from marketplace.gateways.stripe.emulator.wire import BAD_REQUEST, ApiError, new_id

CREATE: Params = {
    "amount": needed(INTEGER),
    "currency": needed(TEXT),
    "destination": needed(TEXT),
    "description": TEXT,
    "expand": TEXTS,
    "metadata": LABELS,
    "transfer_group": TEXT,
}
LISTING: Params = {**PAGING, "destination": TEXT, "transfer_group": TEXT}
REVERSE: Params = {"amount": INTEGER, "description": TEXT, "expand": TEXTS, "metadata": LABELS}


def create(call: Call) -> Body:
    """Move money from the platform to an account that may receive it."""
    books, values = call.books, call.values
    account = must(
        books.get("account", values["destination"]),
        "destination",
        values["destination"],
        param="destination",
        status=BAD_REQUEST,
    )
    if values["amount"] < 1:
        raise ApiError(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
            saved=False,
        )
    if account["capabilities"].get("transfers") != "active":
        raise ApiError(
            "Your destination account needs to have at least one of the following capabilities enabled:"
            " transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    balance.require(books, balance.PLATFORM, values["currency"], values["amount"])
    transfer = books.add(_transfer(call))
    moved = balance.line(books, "transfer", -values["amount"], transfer)
    books.save({**transfer, "balance_transaction": moved["id"]})
    balance.move(books, account["id"], values["currency"], available=values["amount"])
    made = {**transfer, "balance_transaction": moved["id"]}
    events.record(books, "transfer.created", made)
    return made


def _transfer(call: Call) -> Body:
    transfer_id, values = new_id("tr_"), call.values
    return {
        "id": transfer_id,
        "object": "transfer",
        "amount": values["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": call.books.now,
        "currency": values["currency"],
        "description": values.get("description"),
        "destination": values["destination"],
        "destination_payment": new_id("py_"),
        "livemode": False,
        "metadata": values.get("metadata", {}),
        "reversals": no_rows(f"/v1/transfers/{transfer_id}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": values.get("transfer_group"),
    }


def retrieve(call: Call) -> Body:
    """One transfer."""
    return must(call.books.get("transfer", call.ids[0]), "transfer", call.ids[0])


def listing(call: Call) -> Body:
    """Transfers, newest first, by group and destination."""
    values, group = call.values, call.values.get("transfer_group")
    found = call.books.in_group(group) if group is not None else call.books.newest("transfer")
    rows = [row for row in found if values.get("destination") in {None, row["destination"]}]
    return page(call, "/v1/transfers", rows)


def reverse(call: Call) -> Body:
    """Take money back: at most what was sent, and only what the account still holds."""
    books = call.books
    transfer = must(books.get("transfer", call.ids[0]), "transfer", call.ids[0])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = call.values.get("amount", left)
    if not 0 < amount <= left:
        raise ApiError(f"Transfer {transfer['id']} has only {left} left to reverse.", param="amount")
    balance.require(books, transfer["destination"], transfer["currency"], amount)
    reversal = books.add(
        {
            "id": new_id("trr_"),
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": None,
            "created": books.now,
            "currency": transfer["currency"],
            "destination_payment_refund": new_id("pyr_"),
            "metadata": call.values.get("metadata", {}),
            "source_refund": None,
            "transfer": transfer["id"],
        }
    )
    moved = balance.line(books, "transfer_refund", amount, reversal)
    balance.move(books, transfer["destination"], transfer["currency"], available=-amount)
    reversal = books.save({**reversal, "balance_transaction": moved["id"]})
    gone = transfer["amount_reversed"] + amount
    listed = {**transfer["reversals"], "data": [reversal, *transfer["reversals"]["data"]]}
    done = {"amount_reversed": gone, "reversed": gone == transfer["amount"], "reversals": listed}
    events.record(books, "transfer.reversed", books.save({**transfer, **done}))
    return reversal
