"""Refusals of the room of billing."""

from marketplace.kit.errors import Conflict, Forbidden, Invalid, Refusal
from marketplace.kit.money import shown


class OnlyOwners(Forbidden):
    """Money is moved by owners."""

    code = "only_owners"

    def __init__(self) -> None:
        super().__init__("Only an owner of the company can move its money. Ask one of them.")


class DepositOver(Conflict):
    """The deposit has been paid or has failed, or its form was used for another one."""

    code = "deposit_over"

    def __init__(self) -> None:
        super().__init__("This deposit is over. Start a new one.")


class InvoiceNeeded(Conflict):
    """More than a payment page may take from this company now."""

    code = "invoice_needed"

    def __init__(self, most_minor: int) -> None:
        super().__init__(
            f"At most {shown(most_minor)} can be paid on the payment page now. More goes by invoice."
        )
        self.most_minor = most_minor


class RefundOver(Conflict):
    """The refund has gone further than this allows, or its form was used for another one."""

    code = "refund_over"

    def __init__(self) -> None:
        super().__init__("This refund has moved on meanwhile. Look at how it stands now.")


class TooMuchBack(Invalid):
    """More than the wallet holds, or than deposits can take back."""

    code = "too_much_back"

    def __init__(self, most_minor: int) -> None:
        super().__init__(f"At most {shown(most_minor)} can go back now.")


class SecondPersonNeeded(Forbidden):
    """Who asked, or belongs to the company, does not let the money go."""

    code = "second_person_needed"

    def __init__(self) -> None:
        super().__init__("Somebody who did not ask for it and does not belong to the company lets it go.")


class UnknownAccount(Refusal):
    """The provider tells of somebody who is not paid here."""

    status_code, code = 400, "unknown_account"

    def __init__(self) -> None:
        super().__init__("Nobody here is paid there.")


class Disputed(Conflict):
    """A bank has taken the payment back, or decides about it."""

    code = "disputed"

    def __init__(self) -> None:
        super().__init__("This payment is disputed at the bank, so nothing of it can go back here.")


class WhileDisputed(Conflict):
    """An open dispute is larger than what could be set aside for it."""

    code = "while_disputed"

    def __init__(self, missing_minor: int) -> None:
        super().__init__(
            f"A payment of yours is disputed and {shown(missing_minor)} of it could not be set aside. "
            "Until the bank has decided, no money can go back."
        )


class DisputeOver(Conflict):
    """Answered, decided, or the bank takes no answer."""

    code = "dispute_over"

    def __init__(self) -> None:
        super().__init__("This dispute takes no answer now. Look at how it stands.")


class NearTheCompany(Forbidden):
    """Who belongs to the company, or did, does not speak for the house."""

    code = "near_the_company"

    def __init__(self) -> None:
        super().__init__("You belong to this company or did lately. Somebody else of finance answers.")


class ReferenceUsed(Conflict):
    """A line of the bank statement that was written down before."""

    code = "reference_used"

    def __init__(self) -> None:
        super().__init__("This bank reference was written down before. Look for it in the list below.")


class RecordedOver(Conflict):
    """Confirmed or dropped already."""

    code = "recorded_over"

    def __init__(self) -> None:
        super().__init__("Somebody has confirmed or dropped this already. Look at how it stands now.")


class SentByHand(Conflict):
    """No payment service can send it: our own bank does."""

    code = "sent_by_hand"

    def __init__(self) -> None:
        super().__init__("This came to our own bank. Send it from there, then enter the bank's reference.")
