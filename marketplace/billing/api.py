"""The provider's doors: signed facts, stored once, answered at once, worked off later."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from marketplace.billing import service
from marketplace.billing.policy import PaidAccounts
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.events import Endpoint
from marketplace.kit.access import anyone, open_to
from marketplace.kit.errors import TooLarge
from marketplace.kit.web import clean_json, db, found, wired

bp = Blueprint("stripe", __name__, url_prefix="/webhooks/stripe")
LARGEST = 256 * 1024
ENDPOINTS = {endpoint.value: endpoint for endpoint in Endpoint}


@bp.post("/<endpoint>")
@open_to(anyone)
def webhook(endpoint: str) -> ResponseReturnValue:
    """Check the signature over the raw body, keep the fact once, answer 200; nothing is done here."""
    event = wired(Gateways).stripe.construct_event(
        found(ENDPOINTS.get(endpoint)), _body(), request.headers.get("Stripe-Signature", "")
    )
    clean_json([event.id, event.kind, event.object_id, event.object_kind, event.account])
    service.receive(db(), event, known=wired(PaidAccounts).known)
    return "", 200


def _body() -> bytes:
    """The raw body, bounded also when it does not say its length."""
    body = request.stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise TooLarge("This is larger than any event.")
    return body
