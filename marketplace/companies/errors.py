"""Refusals of this room."""

from marketplace.kit.errors import Conflict, Forbidden, Gone, StepFirst


class NoCompany(StepFirst):
    """Somebody who joined for a company and has neither founded nor entered one yet."""

    def __init__(self) -> None:
        super().__init__("Create your company first.", endpoint="companies.new")


class AlreadyMember(Conflict):
    """A User belongs to one company at a time."""


class NotYours(Forbidden):
    """A Member whose role does not reach this far."""


class LastOwner(Conflict):
    """A company always has an owner."""


class InvitationOver(Gone):
    """The invitation was answered, withdrawn, or its days are over."""
