"""From when to when."""

from datetime import datetime
from typing import Protocol


class Span(Protocol):
    """A stretch of time: from `start` to before `end`."""

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...
