"""People who agreed to see sensitive content, and time they have spent with it."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.care import service
from marketplace.care.models import Exposure
from marketplace.identity.models import User
from marketplace.kit import clock

NOTE = "Messages that ask how to hurt somebody, in plain words, without pictures."
SENSITIVE: dict[str, Any] = {"content_classes": ("hate", "violence"), "content_note": NOTE}


def agree(session: Session, user: User, *classes: str) -> None:
    """This person is willing to see these classes and no others."""
    service.choose(session, user, classes)
    session.flush()


def make_exposure(session: Session, user: User, minutes: float, *, ended_ago: float = 0) -> Exposure:
    """So many minutes of sensitive content that ended so many minutes ago."""
    end = clock.database_now(session) - timedelta(minutes=ended_ago)
    made = Exposure(user_id=user.id, started_at=end - timedelta(minutes=minutes), ended_at=end)
    session.add(made)
    session.flush()
    return made
