"""What the outbox tells of its own messages."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGivenUp(Event):
    """A message failed at its last try; a person has to look."""

    name: ClassVar[str] = "message.given_up"

    message_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRevived(Event):
    """Somebody of the house lets a message be tried again."""

    name: ClassVar[str] = "message.revived"

    message_id: uuid.UUID
    by_id: uuid.UUID
