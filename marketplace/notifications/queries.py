"""Every SELECT on Notices."""

import uuid
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, contains_eager

from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.notifications.models import Notice


def unread_count(session: Session, user_id: uuid.UUID) -> int:
    """How many Notices wait for this person."""
    statement = select(func.count()).select_from(Notice)
    return session.scalar(statement.where(Notice.user_id == user_id, Notice.read_at.is_(None))) or 0


def waits(session: Session, user_id: uuid.UUID, kind: str) -> bool:
    """Whether a Notice of this kind waits for this person unread."""
    mine = select(Notice.id).where(Notice.user_id == user_id, Notice.read_at.is_(None), Notice.kind == kind)
    return session.scalar(mine.limit(1)) is not None


def of_user(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[Notice]:
    """A person's Notices, the newest first."""
    return pages.page(
        session,
        select(Notice).where(Notice.user_id == user_id),
        [Notice.id],
        mark=mark,
        key_of=lambda notice: [notice.id],
    )


def for_user(session: Session, user_id: uuid.UUID, notice_id: uuid.UUID) -> Notice | None:
    """One of a person's own Notices."""
    return session.scalar(select(Notice).where(Notice.id == notice_id, Notice.user_id == user_id))


def to_send(session: Session, notice_id: uuid.UUID) -> Notice | None:
    """A Notice with its User, unless it has gone out by e-mail."""
    return session.scalar(
        select(Notice)
        .join(Notice.user)
        .where(Notice.id == notice_id, Notice.emailed_at.is_(None))
        .options(contains_eager(Notice.user))
    )


def mark_emailed(session: Session, notice_id: uuid.UUID, at: datetime) -> None:
    """Note that the Notice has gone out by e-mail."""
    session.execute(update(Notice).where(Notice.id == notice_id).values(emailed_at=at))


def read_all(session: Session, user_id: uuid.UUID, at: datetime) -> None:
    """Mark every Notice of this person as read."""
    session.execute(
        update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None)).values(read_at=at)
    )
