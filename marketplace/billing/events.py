"""What the room of billing tells."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositSettled(Event):
    """A company's money has arrived in its wallet."""

    name: ClassVar[str] = "deposit.settled"

    deposit_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositFailed(Event):
    """A bank debit came back."""

    name: ClassVar[str] = "deposit.failed"

    deposit_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceBounced(Event):
    """A payment of an invoice came back; the invoice is still open."""

    name: ClassVar[str] = "invoice.bounced"

    deposit_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceOverdue(Event):
    """The day an invoice was to be paid has passed."""

    name: ClassVar[str] = "invoice.overdue"

    deposit_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundsLow(Event):
    """A budget covers few answers more, or a wallet holds little while projects are open.

    `answers` is None for a wallet; `owner_id` is the project or the company.
    """

    name: ClassVar[str] = "funds.low"

    owner_id: uuid.UUID
    company_id: uuid.UUID
    balance_minor: int
    answers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPaid(Event):
    """Money of a company has left for the card or bank it came from."""

    name: ClassVar[str] = "refund.paid"

    refund_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Event):
    """A refund could not be made, or came back; the money is in the wallet again."""

    name: ClassVar[str] = "refund.failed"

    refund_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDeclined(Event):
    """The house did not let a refund go; the money is in the wallet again."""

    name: ClassVar[str] = "refund.declined"

    refund_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int
    by_hand: bool  # somebody of the house had proposed it


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked(Event):
    """A refund waits for somebody of the house."""

    name: ClassVar[str] = "refund.asked"

    refund_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(Event):
    """A payer's bank takes a payment back, or asks about it."""

    name: ClassVar[str] = "dispute.opened"

    dispute_id: uuid.UUID
    company_id: uuid.UUID
    amount_minor: int
    held_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWon(Event):
    """The bank has decided for the house: the payment stands."""

    name: ClassVar[str] = "dispute.won"

    dispute_id: uuid.UUID
    company_id: uuid.UUID
    amount_minor: int
    held_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLost(Event):
    """The bank has decided against the house: the payment is gone."""

    name: ClassVar[str] = "dispute.lost"

    dispute_id: uuid.UUID
    company_id: uuid.UUID
    amount_minor: int
    held_minor: int
