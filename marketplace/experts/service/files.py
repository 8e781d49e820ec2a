"""What the worker does with files of credentials."""

from marketplace.gateways.storage.protocol import Storage
from marketplace.kit.database import Sessions
from marketplace.outbox.service import Payload


def forget_evidence(sessions: Sessions, payload: Payload, *, storage: Storage) -> None:
    """Remove a file no credential points at any more; a file already gone is fine."""
    storage.delete(payload["storage_key"])
