"""The provider's doors: signed facts, stored once, answered at once, worked off later."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from marketplace.gateways import Gateways
from marketplace.gateways.stripe.events import Endpoint
from marketplace.kit.access import anyone, open_to
from marketplace.kit.errors import TooLarge
from marketplace.kit.web import clean_json, db, found, wired
from marketplace.outbox import service as outbox

bp = Blueprint("stripe", __name__, url_prefix="/webhooks/stripe")
LARGEST = 256 * 1024
ENDPOINTS = {endpoint.value: endpoint for endpoint in Endpoint}


@bp.post("/<endpoint>")
@open_to(anyone)
def webhook(endpoint: str) -> ResponseReturnValue:
    """Check the signature over the raw body, keep the fact once, answer 200; nothing is done here."""
    if (request.content_length or 0) > LARGEST:
        raise TooLarge("This is larger than any event.")
    event = wired(Gateways).stripe.construct_event(
        found(ENDPOINTS.get(endpoint)),
        request.get_data(cache=False),
        request.headers.get("Stripe-Signature", ""),
    )
    outbox.receive(
        db(),
        source="stripe",
        external_id=event.id,
        kind=event.kind,
        payload=clean_json(
            {"object_id": event.object_id, "object_kind": event.object_kind, "account": event.account}
        ),
    )
    return "", 200
