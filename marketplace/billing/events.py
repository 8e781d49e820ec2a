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


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked(Event):
    """A refund waits for somebody of the house."""

    name: ClassVar[str] = "refund.asked"

    refund_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int
