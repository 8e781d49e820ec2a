"""Facts and the bus that tells them, in the transaction of the thing they tell about."""

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy.orm import Session


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact: past tense, ids and integers only."""

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """The fact as JSON values."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in values.items()}


Listener = Callable[[Session, Any], None]
Listeners = Mapping[type[Event], Sequence[Listener]]


class Bus:
    """Runs the listeners of a fact at once; a listener writes rows and may not publish."""

    def __init__(self, tables: Iterable[Listeners] = ()) -> None:
        self._listeners: dict[type[Event], list[Listener]] = {}
        for table in tables:
            for event_type, listeners in table.items():
                self._listeners.setdefault(event_type, []).extend(listeners)

    def publish(self, session: Session, event: Event) -> None:
        """Tell every listener of this kind of fact; a failing listener rolls the fact back."""
        if session.info.get("publishing"):
            raise RuntimeError(f"{event.name}: a listener may not publish; send an outbox message")
        session.info["publishing"] = True
        try:
            for listener in self._listeners.get(type(event), ()):
                listener(session, event)
        finally:
            session.info["publishing"] = False


def publish(session: Session, event: Event) -> None:
    """Tell whoever listens, now, in the same transaction."""
    bus: Bus = session.info["bus"]
    bus.publish(session, event)
