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
