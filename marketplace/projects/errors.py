"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid


class NotYours(Forbidden):
    """A Member whose role does not reach this far."""


class NotReady(Conflict):
    """Something is missing before the project can be published."""


class KeyLost(Conflict):
    """The key of a model was sealed with a secret this server no longer has."""


class NotEnough(Invalid):
    """The amount does not do what it is meant to do."""
