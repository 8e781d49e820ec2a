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
