"""What the room of payouts tells."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningMatured(Event):
    """The hold of some earnings of one person is over."""

    name: ClassVar[str] = "earning.matured"

    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutPaid(Event):
    """Money has left for the person's account."""

    name: ClassVar[str] = "payout.paid"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFailed(Event):
    """Refused for good, by the provider or by our bank; the money is available again."""

    name: ClassVar[str] = "payout.failed"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutCancelled(Event):
    """It ended before it was sent; the money is available again."""

    name: ClassVar[str] = "payout.cancelled"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRequested(Event):
    """Somebody wants their money before payday; finance lets it go."""

    name: ClassVar[str] = "payout.requested"

    run_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutHeld(Event):
    """Finance keeps it back for a reason that is on the row."""

    name: ClassVar[str] = "payout.held"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutReturned(Event):
    """The person's bank sent a transfer back; the money is available again."""

    name: ClassVar[str] = "payout.returned"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalProposed(Event):
    """Somebody of finance says that a payout was our mistake; `user_id` is who says so."""

    name: ClassVar[str] = "payout_reversal.proposed"

    reversal_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalEnded(Event):
    """It was refused by a second person, by nobody in time or by the provider; nothing has moved."""

    name: ClassVar[str] = "payout_reversal.ended"

    reversal_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutTakenBack(Event):
    """A payout was our mistake and is back; `user_id` was paid, and has the money available again."""

    name: ClassVar[str] = "payout.taken_back"

    reversal_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccountChanged(Event):
    """Money goes to another bank than before, after some days."""

    name: ClassVar[str] = "payout_account.changed"

    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLapsed(Event):
    """Nobody approved a run in time; its money is available again."""

    name: ClassVar[str] = "payout_run.lapsed"

    run_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int
    on_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAlarm(Event):
    """What left differs from what we know; a person has to look, and `user_id` prepared the run."""

    name: ClassVar[str] = "payout.alarm"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    on_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingProposed(Event):
    """Somebody of finance says that a law withholds a part of a person's payouts."""

    name: ClassVar[str] = "withholding.proposed"

    withholding_id: uuid.UUID
    by_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingBegun(Event):
    """A second person agreed."""

    name: ClassVar[str] = "withholding.begun"

    withholding_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingEnded(Event):
    """Its reason has ended."""

    name: ClassVar[str] = "withholding.ended"

    withholding_id: uuid.UUID
    user_id: uuid.UUID
