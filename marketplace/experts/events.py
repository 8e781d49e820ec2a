"""Facts about profiles and credentials."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Event):
    """An expert wrote something else about themselves, or named other fields."""

    name: ClassVar[str] = "profile.changed"
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVerified(Event):
    """A credential passed every check it needs; it counts from now on."""

    name: ClassVar[str] = "credential.verified"
    credential_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRejected(Event):
    """A credential was not accepted; the reason and what would fix it stand on the Verification."""

    name: ClassVar[str] = "credential.rejected"
    credential_id: uuid.UUID
    verification_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialExpiring(Event):
    """A verified credential ends in `days_left` days; told at 60, 30 and 7."""

    name: ClassVar[str] = "credential.expiring"
    credential_id: uuid.UUID
    user_id: uuid.UUID
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialExpired(Event):
    """A verified credential passed its last day and counts no more."""

    name: ClassVar[str] = "credential.expired"
    credential_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialQuestioned(Event):
    """Staff ask the expert something about a credential they have open."""

    name: ClassVar[str] = "credential.questioned"
    credential_id: uuid.UUID
    question_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialAnswered(Event):
    """The expert has answered; `user_id` is the person who asked."""

    name: ClassVar[str] = "credential.answered"
    credential_id: uuid.UUID
    question_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRevoked(Event):
    """Two people withdrew a credential; it counts no more."""

    name: ClassVar[str] = "credential.revoked"
    credential_id: uuid.UUID
    revocation_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRefused(Event):
    """A file was not kept; the reason stands on the EvidenceFile."""

    name: ClassVar[str] = "evidence.refused"
    evidence_id: uuid.UUID
    credential_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationReviewed(Event):
    """A third person, or the clock, has decided the second look; the answer stands on the appeal."""

    name: ClassVar[str] = "credential.reviewed"
    credential_id: uuid.UUID
    appeal_id: uuid.UUID
    user_id: uuid.UUID
