"""Refusals of the room of reviews."""

from marketplace.kit.errors import Conflict, Forbidden


class NotYours(Forbidden):
    """The review was served to somebody else, or went back to the queue."""

    code = "not_your_review"

    def __init__(self) -> None:
        super().__init__("This review is no longer yours: its time ran out and it went back to the queue.")


class OwnCompany(Forbidden):
    """Whoever holds the review has joined the company whose work it is."""

    code = "own_company"

    def __init__(self) -> None:
        super().__init__(
            "You belong to the company this work is for, or left it less than a year ago. "
            "Step aside: somebody else judges it."
        )


class AlreadyDecided(Conflict):
    """A second verdict, or an undo that came too late."""

    code = "already_decided"

    def __init__(self) -> None:
        super().__init__("This review has been decided.")


class RejectingPaused(Conflict):
    """Too many rejections on this project."""

    code = "rejecting_paused"

    def __init__(self) -> None:
        super().__init__(
            "Rejecting is paused on this project, because many submissions were rejected. "
            "Staff have been told. You can approve or ask for changes."
        )


class NoMoreChanges(Conflict):
    """Asking again is off: the rounds are used up, or the budget cannot pay another review."""

    code = "no_more_changes"

    def __init__(self, why: str) -> None:
        super().__init__(why)


class NotFinal(Conflict):
    """Only a final rejection is found wrong later, and only once."""

    code = "not_final"

    def __init__(self) -> None:
        super().__init__("One of these is not finally rejected any more. Load the list again.")


class AlreadyProposed(Conflict):
    """Another proposal about the same rejection waits."""

    code = "already_proposed"

    def __init__(self) -> None:
        super().__init__("One of these stands in another proposal already. Load the list again.")


class AppealOver(Conflict):
    """There is nothing to appeal or to decide here, or not any more."""

    code = "appeal_over"

    def __init__(self, why: str) -> None:
        super().__init__(why)


class AppealGone(Forbidden):
    """The appeal went back to the others, or was never in these hands."""

    code = "appeal_gone"

    def __init__(
        self, why: str = "This appeal is no longer yours: its time ran out and somebody else can be given it."
    ) -> None:
        super().__init__(why)
