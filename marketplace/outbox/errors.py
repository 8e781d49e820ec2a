"""Refusals of the outbox."""

from marketplace.kit.errors import Conflict


class NotGivenUp(Conflict):
    """The message is done, or somebody lets it be tried already."""

    code = "not_given_up"

    def __init__(self) -> None:
        super().__init__("Somebody has let this be tried again already. Look at the list as it is now.")
