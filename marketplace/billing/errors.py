"""Refusals of the room of billing."""

from marketplace.kit.errors import Conflict, Forbidden


class OnlyOwners(Forbidden):
    """Money is moved by owners."""

    code = "only_owners"

    def __init__(self) -> None:
        super().__init__("Only an owner of the company can add funds. Ask one of them.")


class DepositOver(Conflict):
    """The deposit has been paid or has failed, or its form was used for another one."""

    code = "deposit_over"

    def __init__(self) -> None:
        super().__init__("This deposit is over. Start a new one.")
