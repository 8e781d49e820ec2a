"""Refusals of the room of payouts."""

from collections.abc import Sequence

from marketplace.kit.errors import Conflict, Forbidden, Invalid


class SecondPerson(Forbidden):
    """The preparer of a run may not approve it."""

    code = "second_person"

    def __init__(self) -> None:
        super().__init__("Somebody other than the person who prepared this run must approve it.")


class NothingToPay(Conflict):
    """A run without payouts is not kept."""

    code = "nothing_to_pay"

    def __init__(self) -> None:
        super().__init__(
            "Nobody has enough available and a payout account that can receive it. "
            "Your own money waits for a run that somebody else prepares."
        )


class NotYourOwn(Forbidden):
    """Staff do not act on their own money."""

    code = "not_your_own"

    def __init__(self) -> None:
        super().__init__("You are paid in this run. Somebody who is not must handle it.")


class TotalsDiffer(Conflict):
    """A run whose payouts do not add up is not let go."""

    code = "totals_differ"

    def __init__(self) -> None:
        super().__init__(
            "The payouts of this run do not add up to its total. Nothing was sent; see the ledger."
        )


class RunMoved(Conflict):
    """Somebody else has approved or cancelled it meanwhile."""

    code = "run_moved"

    def __init__(self) -> None:
        super().__init__("This run has moved on. Load the page again.")


class CannotAskNow(Conflict):
    """A payout on request has to wait; the sentence says why."""

    code = "cannot_ask_now"


class NothingForTheBank(Conflict):
    """No payout of the run goes by bank file, or the bank has all of them."""

    code = "nothing_for_the_bank"

    def __init__(self) -> None:
        super().__init__("No approved payout of this run goes by bank file.")


class StatementRefused(Invalid):
    """Nothing of a statement was taken; `lines` says why, a sentence each."""

    code = "statement_refused"

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("Nothing was taken from this file. " + " ".join(lines[:5]))
        self.lines = lines


class AlarmFirst(Conflict):
    """Nothing of a run moves while one of its payouts waits for a person."""

    code = "alarm_first"

    def __init__(self) -> None:
        super().__init__("A payout of this run needs you first. Say on this page what was put right.")


class NoAlarm(Conflict):
    """There is nothing to look at again."""

    code = "no_alarm"

    def __init__(self) -> None:
        super().__init__("Nothing is wrong with this payout any more. Load the page again.")


class NotReversible(Conflict):
    """Only a payout that was paid at the payment service, once, can be taken back; the sentence says why."""

    code = "not_reversible"


class ReversalOver(Conflict):
    """Decided, withdrawn or lapsed meanwhile."""

    code = "reversal_over"

    def __init__(self) -> None:
        super().__init__("This has moved on meanwhile. Load the page again to see how it stands.")


class SomebodyElse(Forbidden):
    """Who proposed it, under whatever name, does not decide."""

    code = "somebody_else"

    def __init__(self) -> None:
        super().__init__("Somebody else of finance has to decide: not who proposed it.")


class WithholdingOver(Conflict):
    """It was decided, ended, or stands already."""

    code = "withholding_over"

    def __init__(self) -> None:
        super().__init__("This has moved on meanwhile. Load the page again to see how it stands.")


class RemittanceOver(Conflict):
    """Confirmed, dropped, too old, or a payout in it has come back."""

    code = "remittance_over"

    def __init__(self) -> None:
        super().__init__(
            "This cannot be confirmed any more. Drop it if it still waits, and write it down anew."
        )


class NothingToHandOver(Conflict):
    """Nothing was withheld from paid payouts that is in no remittance."""

    code = "nothing_to_hand_over"

    def __init__(self) -> None:
        super().__init__("Nothing that was withheld waits to be handed over.")


class ReferenceUsed(Conflict):
    """One line of our bank's statement is one remittance."""

    code = "reference_used"

    def __init__(self) -> None:
        super().__init__("A transfer with this bank reference was written down before.")
