"""Bytes that no row points at: a look at each key is promised before anything lies under it."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.experts import queries
from marketplace.gateways.storage.keeping import new_key
from marketplace.gateways.storage.protocol import Storage
from marketplace.kit import ids
from marketplace.kit.database import Sessions, transaction
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload

ORPHAN = timedelta(hours=1)  # bytes whose row was not written by then have lost whoever would write it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is going to lie, and the EvidenceFile that is going to point there."""

    file_id: uuid.UUID
    key: str


def promise_place(session: Session, file_id: uuid.UUID | None = None) -> Place:
    """A place for bytes of this EvidenceFile, or of a new one; they go in an hour unless it points at them.

    Commit this before the bytes are kept: whatever dies afterwards, nothing of them stays for good.
    """
    place = Place(file_id or ids.new_id(), new_key())
    outbox.send(
        session,
        "experts.forget_orphan",
        key=f"evidence:{place.key}:orphan",
        after=ORPHAN,
        storage_key=place.key,
        evidence_id=str(place.file_id),
    )
    return place


def forget_orphan(sessions: Sessions, payload: Payload, *, storage: Storage) -> None:
    """Remove the bytes under a promised key unless their EvidenceFile points at them."""
    with transaction(sessions, write=False) as session:
        file = queries.file(session, uuid.UUID(payload["evidence_id"]))
        if file is not None and file.storage_key == payload["storage_key"]:
            return
    storage.delete(payload["storage_key"])


def forget_evidence(sessions: Sessions, payload: Payload, *, storage: Storage) -> None:
    """Remove a file no credential points at any more; a file already gone is fine."""
    storage.delete(payload["storage_key"])


def forget(session: Session, key: str) -> None:
    """Promise that the bytes under this key go."""
    outbox.send(session, "experts.forget_evidence", key=f"evidence:{key}:forget", storage_key=key)
