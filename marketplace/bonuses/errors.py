"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Invalid


class NotPromised(Invalid):
    """A bonus that cannot be promised this way; `field` of the form is what has to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotOpen(Conflict):
    """Bonuses are promised on open projects only."""
