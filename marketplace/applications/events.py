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
class ApplicationChosen(Event):
    """A company that chooses by hand made an offer."""

    name: ClassVar[str] = "application.chosen"
    application_id: uuid.UUID
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationNotChosen(Event):
    """A company that chooses by hand closed an application with a reason."""

    name: ClassVar[str] = "application.not_chosen"
    application_id: uuid.UUID
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationUnanswered(Event):
    """A company let its days to answer an application pass."""

    name: ClassVar[str] = "application.unanswered"
    application_id: uuid.UUID
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertInvited(Event):
    """A company asked an expert to join a project."""

    name: ClassVar[str] = "expert.invited"
    invitation_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningDecided(Event):
    """A screening was graded; `passed` 1 or 0."""

    name: ClassVar[str] = "screening.decided"
    screening_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRefused(Event):
    """Two reviewers found no effort in a screening; its pay waits for an appeal."""

    name: ClassVar[str] = "screening.refused"
    screening_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalEnded(Event):
    """A refused screening is over; `paid` 1: the appeal was won, or decided late."""

    name: ClassVar[str] = "screening.refusal_ended"
    screening_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked(Event):
    """Staff took a certificate back."""

    name: ClassVar[str] = "certificate.revoked"
    certificate_id: uuid.UUID
    user_id: uuid.UUID
