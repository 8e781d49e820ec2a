"""Refusals of the ledger."""

from marketplace.kit.errors import Conflict, Invalid


class Overdraft(Conflict):
    """A bounded account holds less than the posting takes from it; nothing was posted."""

    code = "overdraft"

    def __init__(self, message: str = "There is not enough money for this. Add money first.") -> None:
        super().__init__(message)


class IdempotencyConflict(Conflict):
    """The key was used before, for something else; nothing was posted."""

    code = "idempotency_conflict"

    def __init__(
        self, message: str = "This was already recorded with other amounts. Look at the first record."
    ) -> None:
        super().__init__(message)


class AlreadySettled(Conflict):
    """Another LedgerTransaction ended the same thing, or reversed the same one; nothing was posted."""

    code = "already_settled"

    def __init__(self, message: str = "This was already settled in another way.") -> None:
        super().__init__(message)


class TwoPeopleNeeded(Invalid):
    """Corrections, goodwill, overturns, clawbacks and deposits recorded by hand; nothing was posted."""

    code = "two_people_needed"

    def __init__(
        self, message: str = "Two different people and a reason of at least 20 characters are needed."
    ) -> None:
        super().__init__(message)


class UnderWay(Conflict):
    """A comparison with the payment service was asked for already and has not ended."""

    code = "under_way"

    def __init__(self) -> None:
        super().__init__("A reconciliation is under way already. Wait for its end, then load the page again.")


class PayoutsStopped(Conflict):
    """The books and the payment service differ, or a rule of the books is broken; nothing was moved."""

    code = "payouts_stopped"
