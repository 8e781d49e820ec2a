"""Facts about tasks and assignments."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClaimed(Event):
    """An expert holds a task; its money is reserved."""

    name: ClassVar[str] = "assignment.claimed"
    assignment_id: uuid.UUID
    task_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentExpired(Event):
    """Time ran out before the answer was complete; the draft is kept."""

    name: ClassVar[str] = "assignment.expired"
    assignment_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentStopped(Event):
    """An expert stopped half way and was paid in part."""

    name: ClassVar[str] = "assignment.stopped"
    assignment_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    pay_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentCancelled(Event):
    """The company withdrew work under way; its expert was paid for it."""

    name: ClassVar[str] = "assignment.cancelled"
    assignment_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    pay_minor: int
    active_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuarantined(Event):
    """So many people called a task broken that nobody gets it any more until the company has looked."""

    name: ClassVar[str] = "task.quarantined"
    task_id: uuid.UUID
    project_id: uuid.UUID
