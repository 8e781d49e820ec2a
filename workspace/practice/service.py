"""All tasks to practise on: read once, anew when a file says something else."""

from functools import lru_cache
from itertools import groupby
from typing import Any

from workspace.practice import policy, queries
from workspace.practice.models import Item
from workspace.task_types.base import TaskType


def items() -> tuple[Item, ...]:
    """Every task in its order; Miswritten when a file breaks a rule."""
    return _read(tuple(queries.items().items()))


def item(slug: str) -> Item | None:
    """The task of this name."""
    return next((found for found in items() if found.slug == slug), None)


def after(one: Item) -> Item | None:
    """The task that comes next; None after the last."""
    at = items().index(one) + 1
    return items()[at] if at < len(items()) else None


def by_kind() -> list[tuple[TaskType[Any, Any], list[Item]]]:
    """The tasks of each type together."""
    return [(kind, list(rows)) for kind, rows in groupby(items(), lambda one: one.kind)]


@lru_cache(maxsize=2)
def _read(sources: tuple[tuple[str, str], ...]) -> tuple[Item, ...]:
    read = [policy.read_item(slug, source) for slug, source in sources]
    return tuple(sorted(read, key=lambda one: (one.order, one.slug)))
