"""Refusals of the room of exports."""

from marketplace.kit.errors import Conflict


class NothingToExport(Conflict):
    """No approved work yet."""

    code = "nothing_to_export"

    def __init__(self) -> None:
        super().__init__("Nothing is approved yet. The first approved answers can be exported here.")
