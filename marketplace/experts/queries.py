"""Every SELECT on experts, their specialties, credentials and checks."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.experts.models import (
    Credential,
    CredentialState,
    Expert,
    ExpertSpecialty,
    Verification,
)
from marketplace.kit import clock
from marketplace.kit.pages import Page, page

C = CredentialState
COUNTING = (C.VERIFIED, C.EXPIRING)
WAITING = (C.SUBMITTED, C.IN_REVIEW)
UNSEEN_BY_STAFF = (C.UNVERIFIED, C.DELETED)


def for_user(session: Session, user_id: uuid.UUID) -> Expert | None:
    """The Expert this User is, with the User loaded; None before the profile is begun."""
    return session.scalar(
        select(Expert).where(Expert.user_id == user_id).options(joinedload(Expert.user, innerjoin=True))
    )


def expert(session: Session, expert_id: uuid.UUID) -> Expert | None:
    """One Expert, with the User loaded."""
    return session.scalar(
        select(Expert).where(Expert.id == expert_id).options(joinedload(Expert.user, innerjoin=True))
    )


def specialties_of(session: Session, expert_id: uuid.UUID) -> Sequence[ExpertSpecialty]:
    """The fields an Expert names, by slug."""
    return session.scalars(
        select(ExpertSpecialty)
        .where(ExpertSpecialty.expert_id == expert_id)
        .order_by(ExpertSpecialty.specialty)
    ).all()


def forget_specialties(session: Session, expert_id: uuid.UUID, keep: Sequence[str]) -> None:
    """Remove the named fields that are not in `keep`."""
    session.execute(
        delete(ExpertSpecialty).where(
            ExpertSpecialty.expert_id == expert_id, ExpertSpecialty.specialty.not_in(keep)
        )
    )


def credentials_of(session: Session, expert_id: uuid.UUID) -> Sequence[Credential]:
    """An Expert's credentials that are not deleted, newest first; policy caps how many there can be."""
    return session.scalars(
        select(Credential)
        .where(Credential.expert_id == expert_id, Credential.state != C.DELETED)
        .order_by(Credential.id.desc())
    ).all()


def verified_of(session: Session, expert_id: uuid.UUID) -> Sequence[Credential]:
    """The credentials that count at this moment: one past its last day does not, swept or not."""
    today = clock.database_now(session).date()
    return session.scalars(
        select(Credential).where(Credential.expert_id == expert_id, *counting(today)).order_by(Credential.id)
    ).all()


def counting(today: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a credential that counts on this day."""
    in_time = or_(Credential.expires_on.is_(None), Credential.expires_on >= today)
    return Credential.state.in_(COUNTING), in_time


def credential_of(session: Session, user_id: uuid.UUID, credential_id: uuid.UUID) -> Credential | None:
    """A credential of this User's own, with its Expert; None when it is deleted or somebody else's."""
    return session.scalar(_own(user_id, credential_id))


def lock_credential_of(session: Session, user_id: uuid.UUID, credential_id: uuid.UUID) -> Credential | None:
    """The same, locked against a second change at once."""
    return session.scalar(_own(user_id, credential_id).with_for_update(of=Credential))


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


def credential(session: Session, credential_id: uuid.UUID) -> Credential | None:
    """One credential, for listeners: whoever calls has no visitor."""
    return session.get(Credential, credential_id)


def to_check(session: Session, mark: str | None) -> Page[Credential]:
    """What waits for a check, the longest waiting first, with Expert and User."""
    statement = (
        select(Credential)
        .join(Credential.expert)
        .join(Expert.user)
        .where(Credential.state.in_(WAITING))
        .options(
            contains_eager(Credential.expert).contains_eager(Expert.user), joinedload(Credential.opened_by)
        )
    )
    keys = [Credential.submitted_at, Credential.id]
    return page(
        session, statement, keys, mark=mark, key_of=lambda row: (row.submitted_at, row.id), ascending=True
    )


def left_open(session: Session, before: datetime) -> Sequence[Credential]:
    """Checks opened before this moment and not decided."""
    return session.scalars(
        select(Credential)
        .where(Credential.state == C.IN_REVIEW, Credential.opened_at < before)
        .with_for_update(skip_locked=True)
    ).all()


def ending(session: Session, reminders: Sequence[tuple[int, date]], today: date) -> Sequence[Credential]:
    """Counting credentials past their last day, or owed a reminder; with their Expert.

    `reminders` are pairs of days and the last day that is so many days away.
    """
    owed = [
        Credential.expires_on.between(today, last)
        & (Credential.reminded_days.is_(None) | (Credential.reminded_days > days))
        for days, last in reminders
    ]
    return session.scalars(
        select(Credential)
        .join(Credential.expert)
        .where(Credential.state.in_(COUNTING), or_(Credential.expires_on < today, *owed))
        .options(contains_eager(Credential.expert))
        .order_by(Credential.expires_on, Credential.id)
        .with_for_update(of=Credential, skip_locked=True)
    ).all()


def _own(user_id: uuid.UUID, credential_id: uuid.UUID) -> Select[Credential]:
    return (
        select(Credential)
        .join(Credential.expert)
        .where(Credential.id == credential_id, Expert.user_id == user_id, Credential.state != C.DELETED)
        .options(contains_eager(Credential.expert))
    )


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
