"""What this room asks rooms that stand beside or above it; the composition root fills it in."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Connected = Callable[[Any, uuid.UUID, uuid.UUID], bool]


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """How many jobs are open in a specialty for a tier and those above it, and what the best of them pays."""

    specialty: str
    tier_rank: int
    count: int
    hourly_minor: int


@dataclass(frozen=True, slots=True)
class Around:
    """`connected(session, user_id, user_id)`: the two have been in one company, or one invited the other.

    `open_jobs(session)`: every specialty and tier with open, funded jobs.
    """

    connected: Connected
    open_jobs: Callable[[Any], Sequence[OpenJobs]]
