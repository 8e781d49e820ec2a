"""Every SELECT about what people agreed to see and how long they saw it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, not_, or_, select
from sqlalchemy.orm import Session

from config.content import CLASSES, TEXT_VERSION
from marketplace.care.models import ContentChoice, Exposure


def opted_in(session: Session, user_id: uuid.UUID) -> frozenset[str]:
    """The classes this person agreed to see, in the text of today, and has not taken back."""
    return frozenset(
        session.scalars(
            select(ContentChoice.content_class).where(
                ContentChoice.user_id == user_id,
                ContentChoice.revoked_at.is_(None),
                ContentChoice.text_version == TEXT_VERSION,
            )
        )
    )


def agreed(user_id: Any, declared: Any) -> Any:
    """The condition that a person (an id or a column of ids) agreed to every declared class."""
    return and_(
        *(
            or_(
                not_(declared.contains(slug)),
                select(ContentChoice.id)
                .where(
                    ContentChoice.user_id == user_id,
                    ContentChoice.content_class == slug,
                    ContentChoice.revoked_at.is_(None),
                    ContentChoice.text_version == TEXT_VERSION,
                )
                .correlate_except(ContentChoice)
                .exists(),
            )
            for slug in CLASSES
        )
    )


def choices_of(session: Session, user_id: uuid.UUID) -> Sequence[ContentChoice]:
    """Every answer of this person, locked until the transaction ends."""
    return session.scalars(
        select(ContentChoice).where(ContentChoice.user_id == user_id).with_for_update()
    ).all()


def exposures(session: Session, user_id: uuid.UUID, *, since: datetime) -> Sequence[Exposure]:
    """Stretches that ended after this moment, the oldest first."""
    return session.scalars(
        select(Exposure)
        .where(Exposure.user_id == user_id, Exposure.ended_at >= since)
        .order_by(Exposure.started_at, Exposure.id)
    ).all()


def last_exposure(session: Session, user_id: uuid.UUID) -> Exposure | None:
    """The newest stretch."""
    return session.scalar(
        select(Exposure).where(Exposure.user_id == user_id).order_by(Exposure.ended_at.desc()).limit(1)
    )
