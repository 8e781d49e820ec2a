"""What the provider tells us without being asked."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class Endpoint(enum.Enum):
    """The two doors for webhooks, each with a secret of its own."""

    PLATFORM = "platform"
    CONNECT = "connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """A hint to look: `object_id` says at what.  `body` may be old; read the object again before acting.

    `account` is the connected account the event is about, None for our own.
    """

    id: str
    kind: str
    account: str | None
    object_id: str
    object_kind: str
    created_at: datetime
    livemode: bool
    api_version: str | None
    body: Mapping[str, Any]
