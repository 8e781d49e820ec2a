"""What everybody holds here, and the platform's balance transactions."""

from marketplace.gateways.stripe.emulator.call import Call, must, page
from marketplace.gateways.stripe.emulator.params import PAGING, TEXT, Params
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import ApiError, new_id

PLATFORM = "platform"
CURRENCY = "usd"
LISTING: Params = {**PAGING, "currency": TEXT, "source": TEXT, "type": TEXT}


def move(books: Books, owner: str, currency: str, *, available: int = 0, pending: int = 0) -> None:
    """Change what somebody holds."""
    books.sql.execute("INSERT OR IGNORE INTO balances (owner, currency) VALUES (?, ?)", (owner, currency))
    books.sql.execute(
        "UPDATE balances SET available = available + ?, pending = pending + ?"
        " WHERE owner = ? AND currency = ?",
        (available, pending, owner, currency),
    )


def held(books: Books, owner: str, currency: str) -> tuple[int, int]:
    """Available and pending."""
    row = books.sql.execute(
        "SELECT available, pending FROM balances WHERE owner = ? AND currency = ?", (owner, currency)
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def require(books: Books, owner: str, currency: str, amount: int) -> None:
    """ApiError `balance_insufficient` unless the owner has that much available."""
    if held(books, owner, currency)[0] < amount:
        raise ApiError(
            "You have insufficient available funds in your Stripe account.", code="balance_insufficient"
        )


def line(
    books: Books,
    kind: str,
    amount: int,
    source: Body | None,
    *,
    fee: int = 0,
    seconds: int = 0,
    category: str = "",
) -> Body:
    """One movement of the platform's balance, available in so many seconds; `kind` is Stripe's type."""
    net, currency = amount - fee, str((source or {}).get("currency", CURRENCY))
    body = books.add(
        {
            "id": new_id("txn_"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": books.now + seconds,
            "balance_type": "payments",
            "created": books.now,
            "currency": currency,
            "description": (source or {}).get("description"),
            "exchange_rate": None,
            "fee": fee,
            "fee_details": _fee_details(fee, currency),
            "net": net,
            "reporting_category": category or CATEGORIES[kind],
            "source": source["id"] if source else None,
            "status": "pending" if seconds else "available",
            "type": kind,
        }
    )
    if seconds:
        move(books, PLATFORM, currency, pending=net)
        books.later(seconds, "available", body["id"])
    else:
        move(books, PLATFORM, currency, available=net)
    return body


CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "adjustment": "other_adjustment",
    "stripe_fee": "fee",
    "payout": "payout",
    "payout_failure": "payout_reversal",
}


def _fee_details(fee: int, currency: str) -> list[Body]:
    if not fee:
        return []
    said = {"amount": fee, "application": None, "currency": currency}
    return [{**said, "description": "Stripe processing fees", "type": "stripe_fee"}]


def become_available(books: Books, line_id: str) -> None:
    """Pending money has arrived."""
    body = must(books.get("balance_transaction", line_id), "balance transaction", line_id)
    books.save({**body, "status": "available"})
    move(books, PLATFORM, body["currency"], available=body["net"], pending=-body["net"])


def set_available(books: Books, amount: int, currency: str = CURRENCY) -> None:
    """Give the platform exactly this much available, by an adjustment."""
    difference = amount - held(books, PLATFORM, currency)[0]
    if difference:
        line(books, "adjustment", difference, None)


def retrieve(call: Call) -> Body:
    """The platform's balance."""
    rows = call.books.sql.execute(
        "SELECT currency, available, pending FROM balances WHERE owner = ? ORDER BY currency", (PLATFORM,)
    ).fetchall() or [(CURRENCY, 0, 0)]
    return {
        "object": "balance",
        "livemode": False,
        "available": [_part(currency, available) for currency, available, _ in rows],
        "pending": [_part(currency, pending) for currency, _, pending in rows],
    }


def _part(currency: str, amount: int) -> Body:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def listing(call: Call) -> Body:
    """The platform's movements, newest first."""
    wanted = {name: call.values[name] for name in ("currency", "source", "type") if name in call.values}
    rows = [
        row
        for row in call.books.newest("balance_transaction")
        if all(row[name] == value for name, value in wanted.items())
    ]
    return page(call, "/v1/balance_transactions", rows)
