"""Events: written with the change they tell about, handed over later, until somebody takes them."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketplace.gateways.stripe.emulator.call import Call, must, page
from marketplace.gateways.stripe.emulator.params import BOOLEAN, PAGING, TEXT, TEXTS, Params
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import new_id
from marketplace.gateways.stripe.events import Endpoint
from marketplace.kit import clock

API_VERSION = "2026-10-28.endive"
LEASE_SECONDS = 60  # longer than any taker works; after it the event is offered again
LONGEST_PAUSE = 3600
BATCH = 100
LISTING: Params = {**PAGING, "type": TEXT, "types": TEXTS, "delivery_success": BOOLEAN}


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event on its way."""

    event_id: str
    endpoint: Endpoint
    payload: bytes


def record(books: Books, kind: str, thing: Body, *, account: str | None = None) -> Body:
    """Write the event and put it on the list to hand over; events of an account go to the connect door."""
    event: Body = {
        "id": new_id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": books.now,
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    if account is not None:
        event["account"] = account
    books.add(event)
    endpoint = Endpoint.CONNECT if account else Endpoint.PLATFORM
    books.sql.execute(
        "INSERT INTO sends (event_id, endpoint, next_at) VALUES (?, ?, ?)",
        (event["id"], endpoint.value, books.now),
    )
    return event


def retrieve(call: Call) -> Body:
    """One event of the platform."""
    return must(call.books.get("event", call.ids[0]), "event", call.ids[0])


def listing(call: Call) -> Body:
    """Events of the platform, or of the account in whose name is asked, newest first."""
    wanted = {*call.values.get("types", ()), *([call.values["type"]] if "type" in call.values else [])}
    delivered = call.values.get("delivery_success")
    rows = [
        {name: event[name] for name in event if name != "account"}
        for event in call.books.newest("event")
        if event.get("account") == call.account
        and (not wanted or event["type"] in wanted)
        and (delivered is None or delivered == (event["pending_webhooks"] == 0))
    ]
    return page(call, "/v1/events", rows)


def claim_waiting(books: Books) -> list[Webhook]:
    """Events to hand over now, leased: another process will not offer them for a minute."""
    rows = books.sql.execute(
        "SELECT event_id, endpoint FROM sends WHERE delivered_at IS NULL AND next_at <= ?"
        " ORDER BY next_at, rowid LIMIT ?",
        (books.now, BATCH),
    ).fetchall()
    books.sql.executemany(
        "UPDATE sends SET attempts = attempts + 1, next_at = ? WHERE event_id = ?",
        [(books.now + LEASE_SECONDS, event_id) for event_id, _ in rows],
    )
    return [
        Webhook(event_id, Endpoint(endpoint), _payload(must(books.get("event", event_id), "event", event_id)))
        for event_id, endpoint in rows
    ]


def settle(books: Books, webhook: Webhook, *, taken: bool) -> None:
    """Write down how handing over went; what was not taken is offered again, with growing pauses."""
    if not taken:
        books.sql.execute(
            "UPDATE sends SET next_at = ? + min(?, 1 << min(attempts, 12)) WHERE event_id = ?",
            (books.now, LONGEST_PAUSE, webhook.event_id),
        )
        return
    books.sql.execute(
        "UPDATE sends SET delivered_at = ? WHERE event_id = ? AND delivered_at IS NULL",
        (books.now, webhook.event_id),
    )
    event = must(books.get("event", webhook.event_id), "event", webhook.event_id)
    books.save({**event, "pending_webhooks": 0})


def hand_over(
    webhook: Webhook, secrets: Mapping[Endpoint, str], post: Callable[[Endpoint, bytes, str], int]
) -> bool:
    """Sign and post one event.  True: it was taken (2xx)."""
    # the newest secret signs while an old one is still accepted
    secret = secrets[webhook.endpoint].partition(",")[0].strip()
    return post(webhook.endpoint, webhook.payload, sign(webhook.payload, secret)) // 100 == 2  # noqa: PLR2004


def sign(payload: bytes, secret: str) -> str:
    """The `Stripe-Signature` header: when, and the HMAC of when and what."""
    stamp = int(clock.now().timestamp())
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def _payload(event: Body) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()
