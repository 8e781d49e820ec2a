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


class ConflictOfInterest(Forbidden):
    """Whoever checks has a tie to the expert; the message names it."""


class TooManyFiles(Conflict):
    """A credential has as many files as it may have."""


class AlreadyAsked(Conflict):
    """One question at a time."""


class NothingAsked(Conflict):
    """There is no open question to answer."""


class TooManyEntries(Conflict):
    """A history longer than anybody reads."""
