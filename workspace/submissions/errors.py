"""Refusals of this room."""

from typing import Any

from marketplace.kit.errors import Conflict, Gone


class StaleDraft(Conflict):
    """A newer version of the draft is saved; it comes along, so that nothing is overwritten unseen."""

    def __init__(self, rev: int, answer: dict[str, Any]) -> None:
        super().__init__("This task is open in another tab. This one is read only.")
        self.rev, self.answer = rev, answer


class NotOpen(Gone):
    """Text for a task that is not this person's to work on any more."""


class CostsMore(Conflict):
    """More is reserved for people at work than the page showed."""


class CannotTakeBack(Conflict):
    """A reviewer has opened it, or the time is over."""
