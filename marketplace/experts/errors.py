"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid


class OwnCredential(Forbidden):
    """Nobody checks a credential of their own."""


class AlreadyChecked(Conflict):
    """The second check is for somebody else."""


class NotReady(Conflict):
    """Something is missing before a credential can be sent for checking."""


class CredentialEnded(Conflict):
    """The last day of validity has passed."""


class TooManyCredentials(Conflict):
    """More rows than a person can look through."""


class TooShort(Invalid):
    """A refusal without a usable reason or without what would fix it."""
