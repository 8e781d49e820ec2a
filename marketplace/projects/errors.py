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


class WhileDisputed(Conflict):
    """A payment of the company is disputed, and nothing could be set aside for all of it."""

    code = "while_disputed"

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"A payment of your company is disputed at the bank, and {missing} of it could not be set aside. "
            "Until the bank has decided, no money can be given to projects. What is funded goes on."
        )
