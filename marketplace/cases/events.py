"""What is told of money moved by hand."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMade(Event):
    """A second person is needed; a clawback asks its person too."""

    name: ClassVar[str] = "proposal.made"

    proposal_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDecided(Event):
    """Approved, refused, withdrawn or lapsed."""

    name: ClassVar[str] = "proposal.decided"

    proposal_id: uuid.UUID
