"""What the words of the rules know about a person.  Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.experts.models import Credential, Expert
from marketplace.identity.models import User


@dataclass(frozen=True, slots=True)
class Past:
    """Decided work: approved, the first time, rejected; tasks with a known answer, of them right."""

    approved: int = 0
    first_time: int = 0
    rejected: int = 0
    gold: int = 0
    gold_right: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Everything the rules ask about a person, read once for any number of jobs."""

    user: User
    expert: Expert
    credentials: Sequence[Credential]  # verified ones
    company_ids: frozenset[uuid.UUID]  # where they are a Member, or were not long ago
    opted_in: frozenset[str] = frozenset()  # classes of sensitive content they agreed to see
    blocks: Mapping[uuid.UUID, str] = field(default_factory=dict)  # company -> its reason
    checked: Sequence[Credential] = ()  # sent, and being checked: they count for nothing yet
    past: Past = field(default_factory=Past)
    worked_for: frozenset[uuid.UUID] = frozenset()  # companies with approved work of theirs
