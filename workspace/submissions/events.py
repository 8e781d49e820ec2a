"""Facts about submissions."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReceived(Event):
    """An answer was handed in; `round` 0 is the first time, each further round follows asked-for changes."""

    name: ClassVar[str] = "submission.received"
    submission_id: uuid.UUID
    assignment_id: uuid.UUID
    task_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionTakenBack(Event):
    """The expert took an answer back that nobody had opened."""

    name: ClassVar[str] = "submission.taken_back"
    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
