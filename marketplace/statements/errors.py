"""Refusals of the room of statements."""

from marketplace.kit.errors import Conflict


class DoesNotAddUp(Conflict):
    """A statement whose lines differ from the money that moved is not shown."""

    code = "does_not_add_up"

    def __init__(self, number: str, lines_minor: int, moved_minor: int) -> None:
        super().__init__(
            f"Statement {number} does not add up, so it is not shown: its lines are {lines_minor}, "
            f"{moved_minor} moved. No money is lost by this. Write to support with this number."
        )
