"""Facts about applications and engagements."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationReceived(Event):
    """An expert applied; `offered` 1: the rules passed and the offer is out."""

    name: ClassVar[str] = "application.received"
    application_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    offered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementStarted(Event):
    """An expert accepted an offer and may work on the project."""

    name: ClassVar[str] = "engagement.started"
    engagement_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementEnded(Event):
    """An expert left a project."""

    name: ClassVar[str] = "engagement.ended"
    engagement_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
