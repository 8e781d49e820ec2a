"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Forbidden, Gone


class TimeOver(Gone):
    """The screening does not take answers any more."""


class NotInHand(Forbidden):
    """The grading went back to the queue, or somebody else has it."""


class AppealOver(Conflict):
    """There is nothing to appeal here, or not any more."""
