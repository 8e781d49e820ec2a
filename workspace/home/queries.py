"""Every SELECT of the first page."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workspace.home.models import SkippedStep


def skipped_by(session: Session, user_id: uuid.UUID) -> frozenset[str]:
    """The steps this person put aside."""
    return frozenset(session.scalars(select(SkippedStep.step).where(SkippedStep.user_id == user_id)))


def forget_skipped(session: Session, user_id: uuid.UUID) -> None:
    """Bring every step back."""
    session.execute(delete(SkippedStep).where(SkippedStep.user_id == user_id))
