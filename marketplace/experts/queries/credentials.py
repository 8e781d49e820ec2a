"""SELECTs on credentials: the owner's, those that count, those the clock looks at."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.experts.models import (
    Credential,
    CredentialQuestion,
    CredentialState,
    Expert,
)
from marketplace.kit import clock

C = CredentialState
COUNTING = (C.VERIFIED, C.EXPIRING)
SHOWN = (C.SUBMITTED, C.IN_REVIEW, *COUNTING, C.EXPIRED)  # to companies


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


def checked_of(session: Session, expert_id: uuid.UUID) -> Sequence[Credential]:
    """The credentials that were sent and are being checked, oldest first."""
    return session.scalars(
        select(Credential)
        .where(Credential.expert_id == expert_id, Credential.state.in_((C.SUBMITTED, C.IN_REVIEW)))
        .order_by(Credential.id)
    ).all()


def credentials_by(
    session: Session, expert_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Credential]]:
    """Expert -> credentials that count, are being checked or have ended; refused ones are not shown."""
    found: dict[uuid.UUID, list[Credential]] = defaultdict(list)
    rows = session.scalars(
        select(Credential)
        .where(Credential.expert_id.in_(expert_ids), Credential.state.in_(SHOWN))
        .order_by(Credential.id)
    )
    for row in rows:
        found[row.expert_id].append(row)
    return found


def counting(today: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a credential that counts on this day."""
    in_time = or_(Credential.expires_on.is_(None), Credential.expires_on >= today)
    return Credential.state.in_(COUNTING), in_time


def credential(session: Session, credential_id: uuid.UUID) -> Credential | None:
    """One credential, for listeners: whoever calls has no visitor."""
    return session.get(Credential, credential_id)


def credential_of(session: Session, user_id: uuid.UUID, credential_id: uuid.UUID) -> Credential | None:
    """A credential of this User's own, with its Expert; None when it is deleted or somebody else's."""
    return session.scalar(_own(user_id, credential_id))


def lock_credential_of(session: Session, user_id: uuid.UUID, credential_id: uuid.UUID) -> Credential | None:
    """The same, locked against a second change at once."""
    return session.scalar(_own(user_id, credential_id).with_for_update(of=Credential))


def left_open(session: Session, before: datetime) -> Sequence[Credential]:
    """Checks opened before this moment and not decided; an open question rests the clock."""
    return session.scalars(
        select(Credential)
        .where(
            Credential.state == C.IN_REVIEW,
            Credential.opened_at < before,
            Credential.id.not_in(
                select(CredentialQuestion.credential_id).where(CredentialQuestion.closed_at.is_(None))
            ),
        )
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


def with_number(session: Session) -> Sequence[Credential]:
    """Every credential with a sealed number, locked, for sealing them anew."""
    return session.scalars(
        select(Credential).where(Credential.number_sealed != "").order_by(Credential.id).with_for_update()
    ).all()


def _own(user_id: uuid.UUID, credential_id: uuid.UUID) -> Select[Credential]:
    return (
        select(Credential)
        .join(Credential.expert)
        .where(Credential.id == credential_id, Expert.user_id == user_id, Credential.state != C.DELETED)
        .options(contains_eager(Credential.expert))
    )
