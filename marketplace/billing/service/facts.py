"""What the provider tells: kept once, worked off later."""

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.events import ProviderEvent
from marketplace.outbox import service as outbox

SOURCE = "stripe"


def receive(session: Session, event: ProviderEvent) -> bool:
    """Keep a verified event as a hint to look; False: it was told before."""
    return outbox.receive(
        session,
        source=SOURCE,
        external_id=event.id,
        kind=event.kind,
        payload={"object_id": event.object_id, "object_kind": event.object_kind, "account": event.account},
    )
