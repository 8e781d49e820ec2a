"""What the room of exports tells."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReady(Event):
    """An export is frozen and can be downloaded."""

    name: ClassVar[str] = "export.ready"

    export_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
