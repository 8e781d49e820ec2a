"""Facts about projects."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPassed(Event):
    """Ops looked at a project and found nothing against it."""

    name: ClassVar[str] = "project.passed"
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSentBack(Event):
    """Ops sent a project back to its company; the reason stands on the project."""

    name: ClassVar[str] = "project.sent_back"
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPublished(Event):
    """A project opened for the first time."""

    name: ClassVar[str] = "project.published"
    project_id: uuid.UUID
    company_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPaused(Event):
    """No new claims for now; `by_system` 1: the budget covers no further task."""

    name: ClassVar[str] = "project.paused"
    project_id: uuid.UUID
    by_system: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFinished(Event):
    """No new claims any more; what is under way is still decided and paid."""

    name: ClassVar[str] = "project.finished"
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectClosed(Event):
    """Everything is decided and the rest of the budget is back in the company's wallet."""

    name: ClassVar[str] = "project.closed"
    project_id: uuid.UUID
    company_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelinePublished(Event):
    """A guideline has a new version; it binds later claims."""

    name: ClassVar[str] = "guideline.published"
    project_id: uuid.UUID
    version_id: uuid.UUID
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Event):
    """An expert asked something about a project."""

    name: ClassVar[str] = "question.asked"
    question_id: uuid.UUID
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """The company answered; `user_id` asked, on `assignment_id` if it came up on a task."""

    name: ClassVar[str] = "question.answered"
    question_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    assignment_id: uuid.UUID | None
