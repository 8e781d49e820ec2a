"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Invalid


class NotPromised(Invalid):
    """A bonus that cannot be promised this way; `field` of the form is what has to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotOpen(Conflict):
    """Bonuses are promised on open projects only."""


class NotGiven(Invalid):
    """A bonus that cannot be given this way; `field` of the form is what has to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NothingToGive(Conflict):
    """The project has ended, or never had money: there is no budget to give from."""
