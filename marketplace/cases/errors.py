"""Refusals of the room of money moved by hand."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid


class ProposalOver(Conflict):
    """Decided, withdrawn or lapsed, or its form was used for something else."""

    code = "proposal_over"

    def __init__(self) -> None:
        super().__init__("This proposal has moved on meanwhile. Look at how it stands now.")


class SomebodyElse(Forbidden):
    """Who proposed it, is the same person under another name, or gains by it, does not decide."""

    code = "somebody_else"

    def __init__(self) -> None:
        super().__init__("Somebody else has to decide: not who proposed it, and nobody it is about.")


class NotPossible(Invalid):
    """These accounts, this direction or this earning cannot be moved by hand."""


class ProjectEnded(Conflict):
    """Nothing would ever take money out of its budget again."""

    code = "project_ended"

    def __init__(self) -> None:
        super().__init__("This project has ended. Propose a correction of the company's wallet instead.")


class NotYet(Conflict):
    """The person has not answered, and may still."""

    code = "not_yet"

    def __init__(self) -> None:
        super().__init__("The person can still answer. Decide after their answer, or once the time is over.")


class TooLate(Conflict):
    """The money is available or paid: it stays paid."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__("This pay is no longer on hold. What is available or paid stays with the person.")
