"""How far the opinions on one task agree."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from workspace.task_types.base import TaskType

PAIR = 2


def mean_agreement(kind: TaskType[Any, Any], payload: Any, answers: Sequence[Any]) -> float | None:
    """The mean over all pairs of opinions, 0 to 1; None when there is no pair (domain.md 5.0.8)."""
    if len(answers) < PAIR:
        return None
    pairs = list(combinations(answers, PAIR))
    return sum(kind.agreement(payload, one, other) for one, other in pairs) / len(pairs)
