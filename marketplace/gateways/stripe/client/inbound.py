"""Events: verified when they are posted to us, read again when we doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import stripe
from stripe import RequestOptions
from stripe.params import EventListParams

from marketplace.gateways.stripe.client.asking import Base, asking, given, moment
from marketplace.gateways.stripe.errors import BadSignature, EndpointOff
from marketplace.gateways.stripe.events import Endpoint, ProviderEvent

TOLERANCE_SECONDS = 300
PAGE = 100
KINDS_AT_ONCE = 20  # the provider takes no longer list
MALFORMED = (
    stripe.SignatureVerificationError,
    ValueError,
    AttributeError,
    KeyError,
    TypeError,
    OverflowError,  # a moment that no calendar has
    RecursionError,  # nested too deeply
)
SENTENCE = "This webhook is not signed by the payment service."


class Inbound(Base):
    """Webhooks and the list of events."""

    _secrets: dict[Endpoint, str]

    def construct_event(self, endpoint: Endpoint, payload: bytes, signature: str) -> ProviderEvent:
        """The event in a webhook's body.  No network: a view calls this inside its transaction.

        Two secrets with a comma between them are both good: one is being replaced.
        """
        secrets = [one.strip() for one in self._secrets.get(endpoint, "").split(",") if one.strip()]
        if not secrets:
            raise EndpointOff("That page does not exist, or it is not yours.")
        for secret in secrets:
            try:
                event = self._client.construct_event(payload, signature, secret, TOLERANCE_SECONDS)
            except MALFORMED:
                continue
            return self._ours(event)
        raise BadSignature(SENTENCE)

    def _ours(self, event: stripe.Event) -> ProviderEvent:
        try:
            told = _event(event)
        except MALFORMED:  # signed, and still not an event
            raise BadSignature(SENTENCE) from None
        if not _is_in_words(told):
            raise BadSignature(SENTENCE)
        if told.livemode != self._livemode:
            raise BadSignature("Test money and real money do not mix.")
        return told

    def read_event(self, event_id: str) -> ProviderEvent:
        """The event as the provider keeps it."""
        with asking():
            return _event(self._client.v1.events.retrieve(event_id))

    def undelivered_events(self, since: datetime, kinds: Sequence[str]) -> Iterator[ProviderEvent]:
        """Events of the platform of these kinds, made at or after `since`, that no webhook has taken."""
        for first in range(0, len(kinds), KINDS_AT_ONCE):
            some = list(kinds[first : first + KINDS_AT_ONCE])
            yield from self._listed(
                {"created": {"gte": int(since.timestamp())}, "delivery_success": False, "types": some}
            )

    def account_events(
        self, account_id: str, since: datetime, kinds: Sequence[str]
    ) -> Iterator[ProviderEvent]:
        """Events of a person's account of these kinds, made at or after `since`, taken by a webhook or not.

        In its own list an event does not say whose it is.
        """
        wanted: EventListParams = {"created": {"gte": int(since.timestamp())}, "types": list(kinds)}
        for event in self._listed(wanted, {"stripe_account": account_id}):
            yield replace(event, account=account_id)

    def _listed(
        self, wanted: EventListParams, options: RequestOptions | None = None
    ) -> Iterator[ProviderEvent]:
        after: EventListParams = {}
        while True:
            with asking():
                found = self._client.v1.events.list({**wanted, "limit": PAGE, **after}, options)
            yield from (_event(event) for event in found.data)
            if not found.has_more:
                return
            after = {"starting_after": found.data[-1].id}


def _is_in_words(told: ProviderEvent) -> bool:
    """What is signed was not typed by anybody yet: ids and kinds are texts."""
    given_or_not = [told.account, told.api_version]
    words = [told.id, told.kind, *(word for word in given_or_not if word is not None)]
    return all(isinstance(word, str) for word in words)


def _event(event: stripe.Event) -> ProviderEvent:
    thing = event.data.object.to_dict()
    return ProviderEvent(
        id=event.id,
        kind=event.type,
        account=given(event, "account"),
        object_id=str(thing.get("id") or ""),
        object_kind=str(thing.get("object") or ""),
        created_at=moment(event.created),
        livemode=event.livemode,
        api_version=given(event, "api_version"),
        body=thing,
    )
