"""Files that prove a credential: kept, read in a process of their own, handed out when they are clean."""

import hashlib
import io
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit import service as audit
from marketplace.experts import policy, queries
from marketplace.experts.errors import OwnCredential, TooManyFiles
from marketplace.experts.events import EvidenceRefused
from marketplace.experts.models import Credential, EvidenceFile, EvidenceState
from marketplace.experts.service.keeping import forget, promise_place
from marketplace.gateways.inspection.looking import look
from marketplace.gateways.inspection.verdict import Rules, Unfit
from marketplace.gateways.storage.protocol import Storage, Stored
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload

E = EvidenceState
RULES = Rules(
    pages=PEOPLE.evidence_pages_maximum,
    pixels=PEOPLE.evidence_pixels_maximum,
    seconds=PEOPLE.evidence_seconds,
)
LEFT = timedelta(minutes=30)  # a file that waits so long has lost its message
GONE = "The file has gone from our store. Send it again."


@dataclass(frozen=True, slots=True)
class _Found:
    """A waiting file as the worker reads it."""

    file_id: uuid.UUID
    storage_key: str
    media_type: str


def attach_evidence(
    session: Session, credential: Credential, *, stored: Stored, name: str, file_id: uuid.UUID | None = None
) -> EvidenceFile | None:
    """Add a file that is in storage already; it waits until the worker has read it.

    `file_id` is what `promise_place` named for it.  The same file a second time is forgotten: None.  Raises
    what `takes_files` raises.
    """
    known = queries.files_of(session, credential.id)
    if any(file.sha256 == stored.sha256 and file.state is not E.REFUSED for file in known):
        forget(session, stored.key)
        return None
    takes_files(session, credential, count=1, known=len(known))
    file = EvidenceFile(
        id=file_id or ids.new_id(),
        credential=credential,
        storage_key=stored.key,
        name=policy.display_name(name),
        media_type=stored.content_type,
        byte_count=stored.byte_count,
        sha256=stored.sha256,
    )
    session.add(file)
    outbox.send(session, "experts.inspect_evidence", key=f"evidence:{file.id}:read", evidence_id=str(file.id))
    return file


def takes_files(session: Session, credential: Credential, *, count: int, known: int | None = None) -> None:
    """Nothing, or why so many more files cannot be added: Conflict (409), TooManyFiles (409)."""
    today = clock.database_now(session).date()
    if not policy.takes_files(credential, queries.open_question(session, credential.id), today):
        raise Conflict("This credential is being checked or counts already; it cannot be changed now.")
    have = len(queries.files_of(session, credential.id)) if known is None else known
    if have + count > PEOPLE.evidence_files_maximum:
        raise TooManyFiles(
            f"A credential has at most {PEOPLE.evidence_files_maximum} files. Remove one first."
        )


def remove_evidence(session: Session, credential: Credential, file: EvidenceFile) -> None:
    """Take a file back; Conflict (409) while the credential is being checked or counts."""
    if not policy.may_edit(credential, clock.database_now(session).date()):
        raise Conflict("This credential is being checked or counts already; it cannot be changed now.")
    if file.storage_key:
        forget(session, file.storage_key)
    session.delete(file)


def forget_all(session: Session, credential: Credential) -> None:
    """Remove every file of a credential, rows and bytes."""
    for file in queries.files_of(session, credential.id):
        if file.storage_key:
            forget(session, file.storage_key)
        session.delete(file)


def note_evidence_seen(session: Session, file: EvidenceFile, *, by: User) -> str:
    """Record that this person looks at the file, and hand back its key in storage.

    Raises OwnCredential (403) for one's own, Conflict (409) when the file is not clean.
    """
    if policy.is_own(file.credential, by.id):
        raise OwnCredential("This credential is yours. Somebody else has to check it.")
    if file.state is not E.CLEAN or file.storage_key is None:
        raise Conflict("This file has not been read yet, or was refused. Only clean files can be opened.")
    audit.record(
        session,
        "staff:credential:evidence_seen",
        actor_id=by.id,
        subject_type="credential",
        subject_id=file.credential_id,
        evidence_id=file.id,
    )
    return file.storage_key


def inspect_evidence(sessions: Sessions, payload: Payload, *, storage: Storage) -> None:
    """Read one waiting file in a process of its own; keep it as it came out, or refuse it with a reason."""
    with transaction(sessions, write=False) as session:
        file = queries.file(session, uuid.UUID(payload["evidence_id"]))
        if file is None or file.state is not E.WAITING or file.storage_key is None:
            return
        found = _Found(file.id, file.storage_key, file.media_type)
    try:
        sent = _bytes(storage, found.storage_key)
        clean = look(sent, found.media_type, RULES)
    except (Unfit, NotFound) as unfit:
        reason = GONE if isinstance(unfit, NotFound) else str(unfit)
        with transaction(sessions) as session:
            _refuse(session, found, reason)
        return
    with transaction(sessions) as session:
        place = promise_place(session, found.file_id)
    kept = storage.put(io.BytesIO(clean.data), content_type=found.media_type, key=place.key)
    with transaction(sessions) as session:
        _accept(session, found, kept, clean.pages, sent=hashlib.sha256(sent).hexdigest())


def resume_inspections(session: Session, payload: Payload) -> None:
    """Promise again to read what has waited too long: its message was lost or given up."""
    now = clock.database_now(session)
    for file in queries.waiting_files(session, now - LEFT):
        outbox.send(
            session,
            "experts.inspect_evidence",
            key=f"evidence:{file.id}:{now:%Y%m%d%H}",
            evidence_id=str(file.id),
        )


def _bytes(storage: Storage, key: str) -> bytes:
    with storage.open(key).stream as stream:
        return stream.read()


def _accept(session: Session, found: _Found, kept: Stored, pages: int, *, sent: str) -> None:
    file = queries.lock_file(session, found.file_id)
    if file is None or file.state is not E.WAITING:  # taken back meanwhile, or read by two workers
        forget(session, kept.key)
        return
    file.move(E.CLEAN)
    file.storage_key, file.byte_count, file.pages = kept.key, kept.byte_count, pages
    file.sha256 = sent  # a file from before digests were kept came without one
    forget(session, found.storage_key)


def _refuse(session: Session, found: _Found, reason: str) -> None:
    file = queries.lock_file(session, found.file_id)
    if file is None or file.state is not E.WAITING:
        return
    file.move(E.REFUSED)
    file.storage_key, file.reason = None, reason
    forget(session, found.storage_key)
    owner = file.credential.expert.user_id
    publish(session, EvidenceRefused(evidence_id=file.id, credential_id=file.credential_id, user_id=owner))
