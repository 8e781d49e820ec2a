"""SELECTs on the files that prove a credential."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.experts.models import (
    Credential,
    CredentialState,
    EvidenceFile,
    EvidenceState,
    Expert,
)

UNSEEN_BY_STAFF = (CredentialState.UNVERIFIED, CredentialState.DELETED)


def files_of(session: Session, credential_id: uuid.UUID) -> Sequence[EvidenceFile]:
    """The files of a credential in the order they came; policy caps how many there can be."""
    return session.scalars(
        select(EvidenceFile).where(EvidenceFile.credential_id == credential_id).order_by(EvidenceFile.id)
    ).all()


def file(session: Session, file_id: uuid.UUID) -> EvidenceFile | None:
    """One file, for the worker and for listeners."""
    return session.get(EvidenceFile, file_id)


def lock_file(session: Session, file_id: uuid.UUID) -> EvidenceFile | None:
    """One file with its Credential and Expert, locked against a second reading at once."""
    return session.scalar(
        select(EvidenceFile)
        .where(EvidenceFile.id == file_id)
        .join(EvidenceFile.credential)
        .join(Credential.expert)
        .options(contains_eager(EvidenceFile.credential).contains_eager(Credential.expert))
        .with_for_update(of=EvidenceFile)
        .execution_options(populate_existing=True)
    )


def file_of(session: Session, user_id: uuid.UUID, file_id: uuid.UUID) -> EvidenceFile | None:
    """A file of this User's own, with Credential and Expert; None when it is somebody else's."""
    return session.scalar(
        _files().where(
            EvidenceFile.id == file_id, Expert.user_id == user_id, Credential.state != CredentialState.DELETED
        )
    )


def file_for_check(session: Session, credential_id: uuid.UUID, file_id: uuid.UUID) -> EvidenceFile | None:
    """A file of a credential its expert has sent, for staff."""
    return session.scalar(
        _files().where(
            EvidenceFile.id == file_id,
            EvidenceFile.credential_id == credential_id,
            Credential.state.not_in(UNSEEN_BY_STAFF),
        )
    )


def waiting_files(session: Session, before: datetime, *, at_most: int = 100) -> Sequence[EvidenceFile]:
    """Files that have waited to be read since before this moment, the oldest first."""
    return session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.state == EvidenceState.WAITING, EvidenceFile.created_at < before)
        .order_by(EvidenceFile.id)
        .limit(at_most)
    ).all()


def _files() -> Select[EvidenceFile]:
    return (
        select(EvidenceFile)
        .join(EvidenceFile.credential)
        .join(Credential.expert)
        .options(contains_eager(EvidenceFile.credential).contains_eager(Credential.expert))
    )
