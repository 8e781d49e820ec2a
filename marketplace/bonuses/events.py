"""Facts about promised and given bonuses."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusPromised(Event):
    """A bonus was promised on a project, and its maximum is reserved."""

    name: ClassVar[str] = "bonus.promised"
    rule_id: uuid.UUID
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusExtended(Event):
    """A promised bonus ends later than it was said before."""

    name: ClassVar[str] = "bonus.extended"
    rule_id: uuid.UUID
    project_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusEarned(Event):
    """Somebody met a promised bonus and was paid it; `place` counts from 1."""

    name: ClassVar[str] = "bonus.earned"
    payment_id: uuid.UUID
    rule_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusOver(Event):
    """A promised bonus is over: everybody who met it is paid, and `rest_minor` went back to the budget."""

    name: ClassVar[str] = "bonus.over"
    rule_id: uuid.UUID
    project_id: uuid.UUID
    paid_count: int
    rest_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusGiven(Event):
    """A company gave one person a bonus; it is paid."""

    name: ClassVar[str] = "bonus.given"
    given_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    amount_minor: int
