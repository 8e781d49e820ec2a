"""Webhooks: only what the provider signed, for the right door, fresh, in our mode; and handed over until taken."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe

from marketplace.gateways.stripe.client import StripePayments
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.events import sign
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.gateways.stripe.errors import BadSignature, EndpointOff
from marketplace.gateways.stripe.events import Endpoint, ProviderEvent
from marketplace.kit import clock
from tests.factories.gateways import paid, ready_account

SECRET = "whsec_of_the_platform"
PLATFORM, CONNECT = Endpoint.PLATFORM, Endpoint.CONNECT


def live(**changes: Any) -> StripePayments:
    """A client that never calls anybody in these tests."""
    secrets = {PLATFORM: SECRET, CONNECT: "whsec_of_connect"}
    return StripePayments("sk_live_x", **{"webhook_secrets": secrets, "livemode": True, **changes})


def payload(**changes: Any) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "charge.succeeded",
        "created": int(clock.now().timestamp()),
        "livemode": True,
        "api_version": "2026-10-28.endive",
        "data": {"object": {"id": "ch_1", "object": "charge", "amount": 5}},
        **changes,
    }
    return json.dumps(event).encode()


def test_a_signed_event_is_read() -> None:
    event = live().construct_event(PLATFORM, payload(), sign(payload(), SECRET))
    assert (event.id, event.kind, event.object_id, event.object_kind) == (
        "evt_1",
        "charge.succeeded",
        "ch_1",
        "charge",
    )
    assert event.account is None
    assert event.body["amount"] == 5


def test_our_signature_is_the_sdks() -> None:
    stamp = int(clock.now().timestamp())
    theirs = stripe.WebhookSignature.generate_signature_header(payload().decode(), SECRET, stamp)
    assert sign(payload(), SECRET).partition(",v1=")[2] == theirs.partition(",v1=")[2]


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "nonsense",
        "t=now,v1=00",
        "t=1,v1=" + "0" * 64,
        "t={now},v1=" + "0" * 64,
        "t={now},v0=" + "0" * 64,
    ],
)
def test_a_bad_signature_is_refused(signature: str) -> None:
    signature = signature.format(now=int(clock.now().timestamp()))
    with pytest.raises(BadSignature) as refused:
        live().construct_event(PLATFORM, payload(), signature)
    assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body + b" ",
        lambda body: body.replace(b"ch_1", b"ch_2"),
        lambda body: b"",
        lambda body: b"\xff\xfe",
    ],
)
def test_a_changed_body_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadSignature):
        live().construct_event(PLATFORM, spoil(payload()), sign(payload(), SECRET))


def test_a_signed_body_that_is_no_event_is_refused() -> None:
    for body in (b"[", b"{}", b'"text"', b"null", b'{"object": "v2.core.event"}'):
        with pytest.raises(BadSignature):
            live().construct_event(PLATFORM, body, sign(body, SECRET))


def test_an_old_signature_is_refused_and_a_fresh_one_is_not() -> None:
    body = payload()
    with clock.shifted(timedelta(seconds=-290)):
        fresh = sign(body, SECRET)
    with clock.shifted(timedelta(seconds=-320)):
        stale = sign(body, SECRET)
    assert live().construct_event(PLATFORM, body, fresh)
    with pytest.raises(BadSignature):
        live().construct_event(PLATFORM, body, stale)


@pytest.mark.parametrize("secret", ["", "  ", ","])
def test_a_door_without_a_secret_does_not_exist(secret: str) -> None:
    payments = live(webhook_secrets={PLATFORM: secret}, livemode=False)
    for door in Endpoint:
        with pytest.raises(EndpointOff) as off:
            payments.construct_event(door, payload(), sign(payload(), secret))
        assert off.value.status_code == 404


def test_each_door_has_its_own_secret() -> None:
    with pytest.raises(BadSignature):
        live().construct_event(CONNECT, payload(), sign(payload(), SECRET))


def test_two_secrets_are_good_while_one_is_replaced() -> None:
    payments = live(webhook_secrets={PLATFORM: "whsec_new, " + SECRET})
    for secret in ("whsec_new", SECRET):
        assert payments.construct_event(PLATFORM, payload(), sign(payload(), secret)).id == "evt_1"
    with pytest.raises(BadSignature):
        payments.construct_event(PLATFORM, payload(), sign(payload(), "whsec_gone"))


@pytest.mark.parametrize("livemode", [True, False])
def test_test_money_and_real_money_do_not_mix(*, livemode: bool) -> None:
    body = payload(livemode=not livemode)
    with pytest.raises(BadSignature, match="do not mix"):
        live(livemode=livemode).construct_event(PLATFORM, body, sign(body, SECRET))


class Taker:
    """Stands where the webhook doors are."""

    def __init__(self, payments: EmulatedPayments, status: int = 200) -> None:
        self.payments, self.status = payments, status
        self.taken: list[tuple[Endpoint, ProviderEvent]] = []

    def __call__(self, endpoint: Endpoint, body: bytes, signature: str) -> int:
        self.taken.append((endpoint, self.payments.construct_event(endpoint, body, signature)))
        return self.status

    def kinds(self) -> list[str]:
        return [event.kind for _, event in self.taken]


def test_events_go_to_the_right_door_once(payments: EmulatedPayments) -> None:
    session = paid(payments)
    account = ready_account(payments)
    taker = Taker(payments)
    assert payments.deliver(taker) == 4
    assert {(door, event.kind, event.account) for door, event in taker.taken} == {
        (PLATFORM, "charge.succeeded", None),
        (PLATFORM, "checkout.session.completed", None),
        (CONNECT, "account.updated", account),
        (CONNECT, "capability.updated", account),
    }
    completed = next(e for _, e in taker.taken if e.kind == "checkout.session.completed")
    assert completed.object_id == session.id
    assert payments.deliver(taker) == 0


def test_what_was_not_taken_is_offered_again_with_growing_pauses(payments: EmulatedPayments) -> None:
    paid(payments)
    deaf, taker = Taker(payments, status=500), Taker(payments)
    assert payments.deliver(deaf) == 0
    assert payments.deliver(deaf) == 0
    assert len(deaf.taken) == 2  # not again in the same second
    with clock.shifted(timedelta(seconds=5)):
        payments.deliver(deaf)
    assert len(deaf.taken) == 4
    with clock.shifted(timedelta(seconds=30)):
        assert payments.deliver(taker) == 2
    with clock.shifted(timedelta(days=1)):
        assert payments.deliver(taker) == 0


def test_a_taker_that_dies_keeps_nothing_from_the_next(payments: EmulatedPayments) -> None:
    paid(payments)

    def dies(endpoint: Endpoint, body: bytes, signature: str) -> int:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        payments.deliver(dies)
    taker = Taker(payments)
    assert payments.deliver(taker) == 0  # leased to the dead one for a minute
    with clock.shifted(timedelta(seconds=61)):
        assert payments.deliver(taker) == 2


def test_a_bank_debit_tells_twice(payments: EmulatedPayments) -> None:
    taker = Taker(payments)
    paid(payments, PaidHow.BANK)
    payments.deliver(taker)
    assert taker.kinds() == ["checkout.session.completed"]
    with clock.shifted(timedelta(seconds=61)):
        payments.deliver(taker)
    assert taker.kinds()[1:] == ["charge.succeeded", "checkout.session.async_payment_succeeded"]


def test_a_bank_debit_that_bounces(payments: EmulatedPayments) -> None:
    taker = Taker(payments)
    session = paid(payments, PaidHow.BANK_RETURNED)
    with clock.shifted(timedelta(seconds=61)):
        payments.deliver(taker)
        state = payments.read_session(session.id)
    assert taker.kinds()[-1] == "checkout.session.async_payment_failed"
    assert (state.payment_status, state.payment_state) == ("unpaid", "requires_payment_method")
    assert state.failure
    assert payments.read_balance().available.get("usd", 0) == 0


def test_the_sweep_sees_only_what_nobody_took(payments: EmulatedPayments) -> None:
    start = clock.now() - timedelta(hours=1)
    paid(payments)
    kinds = ["checkout.session.completed"]
    waiting = list(payments.undelivered_events(start, kinds))
    assert [event.kind for event in waiting] == kinds
    assert payments.read_event(waiting[0].id) == waiting[0]
    payments.deliver(Taker(payments))
    assert list(payments.undelivered_events(start, kinds)) == []
    assert list(payments.undelivered_events(clock.now() + timedelta(hours=1), kinds)) == []
