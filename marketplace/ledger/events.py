"""What the room of the ledger tells."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesFound(Event):
    """A comparison with the payment service has found something nobody knew of."""

    name: ClassVar[str] = "ledger.differences_found"

    reconciliation_id: uuid.UUID
    found_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBroken(Event):
    """A rule of the books does not hold any more; said once, not at every look."""

    name: ClassVar[str] = "ledger.rule_broken"

    broken_rule_id: uuid.UUID
