"""What the provider tells: kept once, worked off later."""

from sqlalchemy.orm import Session

from marketplace.billing.errors import UnknownAccount
from marketplace.billing.policy import KnownAccount
from marketplace.gateways.stripe.events import ProviderEvent
from marketplace.outbox import service as outbox

SOURCE = "stripe"


def receive(session: Session, event: ProviderEvent, *, known: KnownAccount) -> bool:
    """Keep an event of the provider as a hint to look; False: it was told before.

    UnknownAccount (400) for an account nobody here is paid to.  Of the body only the ids are kept: what it
    says may be old, and what it says of people is not ours to keep.
    """
    if event.account is not None and not known(session, event.account):
        raise UnknownAccount
    return outbox.receive(
        session,
        source=SOURCE,
        external_id=event.id,
        kind=event.kind,
        payload={
            "object_id": event.object_id,
            "object_kind": event.object_kind,
            "account": event.account,
            "api_version": event.api_version,
            "created_at": event.created_at.isoformat(),
        },
    )
