"""SELECTs on withdrawals of credentials: proposals, and appeals against them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.experts.models import Credential, CredentialState, Revocation, RevocationAppeal
from marketplace.experts.queries.credentials import COUNTING
from marketplace.kit import pages
from marketplace.kit.pages import Page


def revocations_of(session: Session, credential_id: uuid.UUID) -> Sequence[Revocation]:
    """Proposals to withdraw a credential, newest first, with the people."""
    return session.scalars(
        select(Revocation)
        .where(Revocation.credential_id == credential_id)
        .options(joinedload(Revocation.by, innerjoin=True), joinedload(Revocation.decided_by))
        .order_by(Revocation.at.desc(), Revocation.id.desc())
    ).all()


def open_revocation(session: Session, credential_id: uuid.UUID) -> Revocation | None:
    """The proposal that waits for a second person."""
    return session.scalar(
        select(Revocation).where(Revocation.credential_id == credential_id, Revocation.decided_at.is_(None))
    )


def revocation(session: Session, revocation_id: uuid.UUID) -> Revocation | None:
    """One proposal, for listeners."""
    return session.get(Revocation, revocation_id)


def revocations_to_decide(session: Session, *, mark: str | None = None) -> Page[Revocation]:
    """What waits for a second person, the oldest first, with Credential and who proposed it.

    A credential that ended by itself meanwhile has nothing left to withdraw.
    """
    statement = (
        select(Revocation)
        .join(Revocation.credential)
        .where(Revocation.decided_at.is_(None), Credential.state.in_(COUNTING))
        .options(
            contains_eager(Revocation.credential).joinedload(Credential.expert, innerjoin=True),
            joinedload(Revocation.by, innerjoin=True),
        )
    )
    return pages.page(
        session, statement, [Revocation.id], mark=mark, key_of=lambda row: [row.id], ascending=True
    )


def appeal_of(session: Session, credential_id: uuid.UUID) -> RevocationAppeal | None:
    """The newest appeal against withdrawing this credential, with who decided it."""
    return session.scalar(
        select(RevocationAppeal)
        .join(RevocationAppeal.revocation)
        .where(Revocation.credential_id == credential_id)
        .options(contains_eager(RevocationAppeal.revocation), joinedload(RevocationAppeal.decided_by))
        .order_by(RevocationAppeal.id.desc())
        .limit(1)
    )


def appeal(session: Session, appeal_id: uuid.UUID) -> RevocationAppeal | None:
    """One appeal, for listeners."""
    return session.get(RevocationAppeal, appeal_id)


def appeals_to_decide(session: Session, *, mark: str | None = None) -> Page[RevocationAppeal]:
    """What waits for a third person, the oldest first, with Revocation, Credential and Expert."""
    keys = [RevocationAppeal.at, RevocationAppeal.id]
    return pages.page(
        session,
        _appeals().order_by(None),
        keys,
        mark=mark,
        key_of=lambda row: [row.at, row.id],
        ascending=True,
    )


def late_appeals(session: Session, before: datetime) -> Sequence[RevocationAppeal]:
    """Appeals made before this moment that nobody has decided, locked."""
    return session.scalars(
        _appeals()
        .where(RevocationAppeal.at < before)
        .with_for_update(of=(RevocationAppeal, Credential), skip_locked=True)
    ).all()


def _appeals() -> Select[RevocationAppeal]:
    return (
        select(RevocationAppeal)
        .join(RevocationAppeal.revocation)
        .join(Revocation.credential)
        .join(Credential.expert)
        .where(RevocationAppeal.decided_at.is_(None), Credential.state == CredentialState.REVOKED)
        .options(
            contains_eager(RevocationAppeal.revocation)
            .contains_eager(Revocation.credential)
            .contains_eager(Credential.expert)
        )
        .order_by(RevocationAppeal.at, RevocationAppeal.id)
    )
