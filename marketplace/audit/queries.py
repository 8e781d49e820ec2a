"""Every SELECT on AuditRecords."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.identity.models import User
from marketplace.kit import pages
from marketplace.kit.pages import Page


def records(session: Session, *, about: uuid.UUID | None, mark: str | None) -> Page[tuple[AuditRecord, str]]:
    """Records with the name of who acted, the newest first; `about` is a subject or an actor."""
    statement = select(AuditRecord, User.name).outerjoin(User, User.id == AuditRecord.actor_id)
    if about is not None:
        statement = statement.where((AuditRecord.subject_id == about) | (AuditRecord.actor_id == about))
    return pages.page(
        session,
        statement,
        [AuditRecord.id],
        mark=mark,
        key_of=lambda row: [row[0].id],
    )


def of_subject(session: Session, subject_type: str, subject_id: uuid.UUID) -> Sequence[AuditRecord]:
    """What was done to one thing, the newest first, at most 100 records."""
    return session.scalars(
        select(AuditRecord)
        .where(AuditRecord.subject_type == subject_type, AuditRecord.subject_id == subject_id)
        .order_by(AuditRecord.id.desc())
        .limit(100)
    ).all()


def of_things(session: Session, things: Collection[tuple[str, uuid.UUID]]) -> Sequence[AuditRecord]:
    """What was done to these things, as (type, id), the oldest first, at most 200 records."""
    subject = tuple_(AuditRecord.subject_type, AuditRecord.subject_id)
    return session.scalars(
        select(AuditRecord)
        .where(subject.in_(list(things)))
        .order_by(AuditRecord.at, AuditRecord.id)
        .limit(200)
    ).all()
