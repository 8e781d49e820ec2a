"""Events as the payment provider writes and signs them, and the doors they are posted to."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.gateways.stripe.emulator.events import sign
from marketplace.gateways.stripe.emulator.store import Rules, Store
from marketplace.gateways.stripe.events import Endpoint
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.outbox.service import Handlers, run_all
from tests.factories.billing import payments_of


def event(kind: str, object_id: str, **changes: Any) -> dict[str, Any]:
    """An event as the provider writes it."""
    return {
        "id": f"evt_{ids.new_id().hex}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(clock.now().timestamp()),
        "data": {"object": {"id": object_id, "object": kind.rpartition(".")[0]}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        **changes,
    }


def post(
    app: Application,
    body: dict[str, Any] | bytes,
    *,
    endpoint: str = "platform",
    signature: str | None = None,
    age: timedelta = timedelta(0),
) -> TestResponse:
    """Post a webhook as the provider would, signed `age` ago."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    known = {one.value: one for one in Endpoint}
    if signature is None:
        with clock.shifted(-age):
            signature = sign(
                payload, payments_of(app).emulator.secrets[known.get(endpoint, Endpoint.PLATFORM)]
            )
    return app.test_client().post(
        f"/webhooks/stripe/{endpoint}",
        data=payload,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )


def work(app: Application, session: Session) -> None:
    """Let the worker do what is due now."""
    session.flush()
    run_all(app.sessions, app.extensions["assay"][Handlers])
    session.expire_all()


def empty_provider(app: Application, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider to whom no other test has spoken, until this one ends."""
    store = Store(folder / "empty_provider.sqlite", Rules("http://assay.test"))
    monkeypatch.setattr(payments_of(app).emulator, "_store", store)


def drain(app: Application) -> None:
    """Take the events that earlier tests have left at the emulator."""
    with clock.shifted(timedelta(days=1)):
        while payments_of(app).deliver(lambda *_: 200):
            pass
