"""Refusals of the room of payouts."""

from marketplace.kit.errors import Conflict, Forbidden


class SecondPerson(Forbidden):
    """The preparer of a run may not approve it."""

    code = "second_person"

    def __init__(self) -> None:
        super().__init__("Somebody other than the person who prepared this run must approve it.")


class NothingToPay(Conflict):
    """A run without payouts is not kept."""

    code = "nothing_to_pay"

    def __init__(self) -> None:
        super().__init__("Nobody has enough available and a payout account that can receive it.")


class NotYourOwn(Forbidden):
    """Staff do not act on their own money."""

    code = "not_your_own"

    def __init__(self) -> None:
        super().__init__("You are paid in this run. Somebody who is not must handle it.")
