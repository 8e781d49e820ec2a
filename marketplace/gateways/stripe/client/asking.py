"""Around every call: no transaction is open, and what the SDK raises becomes an answer or a refusal."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe
import structlog

from marketplace.gateways.stripe.errors import PaymentsDown, PaymentsRefused
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind, classify
from marketplace.kit.database import outside_transaction

R = TypeVar("R", bound=stripe.StripeObject)
REPLAYED = "idempotent-replayed"
log = structlog.get_logger()


class Base:
    """What every part of the client holds."""

    _client: stripe.StripeClient
    _livemode: bool


@contextmanager
def asking() -> Iterator[None]:
    """For questions: PaymentsDown (503) or PaymentsRefused (502) instead of the SDK's exceptions."""
    outside_transaction()
    try:
        yield
    except stripe.StripeError as error:
        code = error_code(error)
        log.warning("payments_error", status=error.http_status, code=code, request_id=error.request_id)
        # a question may always be asked again, so everything that proves nothing is "down"
        if error.http_status is None or classify(error.http_status, code) is OutcomeKind.NOT_NOW:
            raise PaymentsDown(error.request_id) from error
        if error.http_status >= 500 or error.http_status == 409:  # noqa: PLR2004 - HTTP statuses
            raise PaymentsDown(error.request_id) from error
        raise PaymentsRefused(code, error.request_id) from error


def outcome(call: Callable[[], R], *, state: Callable[[R], str | None] = lambda _: None) -> Outcome:
    """For calls that move money: whatever happens is an Outcome; `state` reads it off the made object."""
    outside_transaction()
    try:
        made = call()
    except stripe.StripeError as error:
        return _failed(error)
    answer = made.last_response
    return Outcome(
        kind=OutcomeKind.ACCEPTED,
        http_status=answer.code if answer else None,
        request_id=answer.request_id if answer else None,
        replayed=bool(answer and answer.headers.get(REPLAYED) == "true"),
        external_id=str(made["id"]),
        state=state(made),
    )


def _failed(error: stripe.StripeError) -> Outcome:
    code = error_code(error)
    kind = classify(error.http_status, code)
    log.warning(
        "payments_outcome",
        outcome=kind.value,
        status=error.http_status,
        code=code,
        request_id=error.request_id,
    )
    return Outcome(
        kind=kind,
        http_status=error.http_status,
        error_code=code,
        request_id=error.request_id,
        replayed=(error.headers or {}).get(REPLAYED) == "true",
    )


def error_code(error: stripe.StripeError) -> str | None:
    """Stripe's code, or the type of error when it gives none (`idempotency_error` has no code)."""
    if error.code:
        return error.code
    body: Any = error.json_body
    said = body.get("error") if isinstance(body, dict) else None
    return (said.get("code") or said.get("type")) if isinstance(said, dict) else None


def given(thing: stripe.StripeObject | None, name: str) -> Any:
    """A field that Stripe may leave out: its value, or None."""
    return thing[name] if thing is not None and name in thing else None


def id_of(thing: Any) -> str | None:
    """The id in an expandable field, expanded or not."""
    if thing is None or isinstance(thing, str):
        return thing
    return str(thing["id"])


def own_id(labels: Any, name: str) -> uuid.UUID | None:
    """The id of a row of ours in an object's metadata; None where somebody else made the object."""
    try:
        return uuid.UUID(given(labels, name) or "")
    except ValueError:
        return None


def moment(seconds: int) -> datetime:
    """A time of Stripe's."""
    return datetime.fromtimestamp(seconds, UTC)
