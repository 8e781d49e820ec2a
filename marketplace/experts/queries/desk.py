"""SELECTs of the desk that checks credentials: checks, what others claim."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.experts.models import (
    Credential,
    CredentialState,
    EvidenceFile,
    Expert,
    Verification,
)

C = CredentialState
UNSEEN_BY_STAFF = (C.UNVERIFIED, C.DELETED)


def credential_for_check(session: Session, credential_id: uuid.UUID) -> Credential | None:
    """A credential its expert has sent, for staff: with Expert, User and who has it open."""
    return session.scalar(_sent(credential_id))


def lock_credential_for_check(session: Session, credential_id: uuid.UUID) -> Credential | None:
    """The same, locked against a second decision at once."""
    return session.scalar(_sent(credential_id).with_for_update(of=Credential))


def checks_of(session: Session, credential_id: uuid.UUID) -> Sequence[Verification]:
    """Every check of a credential with the person who gave it, newest first."""
    return session.scalars(
        select(Verification)
        .where(Verification.credential_id == credential_id)
        .options(joinedload(Verification.by, innerjoin=True))
        .order_by(Verification.at.desc(), Verification.id.desc())
    ).all()


def last_checks(session: Session, expert_id: uuid.UUID) -> dict[uuid.UUID, Verification]:
    """Credential -> its newest check, over all of an Expert's credentials."""
    checks = session.scalars(
        select(Verification)
        .join(Verification.credential)
        .where(Credential.expert_id == expert_id)
        .order_by(Verification.at, Verification.id)
    )
    return {check.credential_id: check for check in checks}


def check(session: Session, verification_id: uuid.UUID) -> Verification | None:
    """One check."""
    return session.get(Verification, verification_id)


def same_number(session: Session, credential: Credential, digests: Sequence[str]) -> Sequence[Credential]:
    """Credentials of other people with one of these fingerprints, with their Experts."""
    return session.scalars(_others(credential).where(Credential.number_digest.in_(digests))).all()


def same_files(session: Session, credential: Credential) -> Sequence[Credential]:
    """Credentials of other people with a file of the same bytes, with their Experts.

    A file from before digests were kept has none until it is read, and is like no other.
    """
    mine = select(EvidenceFile.sha256).where(
        EvidenceFile.credential_id == credential.id, EvidenceFile.sha256 != ""
    )
    theirs = select(EvidenceFile.credential_id).where(EvidenceFile.sha256.in_(mine))
    return session.scalars(_others(credential).where(Credential.id.in_(theirs))).all()


def _sent(credential_id: uuid.UUID) -> Select[Credential]:
    return (
        select(Credential)
        .join(Credential.expert)
        .join(Expert.user)
        .where(Credential.id == credential_id, Credential.state.not_in(UNSEEN_BY_STAFF))
        .options(
            contains_eager(Credential.expert).contains_eager(Expert.user), joinedload(Credential.opened_by)
        )
    )


def _others(credential: Credential) -> Select[Credential]:
    """Credentials of other people that were not taken back, at most ten."""
    return (
        select(Credential)
        .join(Credential.expert)
        .where(Credential.expert_id != credential.expert_id, Credential.state != C.DELETED)
        .options(contains_eager(Credential.expert))
        .order_by(Credential.id)
        .limit(10)
    )
