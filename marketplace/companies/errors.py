"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Forbidden, Gone


class AlreadyMember(Conflict):
    """A User belongs to one company at a time."""


class NotYours(Forbidden):
    """A Member whose role does not reach this far."""


class LastOwner(Conflict):
    """A company always has an owner."""


class InvitationOver(Gone):
    """The invitation was answered, withdrawn, or its days are over."""
