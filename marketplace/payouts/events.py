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
    """The provider refused for good; the money is available again."""

    name: ClassVar[str] = "payout.failed"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutCancelled(Event):
    """The payout account changed before sending; the money is available again."""

    name: ClassVar[str] = "payout.cancelled"

    payout_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLapsed(Event):
    """Nobody approved a run in time; its money is available again."""

    name: ClassVar[str] = "payout_run.lapsed"

    run_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAlarm(Event):
    """The provider knows other transfers than we do; a person has to look, and `user_id` prepared the run."""

    name: ClassVar[str] = "payout.alarm"

    payout_id: uuid.UUID
    user_id: uuid.UUID
